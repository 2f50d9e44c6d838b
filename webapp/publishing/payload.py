"""What is sent: the pictures that the account lacks, and the articles of the draft, rendered from what was approved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from webapp.articles.composition import Composed, compose, load_assets
from webapp.articles.content import Content, content_of
from webapp.articles.queries import get_revision
from webapp.articles.service import marker_of
from webapp.document.model import asset_ids
from webapp.editions.models import EditionArticle
from webapp.kernel.errors import ChecksumMismatch, NotFound
from webapp.media.derive import Focal, body_image, crops, newspic_crops
from webapp.media.models import Asset, Material
from webapp.media.service import find_materials
from webapp.publishing.calls import Held
from webapp.publishing.models import Publication
from webapp.publishing.queries import BODY, COVER
from webapp.publishing.workflow import StepKind
from webapp.rendering.model import Newspic
from webapp.wechat.gateway import CoverCrop, DraftArticle, Gateway, MaterialReply

Materials = Mapping[tuple[str, str], Material]


@dataclass(frozen=True, kw_only=True)
class Need:
    """A picture that the account must have, as what, and what uploading it is called."""

    account_id: int
    asset: Asset
    purpose: str
    kind: StepKind

    @property
    def key(self) -> tuple[str, str]:
        return self.asset.checksum, self.purpose


@dataclass(frozen=True, kw_only=True)
class Upload:
    kind: StepKind
    asset_id: str
    send: Callable[[Gateway], Any]
    keep: Callable[[Session, Publication, Any], dict[str, Any]]


def _contents(session: Session, publication: Publication) -> list[Content]:
    return [
        content_of(get_revision(session, place.article_id, place.revision))
        for place in publication.edition.articles
    ]


def _named(content: Content) -> Iterator[tuple[str, str, StepKind]]:
    """Asset, purpose and step. A picture message is made of permanent pictures, as a cover is one."""
    if content.form == "newspic":
        for asset_id in asset_ids(content.body):
            yield asset_id, COVER, StepKind.UPLOAD_PICTURE
        return
    if content.cover_id:
        yield content.cover_id, COVER, StepKind.UPLOAD_COVER
    for asset_id in asset_ids(content.body):
        yield asset_id, BODY, StepKind.UPLOAD_IMAGE


def _needs(session: Session, publication: Publication) -> list[Need]:
    """In reading order; each article's cover first. Raises NotFound."""
    named = [one for content in _contents(session, publication) for one in _named(content)]
    assets, _artworks = load_assets(session, {asset_id for asset_id, _, _ in named})
    if any(asset_id not in assets for asset_id, _, _ in named):
        raise NotFound("有一张图片已不在素材库里。", code="push.picture_missing")
    account_id = publication.account_id
    assert account_id is not None  # a manual delivery sends nothing
    return [
        Need(account_id=account_id, asset=assets[i], purpose=purpose, kind=kind)
        for i, purpose, kind in named
    ]


def _materials(session: Session, publication: Publication, needs: Sequence[Need]) -> Materials:
    """What the account has of them."""
    assert publication.account_id is not None
    checksums = [need.asset.checksum for need in needs]
    return find_materials(session, publication.account_id, checksums)


def next_missing(session: Session, publication: Publication) -> Need | None:
    """The first picture that the account does not have."""
    needs = _needs(session, publication)
    have = _materials(session, publication, needs)
    return next((need for need in needs if need.key not in have), None)


def upload_of(held: Held, need: Need) -> Upload:
    """To be called outside a transaction: the derivative is work for the processor."""
    asset, purpose = need.asset, need.purpose
    picture = body_image(held.press.store.get(asset.key))
    name = f"{asset.id}{'.png' if picture.mime == 'image/png' else '.jpg'}"

    def send(gateway: Gateway) -> MaterialReply | str:
        if purpose == COVER:
            return gateway.upload_cover(name, picture.data, picture.mime)
        return gateway.upload_body_image(name, picture.data, picture.mime)

    def keep(
        session: Session, _publication: Publication, reply: MaterialReply | str
    ) -> dict[str, Any]:
        url, media_id = (reply, "") if isinstance(reply, str) else (reply.url, reply.media_id)
        copy = Material(account_id=need.account_id, asset_checksum=asset.checksum, purpose=purpose,
                        media_id=media_id, url=url, created_at=held.press.now())  # fmt: skip
        _remember(session, copy)
        return {"media_id": media_id, "url": url}

    return Upload(kind=need.kind, asset_id=asset.id, send=send, keep=keep)


def _remember(session: Session, copy: Material) -> None:
    """Another push may have uploaded the same picture meanwhile; the newer copy is as good as the older."""
    known = find_materials(session, copy.account_id, [copy.asset_checksum])
    older = known.get((copy.asset_checksum, copy.purpose))
    if older is None:
        session.add(copy)
    else:
        older.media_id, older.url, older.created_at = copy.media_id, copy.url, copy.created_at


def draft_articles(held: Held) -> tuple[DraftArticle, ...] | None:
    """The very articles of the draft; None when a picture must be uploaded first. Raises ChecksumMismatch when an article
    would not be what was approved."""
    with held.step() as (session, publication):
        needs = _needs(session, publication)
        materials = _materials(session, publication, needs)
        if any(need.key not in materials for need in needs):
            return None
        return tuple(_draft_article(session, p, materials) for p in publication.edition.articles)


def _draft_article(session: Session, place: EditionArticle, materials: Materials) -> DraftArticle:
    revision = get_revision(session, place.article_id, place.revision)
    content = content_of(revision)
    composed = _composed(session, place, content, materials)
    if composed.checksum != place.checksum or composed.cover is None:
        raise ChecksumMismatch(
            f"《{place.article.title}》与审定的不同；什么也没有发出，请重新送审。",
            code="push.checksum",
        )
    cover = composed.cover
    if composed.newspic is not None:
        return _picture_message(composed, composed.newspic, cover, materials)
    return DraftArticle(
        title=revision.title,
        author=revision.author,
        digest=revision.digest,
        content=composed.html,
        source_url=revision.source_url,
        cover_media_id=materials[cover.checksum, COVER].media_id,
        crops=crops(cover.width, cover.height, Focal(cover.focal_x, cover.focal_y)),
    )


def _composed(
    session: Session, place: EditionArticle, content: Content, materials: Materials
) -> Composed:
    marker = marker_of(place.article, place.revision)
    if content.form == "newspic":
        return compose(session, content, place.article.column, marker=marker)
    assets, _artworks = load_assets(session, asset_ids(content.body))
    return compose(
        session,
        content,
        place.article.column,
        marker=marker,
        picture_url=lambda asset_id: materials[assets[asset_id].checksum, BODY].url,
    )


def _picture_message(
    composed: Composed, newspic: Newspic, cover: Asset, materials: Materials
) -> DraftArticle:
    """Digest and source address have no place in it: the checks tell the editor so."""
    crops_ = newspic_crops(cover.width, cover.height, Focal(cover.focal_x, cover.focal_y))
    return DraftArticle(
        kind="newspic",
        title=composed.piece.title,
        author=composed.piece.author,
        content=newspic.text,
        image_media_ids=tuple(
            materials[composed.assets[i].checksum, COVER].media_id for i in newspic.assets
        ),
        cover_crops=tuple(CoverCrop(**crop) for crop in crops_),
    )
