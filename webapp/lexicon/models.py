from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, BigId, Id, Moment, Short


class AllowedPhrase(Base):
    """A phrase in which no check but limits, privacy and picture rights finds fault. It may carry words around the fault,
    so that only this use is let pass."""

    __tablename__ = "allowed_phrase"

    id: Mapped[Id]
    phrase: Mapped[Short] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(Text)
    added_by: Mapped[int | None] = mapped_column(BigId)
    added_at: Mapped[Moment]
