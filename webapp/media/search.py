"""The search index of pictures: all that is said of one, its file's name included."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.kernel.search import normalise
from webapp.kernel.wordindex import WordIndex, put_words
from webapp.media.models import Artwork, Asset, AssetText

ASSET_WORDS = WordIndex(
    name="asset_fts",
    key="asset_text_id",
    id=AssetText.id,
    text=AssetText.normalised,
    owner=AssetText.id,
)


def _words_of(asset: Asset, artwork: Artwork | None) -> str:
    said = [asset.name, asset.alt, asset.credit]
    if artwork is not None:
        said += [artwork.title, artwork.artist, artwork.transcription]
    return "\n".join(said)


def index_asset(session: Session, asset: Asset, artwork: Artwork | None) -> None:
    """Replaces what was indexed before."""
    words = _words_of(asset, artwork)
    row = session.scalar(select(AssetText).where(AssetText.asset_id == asset.id))
    row = row or AssetText(asset_id=asset.id)
    row.is_artwork, row.normalised = artwork is not None, normalise(words)
    session.add(row)
    session.flush()  # the index is written beside the ORM, and asks for the row's number
    put_words(session, ASSET_WORDS, row.id, words)
