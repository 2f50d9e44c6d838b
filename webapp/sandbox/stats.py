"""Statistics of what was published: invented, but always the same for the same article and day.

https://developers.weixin.qq.com/doc/service/api/statistics/ (read 2026-11): one day at a time for articles, thirty for the
account; yesterday's figures stand from 08:00 (before: 61503), a later end or a longer span is 61501, a date that is none
61500; nothing before 2025-11-01; an article is followed for thirty days. Detail figures add up over the days.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from pydantic import JsonValue

from webapp.sandbox.calls import Answer, Call, Endpoint, Object, Right, text
from webapp.sandbox.errors import Refused
from webapp.sandbox.quota import CHINA
from webapp.sandbox.records import Article, Comment, Post

FIRST_DAY = date(2025, 11, 1)
READY_HOUR = 8
FOLLOWED_DAYS = 30
SCENES = (
    ("公众号消息", 46),
    ("聊天会话", 21),
    ("朋友圈", 17),
    ("公众号主页", 8),
    ("搜一搜", 5),
    ("其他", 3),
)


@dataclass(frozen=True, kw_only=True)
class Published:
    post: Post
    article: Article
    msgid: str
    day: date


@dataclass(frozen=True, kw_only=True)
class Figures:
    read_user: int
    share_user: int
    zaikan_user: int
    like_user: int
    collection_user: int


def article_details(call: Call) -> Answer:
    (day,) = _days(call, longest=1)
    found = [item for item in _published(call) if item.day == day]
    return {"list": [_detail(call, item) for item in found], "is_delay": False}


def article_reads(call: Call) -> Answer:
    (day,) = _days(call, longest=1)
    told: list[JsonValue] = []
    for item in _read_on(call, day):
        reads = _of_day(item, day).read_user
        detail: Object = {"read_user": reads, "read_user_source": _sources(reads)}
        told.append({"ref_date": f"{day}", "msgid": item.msgid, "detail": detail})
    return {"list": told, "is_delay": False}


def article_shares(call: Call) -> Answer:
    (day,) = _days(call, longest=1)
    told: list[JsonValue] = [
        {
            "ref_date": f"{day}",
            "msgid": item.msgid,
            "detail": {"share_user": _of_day(item, day).share_user},
        }
        for item in _read_on(call, day)
    ]
    return {"list": told, "is_delay": False}


def account_summary(call: Call) -> Answer:
    days = _days(call, longest=30)
    return {"list": [_account_day(call, day) for day in days], "is_delay": False}


def _account_day(call: Call, day: date) -> Object:
    figures = [_of_day(item, day) for item in _read_on(call, day)]
    reads = sum(f.read_user for f in figures)
    return {
        "ref_date": f"{day}",
        "read_user": reads,
        "read_user_source": _sources(reads),
        "share_user": sum(f.share_user for f in figures),
        "zaikan_user": sum(f.zaikan_user for f in figures),
        "like_user": sum(f.like_user for f in figures),
        "comment_count": _comments(call, None, day, day),
        "collection_user": sum(f.collection_user for f in figures),
        "redirect_ori_page_user": reads // 40,
        "send_page_count": sum(1 for item in _published(call) if item.day == day),
    }


def _detail(call: Call, item: Published) -> Object:
    last = min(item.day + timedelta(days=FOLLOWED_DAYS - 1), _yesterday(call))
    days = [item.day + timedelta(days=n) for n in range((last - item.day).days + 1)]
    return {
        "ref_date": f"{item.day}",
        "msgid": item.msgid,
        "publish_type": 0 if item.post.origin == "mass" else 1,
        "title": item.article.title,
        "content_url": item.article.url,
        "detail_list": [_until(call, item, day) for day in days],
    }


def _until(call: Call, item: Published, day: date) -> Object:
    figures = _cumulative(item, day)
    finish = 0.35 + _draw(item, "finish", 40) / 100
    return {
        "stat_date": f"{day}",
        "read_user": figures.read_user,
        "read_user_source": _sources(figures.read_user),
        "share_user": figures.share_user,
        "zaikan_user": figures.zaikan_user,
        "like_user": figures.like_user,
        "comment_count": _comments(call, item, item.day, day),
        "collection_user": figures.collection_user,
        "praise_money": 0,
        "read_subscribe_user": figures.read_user * 7 // 10,
        "read_delivery_rate": round(min(1.0, figures.read_user / 5_000), 4),
        "read_finish_rate": round(finish, 4),
        "read_avg_activetime": 60 + _draw(item, "time", 120),
        "read_jump_position": [
            {"position": n, "rate": round((1 - finish) / 5, 4)} for n in range(1, 6)
        ],
    }


def _days(call: Call, *, longest: int) -> list[date]:
    body = call.json()
    begin, end = _date(text(body, "begin_date", "")), _date(text(body, "end_date", ""))
    yesterday = _yesterday(call)
    if not begin <= end <= yesterday or (end - begin).days >= longest:
        raise Refused(61501)
    if end == yesterday and datetime.fromtimestamp(call.now, CHINA).hour < READY_HOUR:
        raise Refused(61503)
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


def _date(value: str) -> date:
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=CHINA).date()
    except ValueError as error:
        raise Refused(61500) from error


def _yesterday(call: Call) -> date:
    return datetime.fromtimestamp(call.now, CHINA).date() - timedelta(days=1)


def _published(call: Call) -> list[Published]:
    return [
        Published(
            post=post,
            article=article,
            msgid=f"{post.msg_data_id}_{number}",
            day=datetime.fromtimestamp(post.publish_time, CHINA).date(),
        )
        for post in call.store.list_all(Post, call.appid)
        for number, article in enumerate(post.articles, start=1)
        if datetime.fromtimestamp(post.publish_time, CHINA).date() >= FIRST_DAY
    ]


def _read_on(call: Call, day: date) -> list[Published]:
    return [p for p in _published(call) if 0 <= (day - p.day).days < FOLLOWED_DAYS]


def _draw(item: Published, what: str, below: int) -> int:
    """The same number for the same article every time."""
    digest = hashlib.sha256(f"{item.article.page}|{what}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % below


def _cumulative(item: Published, day: date) -> Figures:
    """Two fifths of the readers come on the first day, then two fifths of those who are left, and so on."""
    total = 80 + _draw(item, "total", 1_600)
    reads = int(total * (1 - 0.6 ** ((day - item.day).days + 1)))
    return Figures(
        read_user=reads,
        share_user=reads * (2 + _draw(item, "share", 8)) // 100,
        zaikan_user=reads * (1 + _draw(item, "zaikan", 4)) // 100,
        like_user=reads * (2 + _draw(item, "like", 6)) // 100,
        collection_user=reads * (1 + _draw(item, "keep", 3)) // 100,
    )


def _of_day(item: Published, day: date) -> Figures:
    until = _cumulative(item, day)
    if day == item.day:
        return until
    before = _cumulative(item, day - timedelta(days=1))
    return Figures(
        read_user=until.read_user - before.read_user,
        share_user=until.share_user - before.share_user,
        zaikan_user=until.zaikan_user - before.zaikan_user,
        like_user=until.like_user - before.like_user,
        collection_user=until.collection_user - before.collection_user,
    )


def _sources(reads: int) -> list[JsonValue]:
    """By scene; the first takes what rounding leaves."""
    counts = [reads * percent // 100 for _, percent in SCENES]
    counts[0] += reads - sum(counts)
    return [
        {"user_count": count, "scene_desc": scene}
        for (scene, _), count in zip(SCENES, counts, strict=True)
    ]


def _comments(call: Call, item: Published | None, first: date, last: date) -> int:
    """Real ones: those that readers left on the phone page."""
    return sum(
        1
        for comment in call.store.list_all(Comment, call.appid)
        if first <= datetime.fromtimestamp(comment.create_time, CHINA).date() <= last
        and (item is None or item.msgid == f"{comment.msg_data_id}_{comment.index + 1}")
    )


ENDPOINTS = tuple(
    Endpoint(path=f"/datacube/{name}", handler=handler, right=Right.STATS)
    for name, handler in (
        ("getarticletotaldetail", article_details),
        ("getarticleread", article_reads),
        ("getarticleshare", article_shares),
        ("getbizsummary", account_summary),
    )
)
