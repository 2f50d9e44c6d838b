"""One article of a draft: what is demanded of it, what becomes of it in storage, and how it is told again.

https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add (read 2026-11). Not documented, and
decided here: no title or an ill-formed crop is 40035, no text 44003, more than eight articles or twenty pictures 45008.
"""

import re
from urllib.parse import urlsplit

from pydantic import JsonValue

from webapp.sandbox import limits, materials, sanitise
from webapp.sandbox.calls import Call, Object, flag, text
from webapp.sandbox.errors import Refused
from webapp.sandbox.records import Article, Material

MAX_ARTICLES = 8
MAX_PICTURES = 20
DEFAULT_DIGEST_CHARS = 54
_NUMBER = r"(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)"
_CROP = re.compile(rf"{_NUMBER}(?:_{_NUMBER}){{3}}")


def received(call: Call, raw: JsonValue, *, alone: bool) -> Article:
    """`alone`: the only article of its draft, which alone keeps a digest."""
    if not isinstance(raw, dict) or "articles" in raw:
        raise Refused(44003)
    title, content = text(raw, "title", "").strip(), text(raw, "content", "")
    if not content.strip():
        raise Refused(44003)
    if not title:
        raise Refused(40035)
    author, digest = text(raw, "author", ""), text(raw, "digest", "")
    limits.check(call.settings.limits, title=title, author=author, digest=digest, content=content)
    article = Article(
        title=title,
        author=author,
        digest=digest,
        content=content,
        content_received=content,
        content_source_url=_source_url(text(raw, "content_source_url", "")),
        need_open_comment=_comment_flag(call, raw),
        only_fans_can_comment=flag(raw, "only_fans_can_comment"),
        product_info=_object(raw, "product_info"),
    )
    kind = text(raw, "article_type", "news")
    if kind == "newspic":
        return _with_digest(_newspic(call, raw, article), alone=alone)
    if kind != "news":
        raise Refused(40035)
    return _with_digest(_news(call, raw, article), alone=alone)


def _news(call: Call, raw: Object, article: Article) -> Article:
    media_id = text(raw, "thumb_media_id", "")
    cover = _permanent_picture(call, media_id)
    content = sanitise.stored(article.content, storage(call))
    return article.model_copy(
        update={
            "content": content,
            "thumb_media_id": media_id,
            "cover": cover.file,
            "pic_crop_235_1": _crop(raw, "pic_crop_235_1"),
            "pic_crop_1_1": _crop(raw, "pic_crop_1_1"),
            "pictures": sanitise.pictures(content),
        }
    )


def _newspic(call: Call, raw: Object, article: Article) -> Article:
    info = _object(raw, "image_info")
    listed = info.get("image_list") if info else None
    if not isinstance(listed, list) or not listed:
        raise Refused(44003)
    if len(listed) > MAX_PICTURES:
        raise Refused(45008)
    found = [_permanent_picture(call, _picture_id(entry)) for entry in listed]
    return article.model_copy(
        update={
            "article_type": "newspic",
            "content": sanitise.plain_text(article.content),
            "thumb_media_id": found[0].key,
            "cover": found[0].file,
            "image_info": info,
            "cover_info": _object(raw, "cover_info"),
            "pictures": [material.url for material in found],
        }
    )


def _with_digest(article: Article, *, alone: bool) -> Article:
    if not alone:
        return article.model_copy(update={"digest": ""})
    if article.digest.strip():
        return article
    words = " ".join(sanitise.plain_text(article.content).split())
    return article.model_copy(update={"digest": words[:DEFAULT_DIGEST_CHARS]})


def storage(call: Call) -> sanitise.Storage:
    own_pages = f"{call.sandbox.public_url}/s/"
    quirks = call.settings.quirks
    return sanitise.Storage(
        own_image=lambda url: materials.stored_address(call, url),
        own_link=lambda url: url.startswith(own_pages),
        refuse_outside_links=call.settings.outside_links == "refuse",
        rgb="rgb" in quirks,
        leaf="leaf" in quirks,
        style_marker="style_marker" in quirks,
    )


def _source_url(url: str) -> str:
    """Raises 45005 for more than 1 KB, 41039 for what is no web address."""
    if len(url.encode()) > limits.SOURCE_URL_MAX_BYTES:
        raise Refused(45005)
    if not url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Refused(41039) from error
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Refused(41039)
    return url


def _comment_flag(call: Call, raw: Object) -> int:
    wanted = flag(raw, "need_open_comment")
    if wanted and not may_comment(call):
        raise Refused(88000)
    return wanted


def may_comment(call: Call) -> bool:
    account = call.account_settings
    return account.comments and account.profile != "personal"


def _permanent_picture(call: Call, media_id: str) -> Material:
    material = materials.find_permanent(call, media_id)
    if material is None or material.type not in ("image", "thumb"):
        raise Refused(40007)
    return material


def _picture_id(entry: JsonValue) -> str:
    if not isinstance(entry, dict):
        raise Refused(47001)
    return text(entry, "image_media_id", missing=40007)


def _object(raw: Object, name: str) -> Object | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, dict):
        raise Refused(47001)
    return value


def _crop(raw: Object, name: str) -> str:
    crop = text(raw, name, "")
    if crop and _CROP.fullmatch(crop) is None:
        raise Refused(40035)
    return crop


def told(article: Article, *, thumb_url: str, without_content: bool = False) -> Object:
    """An article as draft/get and freepublish/getarticle tell it."""
    fields: Object = {
        "title": article.title,
        "author": article.author,
        "digest": article.digest,
        "content": article.content,
        "content_source_url": article.content_source_url,
        "thumb_media_id": article.thumb_media_id,
        "show_cover_pic": 0,
        "need_open_comment": article.need_open_comment,
        "only_fans_can_comment": article.only_fans_can_comment,
        "url": article.url,
        "thumb_url": thumb_url,
        "article_type": article.article_type,
    }
    if without_content:
        del fields["content"]
    for name in ("image_info", "cover_info", "product_info", "pic_crop_235_1", "pic_crop_1_1"):
        value = getattr(article, name)
        if value:
            fields[name] = value
    return fields
