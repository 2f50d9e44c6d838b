from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, BigId, Id, Moment, Short, UtcDateTime


class AllowedPhrase(Base):
    """A phrase in which no check but limits, privacy and picture rights finds fault. It may carry words around the fault,
    so that only this use is let pass."""

    __tablename__ = "allowed_phrase"

    id: Mapped[Id]
    phrase: Mapped[Short] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(Text)
    added_by: Mapped[int | None] = mapped_column(BigId)
    added_at: Mapped[Moment]


class WordList(Base):
    """A lexicon (词库) or a table of names kept at the desk, as it was sent, once every line was found right. It is named as its
    file; one of the same name takes its place."""

    __tablename__ = "word_list"

    id: Mapped[Id]
    name: Mapped[Short] = mapped_column(unique=True)
    text: Mapped[str] = mapped_column(Text, deferred=True)
    """Up to 32 MB: read only to look at every line of it."""
    checksum: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the text, by which it is known that the rules have changed."""
    kind: Mapped[str] = mapped_column(String(16), server_default="terms")
    """terms, people or organisations; see `checks.name_tables`."""
    terms: Mapped[int]
    """How many entries, of whichever kind."""
    musts: Mapped[int]
    """How many of the terms keep an article from being submitted."""
    changed_by: Mapped[int | None] = mapped_column(BigId)
    changed_at: Mapped[Moment]
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when nothing is looked for by it."""
