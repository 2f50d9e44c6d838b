from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict, Invalid, NotFound
from webapp.lexicon.models import AllowedPhrase, WordList
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


def list_word_lists(session: Session) -> list[WordList]:
    """By name, those that are retired too."""
    return list(session.scalars(select(WordList).order_by(WordList.name)))


def get_word_list(session: Session, word_list_id: int) -> WordList:
    """Raises NotFound."""
    found = session.get(WordList, word_list_id)
    if found is None:
        raise NotFound("没有这个词库，什么也没有改动。")
    return found


def word_list_signs(session: Session) -> tuple[tuple[str, str], ...]:
    """Name and checksum of each that is in force: other signs, other rules."""
    query = select(WordList.name, WordList.checksum).where(WordList.retired_at.is_(None))
    return tuple((name, checksum) for name, checksum in session.execute(query.order_by(WordList.name)))  # fmt: skip


def word_list_texts(session: Session) -> list[tuple[str, str]]:
    """Name and text of each that is in force."""
    query = select(WordList.name, WordList.text).where(WordList.retired_at.is_(None))
    return [(name, text) for name, text in session.execute(query.order_by(WordList.name))]


def terms_beside(session: Session, name: str) -> int:
    """How many terms the lists have together, in force or not, but the one of that name."""
    query = select(func.coalesce(func.sum(WordList.terms), 0)).where(WordList.name != name)
    return session.scalars(query).one()


def put_word_list(
    session: Session,
    name: str,
    text: str,
    *,
    kind: str,
    terms: int,
    musts: int,
    actor: Actor,
    now: datetime,
) -> WordList:
    """In force from now on, in place of what had the name. Whoever calls has looked at every line of `text`."""
    actor.require(Permission.LEXICON_MANAGE)
    found = session.scalar(select(WordList).where(WordList.name == name))
    before = found.terms if found else 0
    kept = found or WordList(name=name)
    kept.text, kept.kind, kept.terms, kept.musts = text, kind, terms, musts
    kept.checksum = hashlib.sha256(text.encode()).hexdigest()
    kept.changed_by, kept.changed_at, kept.retired_at = actor.id, now, None
    session.add(kept)
    session.flush()  # the id goes into the audit trail
    record(session, "lexicon.put", Subject(kind="word_list", id=kept.id), actor=actor.name, now=now,
           details={"name": name, "before": before, "after": terms, "checksum": kept.checksum})  # fmt: skip
    return kept


def retire_word_list(session: Session, word_list: WordList, *, actor: Actor, now: datetime) -> None:
    """Nothing is looked for by it from now on; it stays and can come back. Raises Conflict when it is retired already."""
    actor.require(Permission.LEXICON_MANAGE)
    if word_list.retired_at is not None:
        raise Conflict(f"词库“{word_list.name}”已经停用了，没有改动。", code="lexicon.retired")
    word_list.retired_at = now
    record(session, "lexicon.retire", Subject(kind="word_list", id=word_list.id), actor=actor.name,
           now=now, details={"name": word_list.name, "terms": word_list.terms})  # fmt: skip


def bring_back_word_list(
    session: Session, word_list: WordList, *, actor: Actor, now: datetime
) -> None:
    """Raises Conflict when it is in force."""
    actor.require(Permission.LEXICON_MANAGE)
    if word_list.retired_at is None:
        raise Conflict(f"词库“{word_list.name}”正在用，没有改动。", code="lexicon.in_force")
    word_list.retired_at = None
    record(session, "lexicon.bring_back", Subject(kind="word_list", id=word_list.id),
           actor=actor.name, now=now, details={"name": word_list.name, "terms": word_list.terms})  # fmt: skip
