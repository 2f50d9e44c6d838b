"""The draft box. A draft is gone once it was published or mass-sent; a second `add` is a second draft, whatever it holds.

https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/ (read 2026-11).
"""

import secrets

from pydantic import JsonValue

from webapp.sandbox import articles
from webapp.sandbox.calls import (
    OK,
    Answer,
    Call,
    Endpoint,
    Object,
    PlainText,
    flag,
    integer,
    page,
    text,
)
from webapp.sandbox.errors import Refused
from webapp.sandbox.records import Article, Draft, Picture


def add(call: Call) -> Answer:
    raw = call.json().get("articles")
    if not isinstance(raw, list) or not raw:
        raise Refused(44003)
    if len(raw) > articles.MAX_ARTICLES:
        raise Refused(45008)
    received = [articles.received(call, item, alone=len(raw) == 1) for item in raw]
    draft = Draft(
        appid=call.appid,
        key=secrets.token_urlsafe(48),
        articles=[_with_preview(call, article) for article in received],
        create_time=call.now,
        update_time=call.now,
    )
    call.store.put(draft)
    return {"media_id": draft.key}


def update(call: Call) -> Answer:
    """`articles` is one object here; an array is 47001. A bad index is 40114."""
    body = call.json()
    raw = body.get("articles")
    if not isinstance(raw, dict):
        raise Refused(47001)
    draft = get_draft(call, text(body, "media_id", missing=41006))
    index = integer(body, "index", 0)
    if not 0 <= index < len(draft.articles):
        raise Refused(40114)
    article = articles.received(call, raw, alone=len(draft.articles) == 1)
    draft.articles[index] = article.model_copy(
        update={"url": draft.articles[index].url, "page": draft.articles[index].page}
    )
    draft.update_time = call.now
    call.store.put(draft)
    return OK


def get(call: Call) -> Answer:
    draft = get_draft(call, text(call.json(), "media_id", missing=41006))
    return PlainText({"news_item": list(_news_items(call, draft))})


def delete(call: Call) -> Answer:
    call.store.delete(get_draft(call, text(call.json(), "media_id", missing=41006)))
    return OK


def count(call: Call) -> Answer:
    return {"total_count": call.store.count(Draft, call.appid)}


def batchget(call: Call) -> Answer:
    """Newest change first."""
    body = call.json()
    (offset, size), brief = page(body), bool(flag(body, "no_content"))
    drafts = call.store.list_all(Draft, call.appid)
    drafts.sort(key=lambda draft: draft.update_time)
    drafts.reverse()
    items: list[JsonValue] = [
        {
            "media_id": draft.key,
            "content": {"news_item": list(_news_items(call, draft, without_content=brief))},
            "update_time": int(draft.update_time),
        }
        for draft in drafts[offset : offset + size]
    ]
    return {"total_count": len(drafts), "item_count": len(items), "item": items}


def switch(call: Call) -> Answer:
    return {**OK, "is_open": 1}


def get_draft(call: Call, media_id: str) -> Draft:
    draft = call.store.find(Draft, call.appid, media_id)
    if draft is None:
        raise Refused(40007)
    return draft


def cover_url(call: Call, article: Article) -> str:
    picture = call.store.find_anywhere(Picture, article.cover)
    return picture.url if picture else ""


def _news_items(call: Call, draft: Draft, *, without_content: bool = False) -> list[Object]:
    return [
        articles.told(a, thumb_url=cover_url(call, a), without_content=without_content)
        for a in draft.articles
    ]


def _with_preview(call: Call, article: Article) -> Article:
    page_id = f"t_{secrets.token_urlsafe(16)}"
    return article.model_copy(
        update={"page": page_id, "url": f"{call.sandbox.public_url}/s/{page_id}"}
    )


ENDPOINTS = (
    Endpoint(path="/cgi-bin/draft/add", handler=add),
    Endpoint(path="/cgi-bin/draft/update", handler=update),
    Endpoint(path="/cgi-bin/draft/get", handler=get),
    Endpoint(path="/cgi-bin/draft/delete", handler=delete),
    Endpoint(path="/cgi-bin/draft/count", handler=count, methods=("GET", "POST")),
    Endpoint(path="/cgi-bin/draft/batchget", handler=batchget),
    Endpoint(path="/cgi-bin/draft/switch", handler=switch),
)
