from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from webapp.kernel.paging import Page, decode_cursor, encode_cursor
from webapp.kernel.wordindex import search
from webapp.media.models import Artwork, Asset, AssetText
from webapp.media.probe import MAY_MOVE
from webapp.media.search import ASSET_WORDS

PAGE_PICTURES = 48
"""Divides by two, three, four and six, as the grid's rows do."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    asset: Asset
    artwork: Artwork | None


def list_pictures(
    session: Session,
    *,
    words: str = "",
    artworks_only: bool = False,
    cursor: str | None = None,
    limit: int = PAGE_PICTURES,
) -> Page[Shown]:
    """Newest first, each with its artwork. `words` are looked for in all that is said of a picture. Raises Invalid for
    words that are too long."""
    conditions: list[ColumnElement[bool]] = (
        [AssetText.is_artwork == true()] if artworks_only else []
    )
    (before,) = decode_cursor(cursor, int) if cursor else (None,)
    if words:
        ids = search(session, ASSET_WORDS, words, conditions, before=before, limit=limit + 1)
        conditions = [AssetText.id.in_(ids)]
    elif before is not None:
        conditions.append(AssetText.id < before)
    rows = session.execute(
        select(AssetText.id, Asset, Artwork)
        .join_from(AssetText, Asset, Asset.id == AssetText.asset_id)
        .join(Artwork, Artwork.asset_id == Asset.id, isouter=True)
        .where(*conditions)
        .order_by(AssetText.id.desc())
        .limit(limit + 1)
    ).all()
    shown = rows[:limit]
    return Page(
        items=[Shown(asset=row.Asset, artwork=row.Artwork) for row in shown],
        next_cursor=encode_cursor(shown[-1].id) if len(rows) > limit else None,
    )


def list_counted_still(session: Session) -> list[Asset]:
    """Of the kinds that may move, those that do not as far as is known: before migration 0016 nobody looked."""
    return list(
        session.scalars(
            select(Asset)
            .where(Asset.mime.in_(MAY_MOVE), Asset.animated.is_(False))
            .order_by(Asset.created_at, Asset.id)
        )
    )
