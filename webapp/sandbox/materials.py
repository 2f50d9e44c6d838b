"""Pictures and permanent material.

https://developers.weixin.qq.com/doc/service/api/material/permanent/ (read 2026-11): uploadimg jpg/png below 1 MB, address
only, outside the library; image 10 MB bmp/png/jpeg/gif; thumb 64 KB jpg; voice 2 MB; video 10 MB mp4. Which of 40005, 40006,
40009 and 40137 a fault gets is not documented: here a wrong kind of file is 40005, what cannot be read as a picture 40137,
a picture for uploadimg above 1 MB 40009, any other file too big 40006.
"""

import json
import re
import secrets

from pydantic import JsonValue

from webapp.sandbox.calls import OK, Answer, Call, Endpoint, Object, Raw, Upload, page, text
from webapp.sandbox.errors import Refused
from webapp.sandbox.pictures import Format, Inspected, inspect
from webapp.sandbox.records import Draft, Material, Picture

MIB = 1024 * 1024
TEMPORARY_SECONDS = 3 * 86_400
MAX_BYTES = {"image": 10 * MIB, "thumb": 64 * 1024, "voice": 2 * MIB, "video": 10 * MIB}
SUFFIXES = {
    "image": ("bmp", "png", "jpeg", "jpg", "gif"),
    "thumb": ("jpg", "jpeg"),
    "voice": ("mp3", "wma", "wav", "amr"),
    "video": ("mp4",),
}
FORMATS: dict[str, tuple[Format, ...]] = {
    "image": ("bmp", "png", "jpeg", "gif"),
    "thumb": ("jpeg",),
    "uploadimg": ("jpeg", "png"),
}
_OWN_URL = re.compile(
    r"(?:https?:)?//[^/]+/mmbiz_(?:jpg|png|gif|bmp)/([A-Za-z0-9_-]{20,})/\d+(?:[?#].*)?"
)


def upload_image(call: Call) -> Answer:
    upload = _required(call.request.upload)
    if len(upload.data) >= MIB:
        raise Refused(40009)
    picture = _keep_picture(call, upload, "uploadimg")
    return {"url": picture.url, **OK}


def add_material(call: Call) -> Answer:
    material = _keep(call, expires_at=None)
    answer: Object = {"media_id": material.key}
    return {**answer, "url": material.url} if material.type == "image" else answer


def upload_temporary(call: Call) -> Answer:
    material = _keep(call, expires_at=call.now + TEMPORARY_SECONDS)
    name = "thumb_media_id" if material.type == "thumb" else "media_id"
    return {"type": material.type, name: material.key, "created_at": int(call.now)}


def get_temporary(call: Call) -> Answer:
    material = call.store.find(Material, call.appid, call.request.args.get("media_id", ""))
    if material is None or material.expires_at is None or material.expires_at <= call.now:
        raise Refused(40007)
    return _download(call, material)


def get_material(call: Call) -> Answer:
    media_id = text(call.json(), "media_id", missing=41006)
    draft = call.store.find(Draft, call.appid, media_id)
    if draft is not None:
        return {"news_item": [_news_line(article.model_dump()) for article in draft.articles]}
    material = find_permanent(call, media_id)
    if material is None:
        raise Refused(40007)
    if material.type == "video":
        url = f"{call.sandbox.public_url}/mmvideo/{material.file}"
        return {"title": material.title, "description": material.introduction, "down_url": url}
    return _download(call, material)


def delete_material(call: Call) -> Answer:
    material = find_permanent(call, text(call.json(), "media_id", missing=41006))
    if material is None:
        raise Refused(40007)
    call.store.delete(material)
    return OK


def list_materials(call: Call) -> Answer:
    body = call.json()
    kind, (offset, count) = text(body, "type", ""), page(body)
    if kind == "news":
        return {"total_count": 0, "item_count": 0, "item": []}
    if kind not in ("image", "voice", "video"):
        raise Refused(40004)
    found = [m for m in reversed(permanent(call)) if m.type == kind]
    items: list[JsonValue] = [_listed(material) for material in found[offset : offset + count]]
    return {"total_count": len(found), "item_count": len(items), "item": items}


def count_materials(call: Call) -> Answer:
    kinds = [material.type for material in permanent(call)]
    return {
        "voice_count": kinds.count("voice"),
        "video_count": kinds.count("video"),
        "image_count": kinds.count("image"),
        "news_count": 0,
    }


def permanent(call: Call) -> list[Material]:
    return [m for m in call.store.list_all(Material, call.appid) if m.expires_at is None]


def find_permanent(call: Call, media_id: str) -> Material | None:
    material = call.store.find(Material, call.appid, media_id)
    return None if material is None or material.expires_at is not None else material


def stored_address(call: Call, url: str) -> str | None:
    """The address by which a text keeps a picture of this sandbox (`/640`), None for any other picture."""
    match = _OWN_URL.fullmatch(url)
    picture = match and call.store.find_anywhere(Picture, match.group(1))
    return picture.url.replace("/0?", "/640?") if picture else None


def _required(upload: Upload | None) -> Upload:
    if upload is None:
        raise Refused(41005)
    if not upload.data:
        raise Refused(44001)
    return upload


def _suffix(upload: Upload) -> str:
    return upload.filename.rpartition(".")[2].lower()


def _keep(call: Call, *, expires_at: float | None) -> Material:
    kind = call.request.args.get("type", "") or call.request.form.get("type", "")
    if kind not in MAX_BYTES:
        raise Refused(40004)
    upload = _required(call.request.upload)
    if len(upload.data) > MAX_BYTES[kind]:
        raise Refused(40006)
    if kind in FORMATS:
        picture = _keep_picture(call, upload, kind)
        file, url = picture.key, picture.url
    else:
        file, url = _keep_file(call, upload, kind), ""
    described = _description(call) if kind == "video" else {}
    material = Material.model_validate(
        {
            "appid": call.appid,
            "key": secrets.token_urlsafe(48),
            "type": kind,
            "name": upload.filename,
            "file": file,
            "url": url,
            "update_time": call.now,
            "expires_at": expires_at,
            **described,
        }
    )
    call.store.put(material)
    return material


def _keep_file(call: Call, upload: Upload, kind: str) -> str:
    if _suffix(upload) not in SUFFIXES[kind]:
        raise Refused(40005)
    return call.sandbox.files.write(upload.data)


def _keep_picture(call: Call, upload: Upload, purpose: str) -> Picture:
    seen = _inspected(upload, purpose)
    key = call.sandbox.files.write(upload.data)
    short = "jpg" if seen.format == "jpeg" else seen.format
    picture = Picture(
        appid=call.appid,
        key=key,
        format=seen.format,
        width=seen.width,
        height=seen.height,
        size=len(upload.data),
        url=f"{call.sandbox.public_url}/mmbiz_{short}/{key}/0?wx_fmt={seen.format}",
        for_content=purpose == "uploadimg",
    )
    call.store.put(picture)
    return picture


def _inspected(upload: Upload, purpose: str) -> Inspected:
    """The name may lack a suffix (clients send "file"), but a wrong one is refused as the bytes would be."""
    suffix = _suffix(upload)
    if "." in upload.filename and suffix not in SUFFIXES["image"]:
        raise Refused(40005)
    seen = inspect(upload.data)
    if seen.format not in FORMATS[purpose]:
        raise Refused(40005)
    return seen


def _description(call: Call) -> dict[str, str]:
    """`description` is a form field with JSON; some clients put it in the query."""
    raw = call.request.form.get("description") or call.request.args.get("description", "{}")
    try:
        fields = json.loads(raw)
    except ValueError as error:
        raise Refused(47001) from error
    if not isinstance(fields, dict):
        raise Refused(47001)
    return {name: str(fields.get(name, "")) for name in ("title", "introduction")}


def _listed(material: Material) -> Object:
    return {
        "media_id": material.key,
        "name": material.name,
        "update_time": int(material.update_time),
        "url": material.url,
    }


def _news_line(article: Object) -> Object:
    shown = ("title", "author", "digest", "content", "content_source_url", "thumb_media_id", "url")
    return {name: article[name] for name in shown} | {"show_cover_pic": 0}


def _download(call: Call, material: Material) -> Raw:
    picture = call.store.find_anywhere(Picture, material.file)
    kind = f"image/{picture.format}" if picture else "application/octet-stream"
    return Raw(call.sandbox.files.read(material.file), kind, material.name)


ENDPOINTS = (
    Endpoint(path="/cgi-bin/media/uploadimg", handler=upload_image),
    Endpoint(path="/cgi-bin/media/upload", handler=upload_temporary),
    Endpoint(path="/cgi-bin/media/get", handler=get_temporary, methods=("GET",)),
    Endpoint(path="/cgi-bin/material/add_material", handler=add_material),
    Endpoint(path="/cgi-bin/material/get_material", handler=get_material),
    Endpoint(path="/cgi-bin/material/del_material", handler=delete_material),
    Endpoint(path="/cgi-bin/material/batchget_material", handler=list_materials),
    Endpoint(
        path="/cgi-bin/material/get_materialcount",
        handler=count_materials,
        methods=("GET", "POST"),
    ),
)
