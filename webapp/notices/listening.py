"""How notices come about: each act writes its line into the audit trail, and before its transaction ends the lines are read
here, when all has come to stand as it will. So no room below knows of notices, and no act is without its notice."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.kernel.audit import AuditEntry
from webapp.kernel.db import Database, recorded_in
from webapp.kernel.settings import Settings
from webapp.notices.audience import RULES, Told
from webapp.notices.service import News, Timing, tell
from webapp.users.models import User

log = logging.getLogger(__name__)


def timing_of(settings: Settings) -> Timing:
    return Timing(
        minutes=settings.notice_gather_minutes,
        hour=settings.notice_daily_hour,
        zone=settings.zone,
    )


def hear(session: Session, timing: Timing) -> None:
    """What goes wrong here stops no act: a push is not undone because somebody could not be told of it."""
    heard = [e for e in recorded_in(session) if isinstance(e, AuditEntry) and e.action in RULES]
    if heard:
        session.flush()  # what is wrong with the act itself is not ours to hide
    for entry in heard:
        try:
            with session.begin_nested():
                for rule in RULES[entry.action]:
                    _tell(session, entry, rule(session, entry), timing)
        except Exception:
            log.exception("nobody was told of %s, entry %s", entry.action, entry.id)


def _tell(session: Session, entry: AuditEntry, told: Told, timing: Timing) -> None:
    """Nobody is told of what they did themselves."""
    actor = session.execute(
        select(User.id, User.display_name).where(User.username == entry.actor)
    ).first()
    people = told.people - ({actor.id} if actor else set())
    news = News(
        kind=told.kind,
        text=told.text,
        path=told.path,
        detail=told.detail,
        by=actor.display_name if actor else "",
        article_id=told.article_id,
        entry_id=entry.id,
        about=told.about,
    )
    tell(session, news, sorted(people), timing=timing, now=entry.at)


def install(db: Database, settings: Settings) -> None:
    """Once for a database, however often it is asked for."""
    timing = timing_of(settings)
    db.before_commit["notices"] = lambda session: hear(session, timing)
