"""The pictures of the house: the grid, one picture with its focal point and what is said of it, and the files themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.toast import tell
from webapp.kernel.web import context, now, read, transaction
from webapp.media.api import asset_json, stored_upload
from webapp.media.files import CROPPED, Variant, etag_of, read_variant, version_of
from webapp.media.forms import parse_focal, parse_labels
from webapp.media.models import Asset
from webapp.media.queries import list_pictures
from webapp.media.service import Labels, add_asset, describe, find_artwork, get_asset
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission

bp = Blueprint("media", __name__, url_prefix="/media")

FOREVER_SECONDS = 365 * 24 * 3600
CROP_SECONDS = 300
"""For a crop asked for without its version: the focal point may move."""

_ARTWORK_KEYS = ("title", "artist", "medium", "size", "year", "transcription", "consent")


@bp.app_template_global()
def asset_url(asset: Asset, variant: str) -> str:
    """An address that changes with what it shows, so that browsers may keep the picture for good."""
    found = Variant(variant)
    version = version_of(asset, found) if found in CROPPED else None
    return url_for("media.file", asset_id=asset.id, variant=variant, v=version)


# The grid


@bp.get("")
@requires(Permission.MEDIA_READ)
def index() -> str:
    return _grid(artworks_only=False)


@bp.get("/artworks")
@requires(Permission.MEDIA_READ)
def artworks() -> str:
    return _grid(artworks_only=True)


@bp.get("/choices")
@requires(Permission.MEDIA_READ)
def choices() -> str:
    """The grid as buttons, for the dialog in which a writer chooses: a piece of page, its continuation under the same address."""
    artworks_only = request.args.get("artworks") == "1"
    return render_template("media/_choices.html", **_found(artworks_only=artworks_only),
                           artworks_only=artworks_only)  # fmt: skip


def _grid(*, artworks_only: bool) -> str:
    found = _found(artworks_only=artworks_only)
    more = None
    if cursor := found["page"].next_cursor:
        more = url_for(str(request.endpoint), q=found["words"] or None, cursor=cursor)
    return render_template("media/index.html", **found, more=more, artworks_only=artworks_only,
                           max_bytes=context().settings.upload_max_bytes)  # fmt: skip


def _found(*, artworks_only: bool) -> dict[str, Any]:
    words = request.args.get("q", "").strip()[:100]
    page = list_pictures(read(), words=words, artworks_only=artworks_only,
                         cursor=request.args.get("cursor"))  # fmt: skip
    return {"page": page, "words": words}


@bp.post("")
@requires(Permission.MEDIA_WRITE)
def upload_by_form() -> AnyResponse:
    """Where no script runs: one file, then its page."""
    asset, _is_new = _upload()
    return redirect(url_for("media.show", asset_id=asset.id), 303)


@bp.post("/upload")
@requires(Permission.MEDIA_WRITE)
def upload() -> Response:
    """For the editor and the grid: the asset's JSON; a refusal is problem+json when JSON is asked for."""
    asset, is_new = _upload()
    shown = asset_json(asset, find_artwork(read(), asset.id))
    response = jsonify(
        {
            **shown,
            "preview_url": asset_url(asset, Variant.WIDE),
            "small_url": asset_url(asset, Variant.SMALL),
            "page_url": url_for("media.show", asset_id=asset.id),
            "is_new": is_new,
        }
    )
    response.status_code = 201 if is_new else 200
    return response


def _upload() -> tuple[Asset, bool]:
    labels = parse_labels(request.form)
    stored = stored_upload()
    with transaction() as session:
        return add_asset(session, stored, labels, actor=current_actor(), now=now())


# One picture


@bp.get("/<asset_id>/about")
@requires(Permission.MEDIA_READ)
def show(asset_id: str) -> str:
    asset = get_asset(read(), asset_id)
    artwork = find_artwork(read(), asset_id)
    values = {"alt": asset.alt, "credit": asset.credit,
              "focal_x": f"{asset.focal_x:.3f}", "focal_y": f"{asset.focal_y:.3f}"}  # fmt: skip
    for key in _ARTWORK_KEYS:
        values[key] = getattr(artwork, key) if artwork else ""
    return _show(asset, values, is_artwork=artwork is not None)


def _show(
    asset: Asset,
    values: Mapping[str, object],
    *,
    is_artwork: bool,
    wrong: Invalid | None = None,
) -> str:
    return render_template("media/show.html", asset=asset, values=values, is_artwork=is_artwork,
                           wrong=wrong, fields=wrong.fields if wrong else ())  # fmt: skip


@bp.post("/<asset_id>/about")
@requires(Permission.MEDIA_WRITE)
def change(asset_id: str) -> AnyResponse:
    asset = get_asset(read(), asset_id)
    try:
        labels, focal = _parse(request.form)
    except Invalid as wrong:
        page = _show(asset, _typed(request.form), wrong=wrong,
                     is_artwork=request.form.get("is_artwork") == "1")  # fmt: skip
        raise wrong.shown_on(page) from None
    with transaction() as session:
        asset = get_asset(session, asset_id)
        describe(session, asset, labels, focal=focal, actor=current_actor(), now=now())
    tell(_("图片说明已保存。"))
    return redirect(url_for("media.show", asset_id=asset_id), 303)


def _typed(form: Mapping[str, str]) -> dict[str, str]:
    keys = ("alt", "credit", "focal_x", "focal_y", *_ARTWORK_KEYS)
    return {key: form.get(key, "") for key in keys}


def _parse(form: Mapping[str, str]) -> tuple[Labels, tuple[float, float]]:
    """Every wrong field at once."""
    problems: list[FieldError] = []
    focal, labels = (0.5, 0.5), Labels()
    try:
        focal = parse_focal(form)
    except Invalid as wrong:
        problems += wrong.fields
    try:
        labels = parse_labels(form)
    except Invalid as wrong:
        problems += wrong.fields
    if problems:
        raise Invalid(_("有几处填得不对，没有保存；您填的都还在，改好再存。"), fields=problems)
    return labels, focal


# The files


@bp.get("/<asset_id>")
@requires(Permission.MEDIA_READ)
def file_as_sent(asset_id: str) -> Response:
    """The picture as an article's readers get it."""
    return picture(asset_id, Variant.BODY)


@bp.get(
    "/<asset_id>/<any('body', 'original', '640', '320', 'preview', 'cover', 'list', 'square'):variant>"
)
@requires(Permission.MEDIA_READ)
def file(asset_id: str, variant: str) -> Response:
    return picture(asset_id, Variant(variant))


def picture(asset_id: str, variant: Variant) -> Response:
    """Whoever asks has been let in by the caller."""
    asset = get_asset(read(), asset_id)
    etag = etag_of(asset, variant)
    response = Response()
    response.set_etag(etag)
    response.cache_control.private = True
    is_kept = variant not in CROPPED or request.args.get("v") == version_of(asset, variant)
    response.cache_control.max_age = FOREVER_SECONDS if is_kept else CROP_SECONDS
    if is_kept:
        response.cache_control.immutable = True
    if request.if_none_match.contains_weak(etag):
        response.status_code = 304
        return response
    read().commit()  # the connection goes back before a picture is made
    picture = read_variant(context().store, asset, variant)
    response.set_data(picture.data)
    response.mimetype = picture.mime
    if variant is Variant.ORIGINAL:
        response.headers.set("Content-Disposition", "attachment", filename=asset.name)
    return response
