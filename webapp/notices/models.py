from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, BigId, Id, Json, Moment, Short, UtcDateTime


class Notice(Base):
    """Something one person is told. `entry_id`: the audit entry that it tells of; `about`: what must be told once only."""

    __tablename__ = "notice"
    __table_args__ = (
        Index(None, "user_id", "id"),
        Index(None, "user_id", "read_at"),
        Index(None, "article_id", "entry_id"),
        Index(None, "about"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text, default="")
    path: Mapped[Short]
    by: Mapped[Short] = mapped_column(default="")
    article_id: Mapped[int | None] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    entry_id: Mapped[int | None] = mapped_column(BigId)
    about: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[Moment]
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoticePreference(Base):
    """How a person wants to be told outside the product. No row: `soon`, to the address of their account."""

    __tablename__ = "notice_preference"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    mode: Mapped[str] = mapped_column(String(16))
    address: Mapped[Short] = mapped_column(default="")


class NoticeChannel(Base):
    """A group chat or a shared mailbox of the institution. Address and secret are locked; `hint` is what may be shown."""

    __tablename__ = "notice_channel"

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[Short]
    hint: Mapped[Short]
    locked_address: Mapped[str] = mapped_column(Text)
    locked_secret: Mapped[str] = mapped_column(Text, default="")
    kinds: Mapped[Json]
    """Which notices it carries."""
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[Moment]


class NoticeMessage(Base):
    """What leaves the product: one message to one person or channel, with all that was gathered for it until it was due.
    The intent is stored before the network is touched, the result after."""

    __tablename__ = "notice_message"
    __table_args__ = (
        Index(None, "state", "due_at"),
        Index(None, "user_id", "state"),
        Index(None, "channel_id", "state"),
    )

    id: Mapped[Id]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    channel_id: Mapped[int | None] = mapped_column(
        ForeignKey("notice_channel.id", ondelete="CASCADE")
    )
    state: Mapped[str] = mapped_column(String(16))
    lines: Mapped[Json]
    """`[[sentence, path], …]`."""
    more: Mapped[int] = mapped_column(default=0)
    """How many did not fit."""
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Moment]
    due_at: Mapped[Moment]
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
