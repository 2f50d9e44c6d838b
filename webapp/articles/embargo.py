"""Before which moment nothing takes an article out (不早于): what others asked for, a speech not yet held, a day to be kept.

Those who write in its column set it, and those who plan its editions; so do they lift it. It is nothing that readers see: an
approval does not bind it, and it stays when the text is edited, returned or withdrawn. While the article is on its way out,
or is out, there is nothing left to wait for.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.workflow import State
from webapp.kernel.audit import Subject, record
from webapp.kernel.clock import local
from webapp.kernel.db import zone_of
from webapp.kernel.errors import Conflict, Invalid
from webapp.users.permissions import Actor, Permission


def may_embargo(article: Article, actor: Actor) -> bool:
    return actor.may(Permission.ARTICLE_WRITE, article.column_id) or actor.may(
        Permission.EDITION_WRITE, article.column_id
    )


def embargo_is_open(article: Article) -> bool:
    """It may still be set: the article is neither out nor on its way."""
    return article.status != State.PUBLISHED and not article.held


def is_embargoed(article: Article, now: datetime) -> bool:
    return article.embargo_until is not None and article.embargo_until > now


def embargo_words(session: Session, until: datetime) -> str:
    return f"定了“不早于”，{local(until, zone_of(session)):%Y年%-m月%-d日 %H:%M} 以前不能发"


def set_embargo(
    session: Session, article: Article, until: datetime | None, *, actor: Actor, now: datetime
) -> datetime | None:
    """None lifts it. Returns what it was. Raises Conflict when it is out or on its way, Invalid for a time that is past."""
    if not may_embargo(article, actor):
        actor.require(Permission.EDITION_WRITE, article.column_id)
    if not embargo_is_open(article):
        where = "正在推送" if article.held else "已经刊发"
        raise Conflict(
            f"这篇稿件{where}，不再等时间，“不早于”没有改动。", code="article.embargo_over"
        )
    if until is not None and until <= now:
        raise Invalid.of_field("embargo_until", "“不早于”要在现在之后；不用等了就取消。没有改动。")
    before, article.embargo_until = article.embargo_until, until
    if before != until:
        record(session, "article.embargo", Subject(kind="article", id=article.id), actor=actor.name,
               now=now, details={"before": before.isoformat() if before else None,
                                 "after": until.isoformat() if until else None})  # fmt: skip
    return before
