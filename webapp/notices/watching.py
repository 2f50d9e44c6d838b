"""What comes about by time alone: a column falls silent, a countersignature is still owed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.articles.queries import last_published
from webapp.columns.service import list_open_columns
from webapp.columns.workflow import silence_mark, silent_days
from webapp.kernel.clock import local_date
from webapp.kernel.settings import Settings
from webapp.notices.listening import timing_of
from webapp.notices.queries import was_told
from webapp.notices.service import News, tell
from webapp.notices.workflow import Kind
from webapp.review.owed import Owed, list_owed
from webapp.users.permissions import Permission
from webapp.users.service import people_with

REMIND_BEFORE = timedelta(hours=6)
"""So long before a countersignature is due those who owe it are reminded, once; once more when it is late."""


def tell_silence(session: Session, *, settings: Settings, now: datetime) -> None:
    """Once at each mark."""
    columns = list_open_columns(session)
    last = last_published(session, [c.id for c in columns])
    for column in columns:
        at = last.get(column.id)
        quiet = silent_days(at, local_date(now, settings.zone), settings.zone)
        mark = silence_mark(quiet)
        about = f"silence:{column.id}:{mark}:{at:%Y%m%d}" if at else ""
        if not mark or was_told(session, about):
            continue
        people = [u.id for u in people_with(session, Permission.EDITION_PUSH, column.id)]
        news = News(kind=Kind.SILENCE, text=f"“{column.name}”已经 {quiet} 天没有刊发",
                    path=f"/articles?column={column.slug}&status=approved", about=about)  # fmt: skip
        tell(session, news, people, timing=timing_of(settings), now=now)


def tell_owed(session: Session, *, settings: Settings, now: datetime) -> None:
    """Late ones are told to the publishers too: they decide whether it stays out."""
    for owed in list_owed(session):
        due = owed.countersign.due_at
        if due - now > REMIND_BEFORE:
            continue
        is_late = due <= now
        about = f"owed:{owed.countersign.id}:{'late' if is_late else 'soon'}"
        if was_told(session, about):
            continue
        people = {user.id for user in owed.people}
        if is_late:
            column_id = owed.countersign.article.column_id
            people |= {u.id for u in people_with(session, Permission.EDITION_PUSH, column_id)}
        news = _reminder(owed, about, is_late=is_late)
        tell(session, news, sorted(people), timing=timing_of(settings), now=now)


def _reminder(owed: Owed, about: str, *, is_late: bool) -> News:
    article = owed.countersign.article
    stage = article.column.stage_name(owed.countersign.stage)
    return News(
        kind=Kind.COUNTERSIGN,
        text=f"急件《{article.title[:60]}》的{stage}补签{'过了时限' if is_late else '快到时限了'}",
        path=f"/articles/{article.id}/review",
        article_id=article.id,
        about=about,
    )
