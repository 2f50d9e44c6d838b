"""What the phone pages show, worked out of the records."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from typing import TypeAlias
from urllib.parse import urlsplit

from markupsafe import Markup

from webapp.sandbox.config import Profile
from webapp.sandbox.quota import CHINA
from webapp.sandbox.records import Article, Comment, Draft, Picture, Post
from webapp.sandbox.sandbox import Sandbox

PROFILES = {
    Profile.PERSONAL: "个人订阅号",
    Profile.VERIFIED_SUBSCRIPTION: "认证订阅号",
    Profile.SERVICE: "服务号",
}
MOST_CARDS = 50
ORIGINS = {"mass": "群发", "publish": "发布 · 不推送，凭链接可读"}
_LAZY_IMAGE = re.compile(r'(<img\b[^>]*?)\bdata-src="([^"]*)"')
Holder: TypeAlias = Post | Draft


@dataclass(frozen=True, kw_only=True)
class Cover:
    """`style` shows the crop that was asked for, by background size and position; empty shows the middle."""

    url: str
    style: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    title: str
    digest: str
    href: str
    wide: Cover
    square: Cover
    pictures: int
    is_deleted: bool


@dataclass(frozen=True, kw_only=True)
class Card:
    when: str
    label: str
    entries: list[Entry]


@dataclass(frozen=True, kw_only=True)
class Found:
    holder: Holder
    index: int

    @property
    def article(self) -> Article:
        return self.holder.articles[self.index]


@dataclass(frozen=True, kw_only=True)
class Reading:
    title: str
    author: str
    when: str
    body: Markup
    pictures: list[str]
    source_url: str
    href: str
    is_draft: bool
    is_newspic: bool
    is_deleted: bool
    comments_open: bool
    media_id: str


@dataclass(frozen=True, kw_only=True)
class Saying:
    nickname: str
    content: str
    when: str
    reply: str


def post_cards(sandbox: Sandbox, appid: str) -> list[Card]:
    """Newest first, as far back as a phone would scroll at once."""
    return [
        _card(sandbox, post.articles, post.publish_time, ORIGINS[post.origin])
        for post in sandbox.store.list_newest(Post, appid, MOST_CARDS)
    ]


def draft_cards(sandbox: Sandbox, appid: str) -> list[Card]:
    return [
        _card(sandbox, draft.articles, draft.update_time, "草稿 · 粉丝看不到")
        for draft in sandbox.store.list_newest(Draft, appid, MOST_CARDS)
    ]


def count_drafts(sandbox: Sandbox, appid: str) -> int:
    return sandbox.store.count(Draft, appid)


def find(sandbox: Sandbox, page: str) -> Found | None:
    holders: Iterable[Holder] = (
        sandbox.store.list_holding(Draft, "page", page)
        if page.startswith("t_")
        else sandbox.store.list_holding(Post, "page", page)
    )
    for holder in holders:
        for index, article in enumerate(holder.articles):
            if article.page == page:
                return Found(holder=holder, index=index)
    return None


def reading(sandbox: Sandbox, found: Found) -> Reading:
    article, holder = found.article, found.holder
    is_draft = isinstance(holder, Draft)
    return Reading(
        title=article.title,
        author=article.author,
        when=_moment(holder.update_time if isinstance(holder, Draft) else holder.publish_time),
        body=_body(article),
        pictures=[local(url) for url in article.pictures],
        source_url=article.content_source_url,
        href=f"/s/{article.page}",
        is_draft=is_draft,
        is_newspic=article.article_type == "newspic",
        is_deleted=article.is_deleted,
        comments_open=article.comments_open and not is_draft,
        media_id=holder.key if is_draft else "",
    )


def saying(comment: Comment) -> Saying:
    return Saying(
        nickname=comment.nickname,
        content=comment.content,
        when=_moment(comment.create_time),
        reply=comment.reply,
    )


def local(url: str) -> str:
    """The path of one of our own addresses: the page may be read under another name than `public_url`."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def clock(at: float) -> str:
    return datetime.fromtimestamp(at, CHINA).strftime("%H:%M")


def day_label(at: float, now: float) -> str:
    then, today = datetime.fromtimestamp(at, CHINA), datetime.fromtimestamp(now, CHINA).date()
    if then.date() == today:
        return f"今天 {then:%H:%M}"
    if then.date() == today - timedelta(days=1):
        return f"昨天 {then:%H:%M}"
    year = "" if then.year == today.year else f"{then.year}年"
    return f"{year}{then.month}月{then.day}日 {then:%H:%M}"


def _moment(at: float) -> str:
    then = datetime.fromtimestamp(at, CHINA)
    return f"{then.year}年{then.month}月{then.day}日 {then:%H:%M}"


def _card(sandbox: Sandbox, articles: list[Article], at: float, label: str) -> Card:
    return Card(
        when=day_label(at, sandbox.now()),
        label=label,
        entries=[_entry(sandbox, article) for article in articles],
    )


def _entry(sandbox: Sandbox, article: Article) -> Entry:
    picture = sandbox.store.find_anywhere(Picture, article.cover)
    url = local(picture.url) if picture else ""
    return Entry(
        title=article.title,
        digest=article.digest,
        href=f"/s/{article.page}",
        wide=Cover(url=url, style=_crop(article.pic_crop_235_1 or _percent(article, "2.35_1"))),
        square=Cover(url=url, style=_crop(article.pic_crop_1_1 or _percent(article, "1_1"))),
        pictures=len(article.pictures) if article.article_type == "newspic" else 0,
        is_deleted=article.is_deleted,
    )


def _percent(article: Article, ratio: str) -> str:
    """A newspic's crop, written as a news article's."""
    listed = (article.cover_info or {}).get("crop_percent_list")
    for crop in listed if isinstance(listed, list) else []:
        if isinstance(crop, dict) and crop.get("ratio") == ratio:
            return "_".join(str(crop.get(name, "")) for name in ("x1", "y1", "x2", "y2"))
    return ""


def _crop(crop: str) -> str:
    try:
        x1, y1, x2, y2 = (float(part) for part in crop.split("_"))
    except ValueError:
        return ""
    width, height = x2 - x1, y2 - y1
    if not (0 < width <= 1 and 0 < height <= 1):
        return ""
    left = x1 / (1 - width) if width < 1 else 0
    top = y1 / (1 - height) if height < 1 else 0
    return (
        f"background-size:{100 / width:.2f}% {100 / height:.2f}%;"
        f"background-position:{left:.2%} {top:.2%}"
    )


def _body(article: Article) -> Markup:
    """A stored text, safe under the page's policy, with its pictures brought in; a newspic's text is plain."""
    if article.article_type == "newspic":
        return Markup(escape(article.content))  # noqa: S704 -- escaped here
    shown = _LAZY_IMAGE.sub(
        lambda match: f'{match.group(1)}loading="lazy" src="{local(match.group(2))}"',
        article.content,
    )
    return Markup(shown)  # noqa: S704 -- through `sanitise`, and no foreign script runs on the page
