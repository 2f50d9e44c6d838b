"""From the platform's JSON to the types of `gateway.py`. A reply that lacks what it must have is an unknown outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from webapp.wechat import gateway as g
from webapp.wechat.transport import unreadable

Reply = Mapping[str, Any]
T = TypeVar("T")


def understood(parse: Callable[[Reply], T], reply: Reply) -> T:
    """`parse(reply)`, or OutcomeUnknown when the reply has not the shape that the documentation promises."""
    try:
        return parse(reply)
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    raise unreadable()


def text_at(key: str) -> Callable[[Reply], str]:
    """A parser for one id or address that must be there and not empty; numbers become text."""

    def parse(reply: Reply) -> str:
        value = str(reply[key] or "").strip()
        if not value:
            raise ValueError(key)
        return value

    return parse


def seconds(reply: Reply) -> int:
    """How long a token is good."""
    return int(reply["expires_in"])


def body_image_url(reply: Reply) -> str:
    """The platform answers http://mmbiz.qpic.cn/…; the same picture over https is not blocked as mixed content."""
    url = text_at("url")(reply)
    return "https://" + url.removeprefix("http://") if url.startswith("http://") else url


def material(reply: Reply) -> g.MaterialReply:
    url = body_image_url(reply) if reply.get("url") else ""
    return g.MaterialReply(media_id=text_at("media_id")(reply), url=url)


def stored_articles(reply: Reply) -> tuple[g.StoredArticle, ...]:
    return tuple(_stored_article(item) for item in reply["news_item"])


def _stored_article(item: Reply) -> g.StoredArticle:
    images = (item.get("image_info") or {}).get("image_list") or ()
    return g.StoredArticle(
        title=str(item.get("title", "")),
        content=str(item.get("content") or ""),
        kind=str(item.get("article_type") or "news"),
        author=str(item.get("author") or ""),
        digest=str(item.get("digest") or ""),
        source_url=str(item.get("content_source_url") or ""),
        cover_media_id=str(item.get("thumb_media_id") or ""),
        cover_url=str(item.get("thumb_url") or ""),
        url=str(item.get("url") or ""),
        open_comments=bool(item.get("need_open_comment")),
        fans_only_comments=bool(item.get("only_fans_can_comment")),
        image_media_ids=tuple(str(image["image_media_id"]) for image in images),
        is_deleted=bool(item.get("is_deleted")),
    )


def draft_content(reply: Reply) -> g.DraftContent:
    return g.DraftContent(articles=stored_articles(reply))


def draft_page(reply: Reply) -> g.DraftPage:
    items = tuple(
        g.DraftSummary(
            media_id=text_at("media_id")(item),
            updated_at=_moment(item["update_time"]),
            articles=stored_articles(item["content"]),
        )
        for item in reply.get("item") or ()
    )
    return g.DraftPage(total=int(reply["total_count"]), items=items)


def published_page(reply: Reply) -> g.PublishedPage:
    items = tuple(
        g.PublishedSummary(
            article_id=text_at("article_id")(item),
            updated_at=_moment(item["update_time"]),
            articles=stored_articles(item["content"]),
        )
        for item in reply.get("item") or ()
    )
    return g.PublishedPage(total=int(reply["total_count"]), items=items)


def _moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(seconds)), UTC)


def total_count(reply: Reply) -> int:
    return int(reply["total_count"])


def publish_status(reply: Reply) -> g.PublishStatus:
    """`fail_idx` counts only with 2 and 4: the documentation's own example of "in progress" shows a stray [1]."""
    status = int(reply["publish_status"])
    failed = (g.PublishState.ORIGINAL_CLAIM_FAILED, g.PublishState.REVIEW_REFUSED)
    detail = reply.get("article_detail") or {}
    return g.PublishStatus(
        publish_id=text_at("publish_id")(reply),
        status=status,
        article_id=str(reply.get("article_id") or "").strip(),
        items=tuple(
            g.ArticleLink(index=int(item["idx"]), url=str(item["article_url"]).strip())
            for item in detail.get("item") or ()
        ),
        failed_indexes=tuple(int(i) for i in reply.get("fail_idx") or ())
        if status in failed
        else (),
    )


def mass_reply(reply: Reply) -> g.MassReply:
    return g.MassReply(
        msg_id=text_at("msg_id")(reply), msg_data_id=str(reply.get("msg_data_id") or "")
    )


def mass_status(reply: Reply) -> g.MassStatus:
    return g.MassStatus(msg_id=text_at("msg_id")(reply), status=text_at("msg_status")(reply))


def quota(path: str) -> Callable[[Reply], g.Quota]:
    def parse(reply: Reply) -> g.Quota:
        day, rate = reply["quota"], reply.get("rate_limit") or {}
        return g.Quota(
            path=path,
            daily_limit=int(day["daily_limit"]),
            used=int(day["used"]),
            remaining=int(day["remain"]),
            per_period=int(rate.get("call_count") or 0),
            period_seconds=int(rate.get("refresh_second") or 0),
        )

    return parse
