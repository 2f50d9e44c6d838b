from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, tuple_
from sqlalchemy.orm import Session

from webapp.kernel.paging import Page, decode_cursor, encode_cursor
from webapp.media.models import Artwork, Asset
from webapp.media.probe import MAY_MOVE

PAGE_PICTURES = 48
"""Divides by two, three, four and six, as the grid's rows do."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    asset: Asset
    artwork: Artwork | None


def _says(words: str) -> ColumnElement[bool]:
    spoken = (
        Asset.name,
        Asset.alt,
        Asset.credit,
        Artwork.title,
        Artwork.artist,
        Artwork.transcription,
    )
    return or_(*(column.icontains(words, autoescape=True) for column in spoken))


def list_pictures(
    session: Session,
    *,
    words: str = "",
    artworks_only: bool = False,
    cursor: str | None = None,
    limit: int = PAGE_PICTURES,
) -> Page[Shown]:
    """Newest first, each with its artwork, in one query. `words` are looked for in all that is said of a picture."""
    query = (
        select(Asset, Artwork)
        .join(Artwork, Artwork.asset_id == Asset.id, isouter=not artworks_only)
        .order_by(Asset.created_at.desc(), Asset.id.desc())
    )
    if words:
        query = query.where(_says(words))
    if cursor:
        moment, last = decode_cursor(cursor, datetime, str)
        query = query.where(tuple_(Asset.created_at, Asset.id) < (moment, last))
    rows = session.execute(query.limit(limit + 1)).all()
    items: Sequence[Shown] = [Shown(asset=r.Asset, artwork=r.Artwork) for r in rows[:limit]]
    if len(rows) <= limit:
        return Page(items=items, next_cursor=None)
    end = items[-1].asset
    return Page(items=items, next_cursor=encode_cursor(end.created_at, end.id))


def list_counted_still(session: Session) -> list[Asset]:
    """Of the kinds that may move, those that do not as far as is known: before migration 0016 nobody looked."""
    return list(
        session.scalars(
            select(Asset)
            .where(Asset.mime.in_(MAY_MOVE), Asset.animated.is_(False))
            .order_by(Asset.created_at, Asset.id)
        )
    )
