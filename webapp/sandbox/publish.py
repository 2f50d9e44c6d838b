"""Publishing: a job that ends a while later, the posts that come of it, and their deletion.

https://developers.weixin.qq.com/doc/service/api/public/ (read 2026-11): submit accepts, it does not publish; the draft is
gone when the job succeeds and stays when it fails. `fail_idx` is filled for status 2 and 4 only; indexes count from 1. Two
submits of one draft before the first is done make two posts: nothing on the platform is known to prevent it.
"""

import secrets

from pydantic import JsonValue

from webapp.sandbox import articles, drafts, events
from webapp.sandbox.calls import (
    OK,
    Answer,
    Call,
    Endpoint,
    Object,
    Right,
    flag,
    integer,
    page,
    text,
)
from webapp.sandbox.errors import Refused
from webapp.sandbox.faults import Fault
from webapp.sandbox.records import Article, Draft, Post, PublishJob
from webapp.sandbox.sandbox import Sandbox

FIRST_PUBLISH_ID = 100_000_001
FIRST_MSG_DATA_ID = 2_247_483_650
IN_PROGRESS, SUCCESS, DELETED_BY_USER, BANNED = 1, 0, 5, 6


def submit(call: Call) -> Answer:
    draft = drafts.get_draft(call, text(call.json(), "media_id", missing=41006))
    struck = call.sandbox.faults.take_for_job(call.request.path)
    settings = call.settings
    job = PublishJob(
        appid=call.appid,
        key=str(call.store.next_number("publish_id", FIRST_PUBLISH_ID)),
        media_id=draft.key,
        msg_data_id=next_msg_data_id(call),
        outcome=next((int(f.status) for f in struck if f.kind == "publish_status"), SUCCESS),
        quirks=quirks_of(struck),
        articles=draft.articles,
        submitted_at=call.now,
        due_at=call.now + settings.publish_delay_seconds * settings.time_scale,
    )
    call.store.put(job)
    return {**OK, "publish_id": job.key, "msg_data_id": job.msg_data_id}


def next_msg_data_id(call: Call) -> str:
    return str(call.store.next_number("msg_data_id", FIRST_MSG_DATA_ID))


def quirks_of(struck: list[Fault]) -> list[str]:
    return [f.kind for f in struck if f.kind not in ("publish_status", "mass_status")]


def settle(sandbox: Sandbox, job: PublishJob) -> None:
    """Ends a job that is due: makes the post, drops the draft, queues the event."""
    job.status = job.outcome
    if job.outcome in (SUCCESS, DELETED_BY_USER, BANNED):
        post = make_post(sandbox, job.appid, job.articles, job.msg_data_id, at=job.due_at)
        if job.outcome != SUCCESS:
            hide(post, 0)
        sandbox.store.put(post)
        job.article_id = post.key
        drop_draft(sandbox, job.appid, job.media_id)
    sandbox.store.put(job)
    post_or_none = sandbox.store.find(Post, job.appid, job.article_id) if job.article_id else None
    events.queue_publish_finished(sandbox, job, post_or_none, failed_indexes(job))


def make_post(
    sandbox: Sandbox, appid: str, items: list[Article], msg_data_id: str, *, at: float
) -> Post:
    return Post(
        appid=appid,
        key=secrets.token_urlsafe(48),
        origin="publish",
        msg_data_id=msg_data_id,
        articles=[_published(sandbox, item) for item in items],
        publish_time=at,
    )


def _published(sandbox: Sandbox, article: Article) -> Article:
    page_id = secrets.token_urlsafe(16)
    return article.model_copy(
        update={
            "page": page_id,
            "url": f"{sandbox.public_url}/s/{page_id}",
            "comments_open": bool(article.need_open_comment),
        }
    )


def drop_draft(sandbox: Sandbox, appid: str, media_id: str) -> None:
    draft = sandbox.store.find(Draft, appid, media_id)
    if draft is not None:
        sandbox.store.delete(draft)


def failed_indexes(job: PublishJob) -> list[int]:
    return list(range(1, len(job.articles) + 1)) if job.status in (2, 4) else []


def hide(post: Post, index: int) -> None:
    """`index` from 1, 0 for all. Raises 40114."""
    if not 0 <= index <= len(post.articles):
        raise Refused(40114)
    for number, article in enumerate(post.articles, start=1):
        if index in (0, number):
            article.is_deleted = True


def get(call: Call) -> Answer:
    job = call.store.find(PublishJob, call.appid, text(call.json(), "publish_id", ""))
    if job is None:
        raise Refused(53502)
    answer: Object = {"publish_id": job.key, "publish_status": job.status}
    post = call.store.find(Post, call.appid, job.article_id) if job.article_id else None
    if post is not None and job.status == SUCCESS:
        answer |= {"article_id": post.key, "article_detail": _detail(post)}
    return {**answer, "fail_idx": list(failed_indexes(job))}


def _detail(post: Post) -> Object:
    items: list[JsonValue] = [
        {"idx": number, "article_url": article.url}
        for number, article in enumerate(post.articles, start=1)
    ]
    return {"count": len(items), "item": items}


def delete(call: Call) -> Answer:
    body = call.json()
    post = get_post(call, text(body, "article_id", ""))
    hide(post, integer(body, "index", 0))
    call.store.put(post)
    if all(article.is_deleted for article in post.articles):
        for job in call.store.list_all(PublishJob, call.appid):
            if job.article_id == post.key:
                call.store.put(job.model_copy(update={"status": DELETED_BY_USER}))
    return OK


def getarticle(call: Call) -> Answer:
    post = get_post(call, text(call.json(), "article_id", ""))
    return {"news_item": list(_news_items(call, post, without_content=False))}


def batchget(call: Call) -> Answer:
    """Only what went through publishing, newest first; what was deleted altogether is no longer listed."""
    body = call.json()
    (offset, size), brief = page(body), bool(flag(body, "no_content"))
    posts = [
        post
        for post in reversed(call.store.list_all(Post, call.appid))
        if post.origin == "publish" and not all(article.is_deleted for article in post.articles)
    ]
    items: list[JsonValue] = [
        {
            "article_id": post.key,
            "content": {"news_item": list(_news_items(call, post, without_content=brief))},
            "update_time": int(post.publish_time),
        }
        for post in posts[offset : offset + size]
    ]
    return {"total_count": len(posts), "item_count": len(items), "item": items}


def get_post(call: Call, article_id: str) -> Post:
    post = call.store.find(Post, call.appid, article_id)
    if post is None or post.origin != "publish":
        raise Refused(53600)
    return post


def _news_items(call: Call, post: Post, *, without_content: bool) -> list[Object]:
    return [
        {
            **articles.told(
                article,
                thumb_url=drafts.cover_url(call, article),
                without_content=without_content,
            ),
            "is_deleted": article.is_deleted,
        }
        for article in post.articles
    ]


ENDPOINTS = tuple(
    Endpoint(path=f"/cgi-bin/freepublish/{name}", handler=handler, right=Right.PUBLISH)
    for name, handler in (
        ("submit", submit),
        ("get", get),
        ("delete", delete),
        ("getarticle", getarticle),
        ("batchget", batchget),
    )
)
