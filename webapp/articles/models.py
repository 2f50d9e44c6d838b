from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.columns.models import Column
from webapp.kernel.db import Base, BigId, Checksum, Id, Json, Moment, Short, UtcDateTime

_NUMBERED = text("issue IS NOT NULL")
_BEARS_ITS_NUMBER = text("issue IS NOT NULL AND status IN ('in_review', 'approved', 'published')")


class Article(Base):
    """What a list shows, and where the article stands. The text itself is in its revisions; title and author are the head
    revision's, repeated here so that a list reads one table."""

    __tablename__ = "article"
    __table_args__ = (
        Index(None, "updated_at", "id"),
        Index(None, "status", "updated_at", "id"),
        Index(None, "column_id", "updated_at", "id"),
        Index(None, "column_id", "status", "updated_at", "id"),
        Index(None, "form", "updated_at", "id"),
        Index(None, "column_id", "form", "updated_at", "id"),
        Index(None, "created_by", "updated_at", "id"),
        Index(None, "created_by", "status", "updated_at", "id"),
        Index(None, "created_by", "column_id", "updated_at", "id"),
        Index(None, "created_by", "column_id", "status", "updated_at", "id"),
        Index(None, "column_id", "issue_year", "issue",
              sqlite_where=_NUMBERED, postgresql_where=_NUMBERED),
        # What `numbering` says in sentences, the database says as well.
        Index("uq_article_issue", "column_id", "issue_year", "issue", unique=True,
              sqlite_where=_BEARS_ITS_NUMBER, postgresql_where=_BEARS_ITS_NUMBER),
    )  # fmt: skip

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(16), unique=True)
    """Random; with the revision's number it marks the article in what is sent out."""
    column_id: Mapped[int] = mapped_column(ForeignKey("column.id"))
    title: Mapped[Short]
    author: Mapped[Short] = mapped_column(default="")
    cover_asset: Mapped[str | None] = mapped_column(ForeignKey("asset.id"))
    form: Mapped[str] = mapped_column(String(8), default="news", server_default="news")
    """`news` or `newspic`: what the head revision goes out as."""
    issue: Mapped[int | None]
    """The head revision's number in its column (期号); see `numbering`."""
    issue_year: Mapped[int] = mapped_column(default=0, server_default="0")
    """The year whose number that is; 0 where one count goes on and on."""
    issue_given: Mapped[int | None]
    """The number that it was last given without anybody's asking."""
    issue_given_year: Mapped[int] = mapped_column(default=0, server_default="0")
    """The year that it was given with it without anybody's asking; 0: none, or a person chose the year."""
    characters: Mapped[int] = mapped_column(default=0)
    status: Mapped[str] = mapped_column(String(16))
    stage: Mapped[int] = mapped_column(default=0)
    """While in review: the stage that must decide next, from 1. Else 0."""
    round: Mapped[int] = mapped_column(default=0)
    """How often it was submitted."""
    revision: Mapped[int] = mapped_column(default=0)
    """Number of the newest revision."""
    review_checksum: Mapped[str | None] = mapped_column(String(64))
    """What is, or was, under review in this round; after approval what may go out."""
    return_reason: Mapped[str] = mapped_column(Text, default="")
    urgent: Mapped[bool] = mapped_column(default=False)
    """Submitted as urgent (急件): one named leader decides, the other stages are countersigned afterwards."""
    held: Mapped[bool] = mapped_column(default=False)
    """In an edition that is on its way out: not to be edited until it is out or known not to be."""
    embargo_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Nothing takes it out before that moment (不早于); see `embargo`. No reader sees it, so no approval hangs on it."""
    created_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    url: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    column: Mapped[Column] = relationship(lazy="joined", innerjoin=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @property
    def issue_label(self) -> str:
        return self.column.issue_label(self.issue, self.issue_year)


class Revision(Base):
    """Immutable. `checksum` covers what the reader will see, rendering included, as it was when this was written."""

    __tablename__ = "revision"
    __table_args__ = (Index(None, "article_id", "number", unique=True),)

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[Short]
    author: Mapped[Short] = mapped_column(default="")
    digest: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[Short] = mapped_column(default="")
    source_url: Mapped[str] = mapped_column(Text, default="")
    cover_asset: Mapped[str | None] = mapped_column(ForeignKey("asset.id"))
    credits: Mapped[Json]
    """`[[label, names], …]` in the order they are shown."""
    form: Mapped[str] = mapped_column(String(8), default="news", server_default="news")
    issue: Mapped[int | None]
    issue_year: Mapped[int] = mapped_column(default=0, server_default="0")
    body: Mapped[Json]
    """A Document of the schema's version 1."""
    characters: Mapped[int]
    checksum: Mapped[Checksum]
    name: Mapped[Short] = mapped_column(default="")
    """Given by a person to a revision worth finding again."""
    cleanups: Mapped[Json] = mapped_column(default=list)
    """What the clean-up changed when this text came in."""
    edited_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[Moment]


class Paste(Base):
    """What was pasted into an article that is being written, as it came in, where something was changed in it or lost."""

    __tablename__ = "paste"
    __table_args__ = (Index(None, "article_id", "id"),)

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    title: Mapped[Short]
    body: Mapped[Json]
    cleanups: Mapped[Json]
    """As a revision keeps them."""
    pasted_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[Moment]


class Autosave(Base):
    """The one rolling copy of what is being written, on top of `base_revision`."""

    __tablename__ = "autosave"

    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int | None] = mapped_column(BigId)
    base_revision: Mapped[int]
    content: Mapped[Json]
    saved_at: Mapped[Moment]
    window: Mapped[str] = mapped_column(String(32), default="", server_default="")
    """Which of a person's windows wrote it, as the page names itself; two windows are as two people."""


class ArticleAsset(Base):
    """The pictures that the head revision shows, its cover among them."""

    __tablename__ = "article_asset"

    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True
    )
    asset_id: Mapped[str] = mapped_column(ForeignKey("asset.id"), primary_key=True, index=True)


class ArticleText(Base):
    """The normalised text of the head revision, for search: exact hits are checked here. The index of grams beside it is
    the database's own (FTS5 or tsvector): see `search.py`."""

    __tablename__ = "article_text"

    article_id: Mapped[int] = mapped_column(
        ForeignKey("article.id", ondelete="CASCADE"), primary_key=True
    )
    normalised: Mapped[str] = mapped_column(Text)
