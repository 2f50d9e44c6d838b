from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Invalid, NotFound
from webapp.kernel.storage import Store, content_key
from webapp.media.models import Artwork, Asset, Material
from webapp.media.probe import Probed, identify, probe
from webapp.media.search import index_asset
from webapp.users.permissions import Actor

ID_CHARACTERS = 24


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What a person says of a picture. `artwork` fields are set for an artwork, else None."""

    alt: str = ""
    credit: str = ""
    artwork: ArtworkLabels | None = None


@dataclass(frozen=True, kw_only=True)
class ArtworkLabels:
    title: str
    artist: str
    medium: str = ""
    size: str = ""
    year: str = ""
    transcription: str = ""
    consent: bool = False


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A file that was looked at and laid in the store, but is not in the database yet."""

    checksum: str
    key: str
    name: str
    probed: Probed
    bytes: int

    @property
    def id(self) -> str:
        return self.checksum[:ID_CHARACTERS]


def store_file(store: Store, name: str, data: bytes, *, max_bytes: int) -> Stored:
    """Look at the file and keep the original. Outside any transaction: it reads, decodes and writes a file.

    Raises Invalid, TooLarge or Unsupported for what is not a picture that can be used; nothing is kept then.
    """
    probed = probe(data, max_bytes=max_bytes)
    checksum, key = content_key(data, probed.extension)
    if not store.exists(key):
        store.put(key, data, probed.mime)
    return Stored(
        checksum=checksum, key=key, name=name[:255] or "图片", probed=probed, bytes=len(data)
    )


def find_asset(session: Session, asset_id: str) -> Asset | None:
    return session.get(Asset, asset_id)


def get_asset(session: Session, asset_id: str) -> Asset:
    asset = find_asset(session, asset_id)
    if asset is None:
        raise NotFound("素材库里没有这张图片。")
    return asset


def find_artwork(session: Session, asset_id: str) -> Artwork | None:
    return session.get(Artwork, asset_id)


def add_asset(
    session: Session, stored: Stored, labels: Labels, *, actor: Actor, now: datetime
) -> tuple[Asset, bool]:
    """The asset of these bytes, and whether it is new. The same bytes are the same asset: what was said of it stays,
    and only what was empty is filled in."""
    asset = find_asset(session, stored.id)
    is_new = asset is None
    if asset is None:
        asset = Asset(
            id=stored.id,
            checksum=stored.checksum,
            name=stored.name,
            mime=stored.probed.mime,
            bytes=stored.bytes,
            width=stored.probed.width,
            height=stored.probed.height,
            animated=stored.probed.animated,
            key=stored.key,
            alt=labels.alt,
            credit=labels.credit,
            uploaded_by=actor.id,
            created_at=now,
        )
        session.add(asset)
        session.flush()  # an artwork points at it
        record(session, "asset.add", Subject(kind="asset", id=asset.id), actor=actor.name, now=now,
               details={"name": asset.name, "checksum": asset.checksum})  # fmt: skip
    else:
        asset.animated = stored.probed.animated
        asset.alt = asset.alt or labels.alt
        asset.credit = asset.credit or labels.credit
    artwork = find_artwork(session, asset.id)
    if labels.artwork is not None and artwork is None:
        artwork = Artwork(asset_id=asset.id, **vars(labels.artwork))
        session.add(artwork)
    index_asset(session, asset, artwork)
    return asset, is_new


def moves(store: Store, asset: Asset) -> bool:
    """Looks at the stored file. Raises NotFound where it is gone, Invalid where it cannot be read."""
    return identify(store.get(asset.key)).animated


def count_as_moving(session: Session, asset: Asset, *, actor: Actor, now: datetime) -> None:
    asset.animated = True
    record(session, "asset.moves", Subject(kind="asset", id=asset.id), actor=actor.name, now=now,
           details={"name": asset.name})  # fmt: skip


def describe(
    session: Session,
    asset: Asset,
    labels: Labels,
    *,
    focal: tuple[float, float] | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Change what is said of a picture. An article that shows it and was approved must be approved again: its checksum
    covers caption, credit and crop."""
    if focal is not None and not all(0 <= part <= 1 for part in focal):
        raise Invalid.of_field("focal", "焦点要在图片之内。")
    before = {"alt": asset.alt, "credit": asset.credit, "focal": [asset.focal_x, asset.focal_y]}
    asset.alt, asset.credit = labels.alt, labels.credit
    if focal is not None:
        asset.focal_x, asset.focal_y = focal
    artwork = find_artwork(session, asset.id)
    if labels.artwork is not None:
        artwork = artwork or Artwork(asset_id=asset.id)
        for key, value in vars(labels.artwork).items():
            setattr(artwork, key, value)
        session.add(artwork)
    index_asset(session, asset, artwork)
    record(session, "asset.describe", Subject(kind="asset", id=asset.id), actor=actor.name, now=now,
           details={"before": before, "after": {"alt": asset.alt, "credit": asset.credit,
                                                "focal": [asset.focal_x, asset.focal_y]}})  # fmt: skip


def find_materials(
    session: Session, account_id: int, checksums: Sequence[str]
) -> dict[tuple[str, str], Material]:
    """(asset checksum, purpose) → the account's copy."""
    rows = session.scalars(
        select(Material).where(
            Material.account_id == account_id, Material.asset_checksum.in_(list(checksums))
        )
    )
    return {(m.asset_checksum, m.purpose): m for m in rows}
