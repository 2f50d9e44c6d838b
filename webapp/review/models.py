from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.articles.models import Article
from webapp.columns.models import Column
from webapp.kernel.db import Base, BigId, Checksum, Id, Moment, Short, UtcDateTime
from webapp.users.models import User


class Review(Base):
    """One verdict. A stage is decided once a round; the unique index refuses a second, whoever was quicker."""

    __tablename__ = "review"
    __table_args__ = (
        Index(None, "article_id", "round", "stage", unique=True),
        Index(None, "reviewer_id", "article_id"),
    )

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    revision: Mapped[int]
    round: Mapped[int]
    stage: Mapped[int]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """None: decided with a link, by someone without an account."""
    link_id: Mapped[int | None] = mapped_column(ForeignKey("review_link.id"))
    signer_name: Mapped[Short] = mapped_column(default="")
    signer_title: Mapped[Short] = mapped_column(default="")
    """Name and title of whoever decided with a link."""
    way: Mapped[str] = mapped_column(String(16), default="")
    decision: Mapped[str] = mapped_column(String(16))
    comment: Mapped[str] = mapped_column(Text, default="")
    deputy_for: Mapped[str] = mapped_column(Text, default="")
    """Decided by a deputy (代审): the names of those whose stage it was, as they were then; empty when nobody was named."""
    deputy_reason: Mapped[str] = mapped_column(Text, default="")
    """Why not by them. Empty: decided by a reviewer of the stage."""
    checksum: Mapped[Checksum]
    at: Mapped[Moment]

    reviewer: Mapped[User | None] = relationship(lazy="joined")

    @property
    def is_deputy(self) -> bool:
        return bool(self.deputy_reason)

    @property
    def signer(self) -> str:
        """The name on the seal."""
        return self.reviewer.display_name if self.reviewer else self.signer_name

    @property
    def signer_key(self) -> str:
        if self.link_id is not None:
            return f"link {self.link_id} {self.signer_name} {self.signer_title}"
        return f"user {self.reviewer_id}"


class UrgentRequest(Base):
    """An editor asked that one submission be decided at once. `decided_at`: when the leader approved it."""

    __tablename__ = "urgent_request"
    __table_args__ = (Index(None, "article_id", "round", unique=True),)

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    round: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int | None] = mapped_column(BigId)
    asked_at: Mapped[Moment]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    article: Mapped[Article] = relationship(lazy="joined", innerjoin=True)


class Countersign(Base):
    """A stage that an urgent article still owes. It lapses when the text is changed: then `checksum` is no longer what was
    approved."""

    __tablename__ = "countersign"
    __table_args__ = (
        Index(None, "article_id", "round", "stage", unique=True),
        Index(None, "settled_at", "due_at"),
        Index(None, "decision", "answered_at"),
    )

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    round: Mapped[int]
    stage: Mapped[int]
    checksum: Mapped[Checksum]
    due_at: Mapped[Moment]
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str] = mapped_column(String(16), default="")
    comment: Mapped[str] = mapped_column(Text, default="")
    """Of an objection."""
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[int | None] = mapped_column(BigId)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    article: Mapped[Article] = relationship(lazy="joined", innerjoin=True)

    @property
    def stage_name(self) -> str:
        return self.article.column.stage_name(self.stage)


class ReviewLink(Base):
    """Lets one named person without an account decide one stage of one text, once. Only the token's checksum is kept, and
    of the telephone number a keyed one with the last four digits."""

    __tablename__ = "review_link"
    __table_args__ = (Index(None, "article_id", "id"), Index(None, "made_by", "article_id"))

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    round: Mapped[int]
    stage: Mapped[int]
    revision: Mapped[int]
    checksum: Mapped[Checksum]
    token_checksum: Mapped[Checksum] = mapped_column(unique=True)
    name: Mapped[Short]
    title: Mapped[Short]
    name_key: Mapped[Short]
    phone_key: Mapped[Checksum]
    phone_tail: Mapped[str] = mapped_column(String(4))
    made_by: Mapped[int | None] = mapped_column(BigId)
    made_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mandate(Base):
    """Who may decide in place of a column's reviewers: at one stage or (None) at all, from `since` on and before `until`
    (None: until taken back)."""

    __tablename__ = "mandate"
    __table_args__ = (Index(None, "column_id", "kind"), Index(None, "user_id", "kind"))

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(16))
    column_id: Mapped[int] = mapped_column(ForeignKey("column.id"))
    stage: Mapped[int | None]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    for_user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """The reviewer who is stood in for; None: whoever reviews the stage."""
    reason: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[Moment]
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    column: Mapped[Column] = relationship(lazy="joined", innerjoin=True)
    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)
    for_user: Mapped[User | None] = relationship(foreign_keys=[for_user_id], lazy="joined")

    @property
    def stage_name(self) -> str:
        return self.column.stage_name(self.stage) if self.stage else "各审次"
