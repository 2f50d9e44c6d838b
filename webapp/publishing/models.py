from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.editions.models import Edition
from webapp.kernel.db import Base, BigId, Id, Json, Moment, Short, UtcDateTime


class Publication(Base):
    """One push of one edition. A worker that works on it holds the lease; `wake_at` says when there is something to do
    again (None: nothing, until a person acts)."""

    __tablename__ = "publication"
    __table_args__ = (
        Index(None, "wake_at"),
        Index(None, "account_id", "state"),
        Index(None, "media_id"),
        Index(None, "wechat_article_id"),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"), unique=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(16))
    client_msg_id: Mapped[str] = mapped_column(String(32), unique=True)
    media_id: Mapped[Short] = mapped_column(default="")
    publish_id: Mapped[Short] = mapped_column(default="", index=True)
    msg_id: Mapped[Short] = mapped_column(default="", index=True)
    wechat_article_id: Mapped[Short] = mapped_column(default="")
    links: Mapped[Json] = mapped_column(default=list)
    """`[[index from 1, url], …]` as the platform told them."""
    tries: Mapped[int] = mapped_column(default=0)
    """Of the call at hand."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a person last said: nothing is out, go on."""
    wake_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_owner: Mapped[str] = mapped_column(String(32), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[str] = mapped_column(String(64), default="")
    error: Mapped[str] = mapped_column(Text, default="")
    requested_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]

    edition: Mapped[Edition] = relationship(lazy="joined", innerjoin=True)


class PublicationStep(Base):
    """One remote call: written as an intent before it is made, finished after."""

    __tablename__ = "publication_step"
    __table_args__ = (Index(None, "publication_id", "id"),)

    id: Mapped[Id]
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[Short] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(16))
    looks: Mapped[int] = mapped_column(default=0)
    result: Mapped[Json] = mapped_column(default=dict)
    error_code: Mapped[str] = mapped_column(String(64), default="")
    errcode: Mapped[int | None]
    rid: Mapped[Short] = mapped_column(default="")
    error: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Posting(Base):
    """The ledger: an article that came out, where and when. What counts is counted here; how many there are by column,
    author, unit and channel the database keeps beside it (`posting_count`, migration 0029)."""

    __tablename__ = "posting"
    __table_args__ = (
        Index(None, "published_at", "id"),
        Index(None, "column_id", "published_at", "id"),
        Index(None, "author", "published_at", "id"),
        Index(None, "unit", "published_at", "id"),
        Index(None, "withdrawn_at", "published_at"),
        Index(None, "article_id"),
        Index(None, "edition_id"),
    )

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))
    column_id: Mapped[int] = mapped_column(ForeignKey("column.id"))
    channel: Mapped[str] = mapped_column(String(16))
    author: Mapped[Short]
    unit: Mapped[Short]
    url: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[Moment]
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
