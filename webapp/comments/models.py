from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.comments.anchors import Anchor
from webapp.kernel.db import Base, BigId, Id, Json, Moment, Short, UtcDateTime


class Comment(Base):
    """A thread on some words of an article, or on a whole passage. The words are kept as they were read; where they stand
    now is looked for when they are shown (`anchors`). It is no part of the text: no checksum covers it."""

    __tablename__ = "comment"
    __table_args__ = (Index(None, "article_id", "state", "id"),)

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id", ondelete="CASCADE"))
    state: Mapped[str] = mapped_column(String(16))
    revision: Mapped[int]
    block: Mapped[int]
    start: Mapped[int]
    quote: Mapped[str] = mapped_column(Text)
    before: Mapped[Short]
    after: Mapped[Short]
    passage: Mapped[str] = mapped_column(Text)
    is_whole: Mapped[bool] = mapped_column(Boolean)
    opened_by: Mapped[int | None] = mapped_column(BigId)
    opened_at: Mapped[Moment]
    resolved_by: Mapped[int | None] = mapped_column(BigId)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def anchor(self) -> Anchor:
        return Anchor(
            revision=self.revision,
            block=self.block,
            start=self.start,
            quote=self.quote,
            before=self.before,
            after=self.after,
            passage=self.passage,
            is_whole=self.is_whole,
        )


class Remark(Base):
    """What somebody said in a thread; the first is the comment itself. `mentions`: ids of those named with @."""

    __tablename__ = "remark"
    __table_args__ = (Index(None, "comment_id", "id"),)

    id: Mapped[Id]
    comment_id: Mapped[int] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(BigId)
    text: Mapped[str] = mapped_column(Text)
    mentions: Mapped[Json]
    at: Mapped[Moment]
