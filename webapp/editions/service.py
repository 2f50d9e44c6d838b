from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.workflow import State as ArticleState
from webapp.editions.models import Edition, EditionArticle
from webapp.editions.queries import holding_editions
from webapp.editions.workflow import (
    MAX_ARTICLES,
    STATE_NAMES,
    Action,
    Delivery,
    State,
    next_state,
)
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict, FieldError, Invalid, Stale
from webapp.users.permissions import Actor, Permission
from webapp.wechat.models import Account


def advance(
    session: Session,
    edition: Edition,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    details: dict[str, object] | None = None,
) -> State:
    """The one place where `.status` is assigned. Raises Conflict where the table has no arrow."""
    before = State(edition.status)
    after = next_state(before, action)
    edition.status = after
    if after is not before:
        record(session, f"edition.{action}", Subject(kind="edition", id=edition.id),
               actor=actor.name, now=now,
               details={"from": before, "to": after, **(details or {})})  # fmt: skip
    return after


NO_MASS_NEWSPIC = (
    "《{title}》是图片消息：微信的文档只写明群发图文，没有写明能群发图片消息，所以不从这里群发；"
    "请改选“发布”或“存入草稿箱”，也可以入草稿箱后在公众号后台群发。"
)


def _problem_with(
    article: Article | None, article_id: int, held_by: Edition | None, delivery: Delivery
) -> str | None:
    if article is None:
        return f"没有编号为 {article_id} 的稿件。"
    if article.status != ArticleState.APPROVED:
        return f"《{article.title}》还没有审定，不能推送。"
    if held_by is not None:
        return f"《{article.title}》已在第 {held_by.id} 号推送里，不会再发一次。"
    if article.form == "newspic" and delivery is Delivery.MASS:
        return NO_MASS_NEWSPIC.format(title=article.title)
    return None


def _approved_articles(session: Session, ids: Sequence[int], delivery: Delivery) -> list[Article]:
    if not 1 <= len(ids) <= MAX_ARTICLES:
        raise Invalid.of_field("articles", f"一次推送要有 1 到 {MAX_ARTICLES} 篇稿件。")
    if len(set(ids)) != len(ids):
        raise Invalid.of_field("articles", "同一篇稿件在一次推送里只能出现一次。")
    # Locked, so that two people at once cannot take the same article into two editions.
    found = {
        a.id: a
        for a in session.scalars(
            select(Article)
            .where(Article.id.in_(ids))
            .with_for_update(of=Article)
            .execution_options(populate_existing=True)
        )
    }
    holding = holding_editions(session, ids)
    problems = [
        FieldError(f"articles.{index}", problem)
        for index, i in enumerate(ids)
        if (problem := _problem_with(found.get(i), i, holding.get(i), delivery))
    ]
    if problems:
        raise Invalid(
            problems[0].message + "没有建立推送，请调整后再试。",
            code="edition.articles",
            fields=problems,
        )
    return [found[i] for i in ids]


def _places(articles: Sequence[Article]) -> list[EditionArticle]:
    return [
        EditionArticle(
            position=position,
            article_id=article.id,
            article=article,
            revision=article.revision,
            checksum=article.review_checksum or "",
        )
        for position, article in enumerate(articles, start=1)
    ]


def assemble(
    session: Session,
    article_ids: Sequence[int],
    *,
    delivery: Delivery,
    account: Account | None,
    scheduled_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> Edition:
    """Approved articles in the given order, pinned to what was approved. Raises Invalid that names each article that may
    not go out, and why."""
    if delivery is not Delivery.MANUAL and account is None:
        raise Invalid.of_field("account", "还没有接入公众号：请管理员先添加，或选“人工发布”。")
    if scheduled_at is not None and scheduled_at <= now:
        raise Invalid.of_field("scheduled_at", "定时要在现在之后。")
    articles = _approved_articles(session, article_ids, delivery)
    for article in articles:
        actor.require(Permission.EDITION_WRITE, article.column_id)
    edition = Edition(
        account_id=account.id if account else None,
        account=account,
        delivery=delivery,
        status=State.PLANNED,
        scheduled_at=scheduled_at,
        created_by=actor.id,
        created_at=now,
        articles=_places(articles),
    )
    session.add(edition)
    session.flush()  # the id goes into the audit trail
    record(session, "edition.assemble", Subject(kind="edition", id=edition.id), actor=actor.name,
           now=now, details={"articles": list(article_ids), "delivery": delivery,
                             "checksums": [p.checksum for p in edition.articles]})  # fmt: skip
    return edition


def refuse_moved(edition: Edition, seen: datetime | None, zone: tzinfo) -> None:
    """Raises Stale unless its hour is still the one that was `seen`."""
    if edition.scheduled_at == seen:
        return
    now_at = edition.scheduled_at
    where = f"改到了 {now_at.astimezone(zone):%Y年%-m月%-d日 %H:%M}" if now_at else "取消了定时"
    raise Stale(
        f"这次推送已由别人{where}，您这一次没有改动；请看过现在的时间再改。", code="edition.moved"
    )


def reschedule(
    session: Session,
    edition: Edition,
    scheduled_at: datetime | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Only while it is planned. Raises Conflict once it has begun, Invalid for a time that is past."""
    for place in edition.articles:
        actor.require(Permission.EDITION_WRITE, place.article.column_id)
    if edition.status != State.PLANNED:
        word = STATE_NAMES[State(edition.status)]
        raise Conflict(
            f"这次推送现在是“{word}”，不再等时间，不能改期；没有改动。", code="edition.state"
        )
    if scheduled_at is not None and scheduled_at <= now:
        raise Invalid.of_field("scheduled_at", "定时要在现在之后。")
    before = edition.scheduled_at
    edition.scheduled_at = scheduled_at
    record(session, "edition.reschedule", Subject(kind="edition", id=edition.id),
           actor=actor.name, now=now,
           details={"before": before.isoformat() if before else None,
                    "after": scheduled_at.isoformat() if scheduled_at else None})  # fmt: skip
