from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, Id, Moment, Short, UtcDateTime


class Account(Base):
    """An official account (公众号). Secrets are locked by the kernel's SecretBox; they are never shown again."""

    __tablename__ = "account"

    id: Mapped[Id]
    name: Mapped[Short] = mapped_column(unique=True)
    appid: Mapped[str] = mapped_column(String(64), unique=True)
    locked_secret: Mapped[str] = mapped_column(Text)
    callback_token: Mapped[str] = mapped_column(String(64))
    locked_aes_key: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[str] = mapped_column(
        String(16), default="subscription", server_default="subscription"
    )
    """`subscription` (订阅号) or `service` (服务号), as an administrator says: how often it may mass-send."""
    created_at: Mapped[Moment]


class AccessToken(Base):
    """The account's current access token, locked; one row an account, so that every process uses the same."""

    __tablename__ = "access_token"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    locked_token: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
