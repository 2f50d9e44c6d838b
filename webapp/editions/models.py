from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.articles.models import Article
from webapp.kernel.db import Base, BigId, Checksum, Id, Moment, UtcDateTime
from webapp.wechat.models import Account


class Edition(Base):
    __tablename__ = "edition"
    __table_args__ = (
        Index(None, "status", "scheduled_at"),
        Index(None, "status", "id"),
        Index(None, "status", "error_code", "id"),
        Index(None, "created_at", "id"),
        Index(None, "scheduled_at"),
        Index(None, "finished_at"),
    )

    id: Mapped[Id]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    delivery: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    scheduled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error_code: Mapped[str] = mapped_column(String(64), default="")
    error: Mapped[str] = mapped_column(Text, default="")
    withdraw_reason: Mapped[str] = mapped_column(Text, default="")
    created_by: Mapped[int | None] = mapped_column(BigId)
    created_at: Mapped[Moment]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    account: Mapped[Account | None] = relationship(lazy="joined")
    articles: Mapped[list[EditionArticle]] = relationship(
        back_populates="edition",
        cascade="all, delete-orphan",
        lazy="selectin",
        order_by="EditionArticle.position",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class EditionArticle(Base):
    """An article's place in an edition, pinned to what was approved."""

    __tablename__ = "edition_article"
    __table_args__ = (Index(None, "edition_id", "position", unique=True),)

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    position: Mapped[int]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    revision: Mapped[int]
    checksum: Mapped[Checksum]
    url: Mapped[str] = mapped_column(Text, default="")

    edition: Mapped[Edition] = relationship(back_populates="articles")
    article: Mapped[Article] = relationship(lazy="joined", innerjoin=True)
