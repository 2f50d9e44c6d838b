from __future__ import annotations

from datetime import datetime

from flask_security import RoleMixin, UserMixin
from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.kernel.db import Base, BigId, Checksum, Id, Json, Moment, Short, UtcDateTime
from webapp.users.passwords import fits
from webapp.users.permissions import Actor, Granted, Permission, Role


class SecurityRole(RoleMixin):
    """Flask-Security asks for a role model; rights here come from grants, so it stays empty."""

    name = ""


class User(Base, UserMixin):
    """A person of the office. `email` is Flask-Security's key for notices; a placeholder when none was given."""

    __tablename__ = "user"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[Short]
    unit: Mapped[Short] = mapped_column(default="")
    email: Mapped[Short] = mapped_column(unique=True)
    password: Mapped[Short]
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[Moment]

    grants: Mapped[list[Grant]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )

    def verify_and_update_password(self, password: str) -> bool:
        """What Flask-Security asks at sign-in; nothing is updated."""
        return fits(password, self.password)

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        return []

    @property
    def actor(self) -> Actor:
        granted = tuple(
            Granted(role=Role(g.role), column_id=g.column_id, stage=g.stage) for g in self.grants
        )
        return Actor(id=self.id, name=self.username, display_name=self.display_name, grants=granted)


class Grant(Base):
    __tablename__ = "grant"
    __table_args__ = (Index(None, "user_id", "role", "column_id", "stage", unique=True),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(32))
    # Columns lie on the floor above; the id alone is kept here.
    column_id: Mapped[int | None] = mapped_column(BigId, index=True)
    stage: Mapped[int | None]

    user: Mapped[User] = relationship(back_populates="grants")


class ApiToken(Base):
    """A program's key to act for a person. Only its checksum is kept. `scopes` None: all that the person may."""

    __tablename__ = "api_token"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[Short]
    checksum: Mapped[Checksum] = mapped_column(unique=True)
    scopes: Mapped[Json | None]
    created_at: Mapped[Moment]
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="joined")

    @property
    def actor(self) -> Actor:
        person = self.user.actor
        scopes = None if self.scopes is None else frozenset(Permission(s) for s in self.scopes)
        return Actor(
            id=person.id,
            name=person.name,
            display_name=person.display_name,
            grants=person.grants,
            scopes=scopes,
        )
