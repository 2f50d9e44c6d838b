from __future__ import annotations

from sqlalchemy import Boolean, Float, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, BigId, Checksum, Id, Moment, Short


class Asset(Base):
    """A picture. `id` is the first 24 hex digits of the original's SHA-256, so the same bytes are the same asset and a
    document that names it is the same document everywhere. The focal point is in 0..1 of the turned picture."""

    __tablename__ = "asset"
    __table_args__ = (Index(None, "created_at", "id"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    checksum: Mapped[Checksum] = mapped_column(unique=True)
    name: Mapped[Short]
    mime: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    key: Mapped[Short]
    """Where the original lies in the store."""
    animated: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """It moves. What is sent does not: the platform takes still pictures into a body."""
    alt: Mapped[str] = mapped_column(String(500), default="")
    credit: Mapped[Short] = mapped_column(default="")
    focal_x: Mapped[float] = mapped_column(Float, default=0.5)
    focal_y: Mapped[float] = mapped_column(Float, default=0.5)
    uploaded_by: Mapped[int | None] = mapped_column(BigId, index=True)
    created_at: Mapped[Moment]


class Artwork(Base):
    """An asset as an artwork: what a caption and a catalogue need. Sizes as written, in cm."""

    __tablename__ = "artwork"

    asset_id: Mapped[str] = mapped_column(
        ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True
    )
    title: Mapped[Short]
    artist: Mapped[Short]
    medium: Mapped[Short] = mapped_column(default="")
    size: Mapped[Short] = mapped_column(default="")
    year: Mapped[Short] = mapped_column(default="")
    transcription: Mapped[str] = mapped_column(Text, default="")
    consent: Mapped[bool] = mapped_column(Boolean, default=False)


class AssetText(Base):
    """All that is said of a picture, normalised, for search: exact hits are checked here. The index of grams beside it,
    `asset_fts`, is the database's own: see `kernel.wordindex`. The numbers are in the order in which the pictures came."""

    __tablename__ = "asset_text"
    __table_args__ = (Index(None, "is_artwork", "id"),)

    id: Mapped[Id]
    asset_id: Mapped[str] = mapped_column(ForeignKey("asset.id", ondelete="CASCADE"), unique=True)
    is_artwork: Mapped[bool] = mapped_column(Boolean)
    normalised: Mapped[str] = mapped_column(Text)


class Material(Base):
    """An asset's copy at WeChat, so that nothing is uploaded twice. `purpose` is `body` (url), or `cover` (media_id): a
    permanent picture, which those of a picture message are too."""

    __tablename__ = "material"
    __table_args__ = (Index(None, "account_id", "asset_checksum", "purpose", unique=True),)

    id: Mapped[Id]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    asset_checksum: Mapped[Checksum]
    """Of the original. A crop is told to the platform as numbers, so one copy serves every crop."""
    purpose: Mapped[str] = mapped_column(String(16))
    media_id: Mapped[Short] = mapped_column(default="")
    url: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Moment]
