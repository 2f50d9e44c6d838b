"""Mass sends: accepted first, done later, remembered by `clientmsgid` for a day.

https://developers.weixin.qq.com/doc/service/api/message/mass/ (read 2026-11). A repeated `clientmsgid`, or without one the
same audience and content, is 45065 with the earlier job's `msg_id`. A subscription account has one successful send a day,
a service account four a month. Followers are invented; any positive tag exists and holds a fifth of them.
"""

import hashlib
import json
from typing import TypeGuard

from pydantic import JsonValue

from webapp.sandbox import drafts, events, materials, publish, quota
from webapp.sandbox.calls import OK, Answer, Call, Endpoint, Object, Right, integer, text
from webapp.sandbox.config import LimitsProfile, Profile
from webapp.sandbox.errors import Refused
from webapp.sandbox.records import Article, Counter, MassJob, Post
from webapp.sandbox.sandbox import Sandbox

FIRST_MSG_ID = 1_000_000_001
MEMORY_SECONDS = 86_400
CLIENTMSGID_MAX_BYTES = {
    LimitsProfile.DOCS: 32,
    LimitsProfile.LIVE: 64,
    LimitsProfile.ESCAPED: 64,
}
FOLLOWERS = 1_286
PREVIEWS_PER_DAY = 100
MEDIA_TYPES = ("mpnews", "voice", "mpvideo")
SPEEDS = (80, 60, 45, 30, 10)
SENDING, SUCCEEDED, FAILED, DELETED = "SENDING", "SEND_SUCCESS", "SEND_FAIL", "DELETE"


def send_to_all(call: Call) -> Answer:
    body = call.json()
    audience = _audience(body.get("filter"))
    return _send(call, body, audience, to_all=audience == FOLLOWERS)


def send_to_some(call: Call) -> Answer:
    body = call.json()
    openids = body.get("touser")
    if not _are_texts(openids) or len(openids) < 2:
        raise Refused(40130)
    return _send(call, body, len(openids), to_all=False)


def _are_texts(value: JsonValue) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _audience(wanted: JsonValue) -> int:
    if not isinstance(wanted, dict):
        raise Refused(47001)
    if wanted.get("is_to_all") is True:
        return FOLLOWERS
    if integer(wanted, "tag_id", 0) < 1:
        raise Refused(40152)
    return FOLLOWERS // 5


def _send(call: Call, body: Object, audience: int, *, to_all: bool) -> Answer:
    media_id, items = _content(call, body)
    clientmsgid = _clientmsgid(call, body)
    _require_new(call, clientmsgid)
    _require_quota(call)
    job = _job(call, body, media_id, items, audience, clientmsgid, to_all=to_all)
    call.store.put(job)
    reply: Object = {
        "errcode": 0,
        "errmsg": "send job submission success",
        "msg_id": int(job.key),
    }
    return {**reply, "msg_data_id": int(job.msg_data_id)} if job.msgtype == "mpnews" else reply


def _job(
    call: Call,
    body: Object,
    media_id: str,
    items: list[Article],
    audience: int,
    clientmsgid: str,
    *,
    to_all: bool,
) -> MassJob:
    struck = call.sandbox.faults.take_for_job(call.request.path)
    wait = call.settings.mass_delay_seconds * call.settings.time_scale
    return MassJob(
        appid=call.appid,
        key=str(call.store.next_number("msg_id", FIRST_MSG_ID)),
        msgtype=text(body, "msgtype", ""),
        media_id=media_id,
        msg_data_id=publish.next_msg_data_id(call),
        outcome=next((f.status for f in struck if f.kind == "mass_status"), "send success"),
        quirks=publish.quirks_of(struck),
        articles=items,
        to_all=to_all,
        audience=audience,
        clientmsgid=clientmsgid,
        submitted_at=call.now,
        due_at=call.now + wait,
    )


def _content(call: Call, body: Object) -> tuple[str, list[Article]]:
    """The media_id and, for a draft, its articles. Raises 40007, 44004, 40035."""
    kind = text(body, "msgtype", "")
    part = body.get(kind, body.get("images") if kind == "image" else None)
    if not isinstance(part, dict):
        raise Refused(40035)
    if kind == "mpnews":
        draft = drafts.get_draft(call, text(part, "media_id", missing=41006))
        return draft.key, draft.articles
    if kind == "text":
        if not text(part, "content", "").strip():
            raise Refused(44004)
        return "", []
    _require_media(call, kind, part)
    return text(part, "media_id", ""), []


def _require_media(call: Call, kind: str, part: Object) -> None:
    wanted = part.get("media_ids") if kind == "image" else [part.get("media_id")]
    if kind not in (*MEDIA_TYPES, "image") or not _are_texts(wanted) or not wanted:
        raise Refused(40035)
    if any(materials.find_permanent(call, media_id) is None for media_id in wanted):
        raise Refused(40007)


def _clientmsgid(call: Call, body: Object) -> str:
    given = text(body, "clientmsgid", "")
    if len(given.encode()) > CLIENTMSGID_MAX_BYTES[call.settings.limits]:
        raise Refused(45067)
    return given or hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _require_new(call: Call, clientmsgid: str) -> None:
    for job in call.store.list_all(MassJob, call.appid):
        if job.clientmsgid == clientmsgid and call.now - job.submitted_at < MEMORY_SECONDS:
            raise Refused(45065, extra={"msg_id": int(job.key)})


def _require_quota(call: Call) -> None:
    jobs = [job for job in call.store.list_all(MassJob, call.appid) if job.status != FAILED]
    window, allowed = (
        (quota.month, 4) if call.account_settings.profile == Profile.SERVICE else (quota.day, 1)
    )
    if sum(1 for job in jobs if window(job.submitted_at) == window(call.now)) >= allowed:
        raise Refused(45028)


def settle(sandbox: Sandbox, job: MassJob) -> None:
    """Ends a job that is due. A job that fails leaves the draft where it is."""
    post = None
    job.status = SUCCEEDED if job.outcome == "send success" else FAILED
    if job.status == SUCCEEDED and job.media_id and job.articles:
        post = publish.make_post(
            sandbox, job.appid, job.articles, job.msg_data_id, at=job.due_at
        ).model_copy(update={"origin": "mass", "to_all": job.to_all})
        sandbox.store.put(post)
        job.article_id = post.key
        publish.drop_draft(sandbox, job.appid, job.media_id)
    sandbox.store.put(job)
    events.queue_mass_finished(sandbox, job, post)


def get(call: Call) -> Answer:
    job = _get_job(call, text(call.json(), "msg_id", ""))
    return {"msg_id": int(job.key), "msg_status": job.status}


def delete(call: Call) -> Answer:
    """By job and article, counted from 1 (0 for all), or by the address of one article."""
    body = call.json()
    url = text(body, "url", "")
    job, index = _by_url(call, url) if url else (_get_job(call, text(body, "msg_id", "")), None)
    if job.status == SENDING:
        raise Refused(40204, "message is being sent, please try later")
    post = call.store.find(Post, call.appid, job.article_id or "")
    if post is None:
        raise Refused(40059)
    wanted = integer(body, "article_idx", 0) if index is None else index
    if not 0 <= wanted <= len(post.articles):
        raise Refused(40060, "invalid article_idx")
    publish.hide(post, wanted)
    call.store.put(post)
    if all(article.is_deleted for article in post.articles):
        call.store.put(job.model_copy(update={"status": DELETED}))
    return OK


def _get_job(call: Call, msg_id: str) -> MassJob:
    job = call.store.find(MassJob, call.appid, msg_id)
    if job is None:
        raise Refused(40059)
    return job


def _by_url(call: Call, url: str) -> tuple[MassJob, int]:
    for job in call.store.list_all(MassJob, call.appid):
        post = call.store.find(Post, call.appid, job.article_id or "")
        for number, article in enumerate(post.articles if post else [], start=1):
            if article.url == url:
                return job, number
    raise Refused(40065, "invalid url")


def preview(call: Call) -> Answer:
    """Does not use the draft up. 100 a day by WeChat name."""
    body = call.json()
    _content(call, body)
    if not text(body, "touser", "") and not text(body, "towxname", ""):
        raise Refused(40003)
    key = f"{quota.day(call.now)}|preview"
    if "towxname" in body and quota.add(call, call.appid, key) > PREVIEWS_PER_DAY:
        raise Refused(45009)
    number = call.store.next_number("msg_id", FIRST_MSG_ID)
    return {"errcode": 0, "errmsg": "preview success", "msg_id": number}


def set_speed(call: Call) -> Answer:
    speed = integer(call.json(), "speed")
    if not 0 <= speed < len(SPEEDS):
        raise Refused(45083)
    call.store.put(Counter(appid=call.appid, key="mass|speed", count=speed))
    return OK


def get_speed(call: Call) -> Answer:
    speed = quota.used(call, call.appid, "mass|speed")
    return {"speed": speed, "realspeed": SPEEDS[speed]}


ENDPOINTS = (
    *(
        Endpoint(path=f"/cgi-bin/message/mass/{name}", handler=handler, right=Right.MASS)
        for name, handler in (
            ("sendall", send_to_all),
            ("get", get),
            ("delete", delete),
            ("preview", preview),
            ("speed/set", set_speed),
            ("speed/get", get_speed),
        )
    ),
    Endpoint(path="/cgi-bin/message/mass/send", handler=send_to_some, right=Right.MASS_OPENID),
)
