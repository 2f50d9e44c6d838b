"""A text as its reader will see it, and the checksum that approval binds to.

The checksum is SHA-256 over what the platform is told (title, author, digest, source address, cover and its crop) and over
the rendered body with every picture named by its content; of a picture message over its text and its pictures in order. So a change of text, theme, caption, credit or crop after an
approval is a different checksum, wherever it was made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.articles.content import Content
from webapp.columns.models import Column
from webapp.document.model import asset_ids
from webapp.kernel.errors import Invalid
from webapp.kernel.settings import CONFIG_FOLDER
from webapp.media.models import Artwork, Asset
from webapp.rendering.model import Artwork as ArtworkLabel
from webapp.rendering.model import Credit, Form, Newspic, Picture, Piece
from webapp.rendering.newspic import render_newspic
from webapp.rendering.themes import Theme, load_theme
from webapp.rendering.wechat import render

THEME_FOLDER = CONFIG_FOLDER / "themes"


def picture_placeholder(asset_id: str) -> str:
    """Stands for a picture's address in what is checksummed; the push puts the platform's address there."""
    return f"asset:{asset_id}"


@dataclass(frozen=True, kw_only=True)
class Composed:
    """`html` has placeholders for picture addresses and is empty for a picture message, which is `newspic` instead.
    `characters` are those that the platform limits: of the HTML, or of a picture message's text."""

    form: Form
    html: str
    newspic: Newspic | None = None
    checksum: str
    characters: int
    bytes: int
    piece: Piece
    assets: Mapping[str, Asset]
    artworks: Mapping[str, Artwork]
    cover: Asset | None

    @property
    def slides(self) -> list[Picture]:
        """The pictures of a picture message, in order."""
        return [self.piece.picture(i) for i in self.newspic.assets] if self.newspic else []


@lru_cache(maxsize=32)
def _theme(
    path: Path, _changed_at: int, indent: bool | None, justify: bool | None, size: int | None
) -> Theme:
    return load_theme(path).adjusted(first_line_indent=indent, justify=justify, size=size)


def theme_of(column: Column, folder: Path = THEME_FOLDER) -> Theme:
    """The column's theme with what the column has otherwise. Raises Invalid when there is no such theme."""
    path = folder / f"{column.theme}.toml"
    if not path.is_file():
        raise Invalid(
            f"专栏“{column.name}”的版式“{column.theme}”不在 config/themes 里，稿件未动；请换一个版式。",
            code="theme.missing",
        )
    return _theme(path, path.stat().st_mtime_ns, column.first_line_indent, column.justify,
                  column.text_size)  # fmt: skip


Loaded = tuple[dict[str, Asset], dict[str, Artwork]]


def load_assets(
    session: Session, ids: Iterable[str]
) -> tuple[dict[str, Asset], dict[str, Artwork]]:
    """Two queries, however many pictures. What is not there is left out."""
    wanted = set(ids)
    if not wanted:
        return {}, {}
    assets = {a.id: a for a in session.scalars(select(Asset).where(Asset.id.in_(wanted)))}
    artworks = {
        w.asset_id: w for w in session.scalars(select(Artwork).where(Artwork.asset_id.in_(wanted)))
    }
    return assets, artworks


def _label(artwork: Artwork | None) -> ArtworkLabel | None:
    if artwork is None:
        return None
    return ArtworkLabel(
        title=artwork.title,
        artist=artwork.artist,
        medium=artwork.medium,
        size=artwork.size,
        year=artwork.year,
        transcription=artwork.transcription,
    )


def _picture(asset: Asset, artwork: Artwork | None, url: str) -> Picture:
    return Picture(
        asset=asset.id,
        url=url,
        width=asset.width,
        height=asset.height,
        alt=asset.alt,
        credit=asset.credit,
        artwork=_label(artwork),
    )


def _piece(
    content: Content,
    column: Column,
    assets: Mapping[str, Asset],
    artworks: Mapping[str, Artwork],
    marker: str,
    picture_url: Callable[[str], str],
) -> Piece:
    credits_ = tuple(Credit(label=label, names=names) for label, names in content.credits)
    if content.source:
        credits_ = (Credit(label="来源", names=content.source), *credits_)
    return Piece(
        title=content.title,
        kicker=column.issue_label(content.issue, content.issue_year),
        author=content.author,
        digest=content.digest,
        body=content.body,
        credits=credits_,
        pictures={i: _picture(a, artworks.get(i), picture_url(i)) for i, a in assets.items()},
        marker=marker,
    )


def _checksum(seen: Mapping[str, Any]) -> str:
    canonical = json.dumps(seen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _fields_seen(content: Content, cover: Asset | None) -> dict[str, Any]:
    return {
        "title": content.title,
        "author": content.author,
        "digest": content.digest,
        "source_url": content.source_url,
        "cover": [cover.checksum, cover.focal_x, cover.focal_y] if cover else None,
    }


def compose(
    session: Session,
    content: Content,
    column: Column,
    *,
    marker: str,
    picture_url: Callable[[str], str] = picture_placeholder,
    loaded: Loaded | None = None,
) -> Composed:
    """Render `content` in its form and its column's theme. The checksum is taken on the placeholders, whatever
    `picture_url` is. `loaded`: its pictures, where somebody read those of several texts at once."""
    in_body = asset_ids(content.body)
    wanted = (*in_body, content.cover_id) if content.cover_id else in_body
    assets, artworks = loaded or load_assets(session, wanted)
    cover = assets.get(content.shown_cover) if content.shown_cover else None
    shown = {i: assets[i] for i in in_body if i in assets}
    piece = _piece(content, column, shown, artworks, marker, picture_url)
    if content.form == "newspic":
        return _newspic(content, piece, assets, artworks, cover)
    theme = theme_of(column)
    placeheld = _piece(content, column, shown, artworks, marker, picture_placeholder)
    rendered = render(placeheld, theme)
    html = rendered.html if picture_url is picture_placeholder else render(piece, theme).html
    return Composed(
        form="news",
        html=html,
        checksum=_checksum({**_fields_seen(content, cover), "html": rendered.html}),
        characters=rendered.characters,
        bytes=rendered.bytes,
        piece=piece,
        assets=assets,
        artworks=artworks,
        cover=cover,
    )


def _newspic(
    content: Content,
    piece: Piece,
    assets: Mapping[str, Asset],
    artworks: Mapping[str, Artwork],
    cover: Asset | None,
) -> Composed:
    newspic = render_newspic(piece)
    seen = {
        **_fields_seen(content, cover),
        "form": content.form,
        "marker": piece.marker,
        "text": newspic.text,
        "pictures": newspic.assets,
    }
    return Composed(
        form="newspic",
        html="",
        newspic=newspic,
        checksum=_checksum(seen),
        characters=len(newspic.text),
        bytes=len(newspic.text.encode()),
        piece=piece,
        assets=assets,
        artworks=artworks,
        cover=cover,
    )
