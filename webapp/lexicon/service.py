from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Invalid, NotFound
from webapp.lexicon.models import AllowedPhrase
from webapp.users.permissions import Actor, Permission

PHRASE_MAX_CHARACTERS = 100
REASON_MAX_CHARACTERS = 500


def list_allowed(session: Session) -> list[AllowedPhrase]:
    return list(session.scalars(select(AllowedPhrase).order_by(AllowedPhrase.id)))


def allowed_phrases(session: Session) -> tuple[str, ...]:
    return tuple(session.scalars(select(AllowedPhrase.phrase).order_by(AllowedPhrase.phrase)))


def allow(
    session: Session, phrase: str, reason: str, *, actor: Actor, now: datetime
) -> AllowedPhrase:
    """For every article from now on. What is allowed already stays as it is."""
    actor.require(Permission.ARTICLE_WRITE)
    phrase, reason = phrase.strip(), reason.strip()
    if not 1 <= len(phrase) <= PHRASE_MAX_CHARACTERS:
        raise Invalid.of_field("phrase", f"放行的词句要有 1 到 {PHRASE_MAX_CHARACTERS} 个字。")
    if not 1 <= len(reason) <= REASON_MAX_CHARACTERS:
        raise Invalid.of_field("reason", "放行要写明理由，别的编辑才知道为什么。")
    found = session.scalar(select(AllowedPhrase).where(AllowedPhrase.phrase == phrase))
    if found is not None:
        return found
    made = AllowedPhrase(phrase=phrase, reason=reason, added_by=actor.id, added_at=now)
    session.add(made)
    session.flush()  # the id goes into the audit trail
    record(session, "lexicon.allow", Subject(kind="allowed_phrase", id=made.id), actor=actor.name,
           now=now, details={"phrase": phrase, "reason": reason})  # fmt: skip
    return made


def disallow(session: Session, phrase_id: int, *, actor: Actor, now: datetime) -> None:
    actor.require(Permission.ARTICLE_WRITE)
    found = session.get(AllowedPhrase, phrase_id)
    if found is None:
        raise NotFound("这条放行已经不在了，没有改动。")
    record(session, "lexicon.disallow", Subject(kind="allowed_phrase", id=found.id),
           actor=actor.name, now=now, details={"phrase": found.phrase})  # fmt: skip
    session.delete(found)
