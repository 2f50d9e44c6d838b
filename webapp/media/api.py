from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel

from webapp.kernel.errors import Invalid
from webapp.kernel.openapi import described
from webapp.kernel.paging import parse_limit
from webapp.kernel.texts import refuse_no_text
from webapp.kernel.web import context, now, read, transaction
from webapp.media.forms import parse_labels
from webapp.media.models import Artwork, Asset
from webapp.media.queries import list_pictures
from webapp.media.service import Stored, add_asset, find_artwork, get_asset, store_file
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission

bp = Blueprint("media_api", __name__)


class AssetAnswer(BaseModel):
    id: str
    url: str
    checksum: str
    name: str
    mime: str
    bytes: int
    width: int
    height: int
    alt: str
    credit: str
    artwork: dict[str, Any] | None


class AssetList(BaseModel):
    items: list[AssetAnswer]
    next_cursor: str | None


class AssetInput(BaseModel):
    file: bytes
    credit: str = ""
    alt: str = ""
    title: str = ""
    artist: str = ""
    medium: str = ""
    size: str = ""
    year: str = ""
    transcription: str = ""
    consent: str = ""


def artwork_json(artwork: Artwork) -> dict[str, Any]:
    keys = ("title", "artist", "medium", "size", "year", "transcription", "consent")
    return {key: getattr(artwork, key) for key in keys}


def asset_json(asset: Asset, artwork: Artwork | None) -> dict[str, Any]:
    keys = ("id", "checksum", "name", "mime", "bytes", "width", "height", "alt", "credit")
    return {
        **{key: getattr(asset, key) for key in keys},
        "url": f"{context().settings.public_url}/media/{asset.id}",
        "artwork": artwork_json(artwork) if artwork else None,
    }


def stored_upload() -> Stored:
    """The request's `file`, looked at and kept. Raises Invalid without one, and what `store_file` raises."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid.of_field("file", "没有收到图片文件，什么也没有改动；请选一张图片。")
    settings = context().settings
    return store_file(context().store, upload.filename, upload.read(),
                      max_bytes=settings.upload_max_bytes)  # fmt: skip


@bp.post("/media")
@requires(Permission.MEDIA_WRITE)
@described("上传图片；同样的文件得到同样的编号", form=AssetInput, ok={200: AssetAnswer, 201: AssetAnswer},
           problems=(413, 415, 422))  # fmt: skip
def upload() -> Response:
    refuse_no_text(request.form.items())
    labels = parse_labels(request.form)
    stored = stored_upload()
    with transaction() as session:
        asset, is_new = add_asset(session, stored, labels, actor=current_actor(), now=now())
        session.flush()  # a new artwork is read back for the answer
        response = jsonify(asset_json(asset, find_artwork(session, asset.id)))
    response.status_code = 201 if is_new else 200
    return response


@bp.get("/media")
@requires(Permission.MEDIA_READ)
@described(
    "素材，新的在前",
    ok={200: AssetList},
    problems=(422,),
    query={"limit": "每页条数", "cursor": "翻页标记"},
)
def list_all() -> dict[str, Any]:
    page = list_pictures(read(), cursor=request.args.get("cursor"),
                         limit=parse_limit(request.args.get("limit")))  # fmt: skip
    return {
        "items": [asset_json(one.asset, one.artwork) for one in page.items],
        "next_cursor": page.next_cursor,
    }


@bp.get("/media/<asset_id>")
@requires(Permission.MEDIA_READ)
@described("一张图片的资料", ok={200: AssetAnswer}, problems=(404,))
def show(asset_id: str) -> dict[str, Any]:
    asset = get_asset(read(), asset_id)
    return asset_json(asset, find_artwork(read(), asset_id))
