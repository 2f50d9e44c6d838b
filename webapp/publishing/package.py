"""An edition for hands: what to paste into the official account's own console, and a QR code to look at it on a phone."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from webapp.articles.composition import Composed, compose
from webapp.articles.content import Content, content_of
from webapp.articles.queries import get_revision
from webapp.articles.service import marker_of
from webapp.editions.models import Edition, EditionArticle
from webapp.kernel.web import context
from webapp.media.models import Asset
from webapp.rendering.model import Newspic


@dataclass(frozen=True, kw_only=True)
class Package:
    place: EditionArticle
    content: Content
    cover: Asset | None
    pictures: tuple[Asset, ...]
    """Those of the body, in reading order."""
    phone_code: Markup
    newspic: Newspic | None


def composed_place(session: Session, place: EditionArticle) -> Composed:
    """The article as it was pinned, pictures from here."""
    revision = get_revision(session, place.article_id, place.revision)
    return compose(
        session,
        content_of(revision),
        place.article.column,
        marker=marker_of(place.article, place.revision),
        picture_url=lambda asset_id: url_for("media.file_as_sent", asset_id=asset_id),
    )


def qr_code(address: str) -> Markup:
    """An SVG of the size that the page gives it; dark on white whatever the page's colours, since a camera reads it."""
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(
        omitsize=True, border=3, dark="#1f2328", light="#ffffff", svgclass="qr", lineclass=None
    )
    return Markup(svg)  # noqa: S704  made by segno from modules, not from text


def packages_of(session: Session, edition: Edition) -> list[Package]:
    found = []
    for place in edition.articles:
        composed = composed_place(session, place)
        address = url_for("review.phone", article_id=place.article_id, revision=place.revision)
        found.append(
            Package(
                place=place,
                content=content_of(get_revision(session, place.article_id, place.revision)),
                cover=composed.cover,
                pictures=tuple(
                    composed.assets[i] for i in composed.piece.pictures if i in composed.assets
                ),
                newspic=composed.newspic,
                phone_code=qr_code(f"{context().settings.public_url}{address}"),
            )
        )
    return found
