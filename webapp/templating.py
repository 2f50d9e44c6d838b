"""What templates are given beside their own values: dates in the institution's zone, addresses, who is asking, and where an
article stands in one word."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Literal
from urllib.parse import urlencode

from flask import Flask, request
from flask_babel import Babel, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from webapp.articles.embargo import is_embargoed
from webapp.articles.models import Article
from webapp.articles.workflow import STATE_NAMES, State
from webapp.kernel import statics
from webapp.kernel.clock import local, local_date
from webapp.kernel.errors import FieldError
from webapp.kernel.search import normalise
from webapp.kernel.statics import static_url
from webapp.kernel.web import context, now, read
from webapp.notices.queries import COUNTED_MAX, count_unread
from webapp.users.access import find_actor
from webapp.users.permissions import Permission

SNIPPET_CHARACTERS = 60

DotKind = Literal["draft", "returned", "active", "ready", "done", "wrong", "off"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A word of the main navigation, for whoever holds one of `permissions` (empty: whoever is signed in)."""

    label: str
    href: str
    permissions: tuple[Permission, ...] = ()
    also: tuple[str, ...] = ()
    """Addresses below another entry's that belong to this one."""
    is_current: bool = False


NAVIGATION = (
    Entry(label="今日", href="/"),
    Entry(label="稿件", href="/articles", permissions=(Permission.ARTICLE_READ,)),
    Entry(label="推送", href="/editions", permissions=(Permission.EDITION_READ,)),
    Entry(
        label="专栏",
        href="/columns",
        permissions=(Permission.COLUMN_READ,),
        also=("/articles/template",),
    ),
    Entry(label="素材", href="/media", permissions=(Permission.MEDIA_READ,)),
    Entry(label="统计", href="/reports", permissions=(Permission.REPORT_READ,)),
    Entry(
        label="系统",
        href="/system",
        permissions=(Permission.USER_MANAGE, Permission.ACCOUNT_MANAGE, Permission.AUDIT_READ),
    ),
)


def _reach(entry: Entry) -> int:
    """How much of this page's address is the entry's; 0: the page is another's."""
    path = request.path
    return max(
        len(href) if path == href or (href != "/" and path.startswith(f"{href}/")) else 0
        for href in (entry.href, *entry.also)
    )


def navigation() -> list[Entry]:
    current = max(NAVIGATION, key=_reach)
    return [
        replace(e, is_current=e is current and _reach(e) > 0)
        for e in NAVIGATION
        if not e.permissions or any(may(p) for p in e.permissions)
    ]


def unread_notices() -> str:
    """The number beside the bell; empty when there is nothing to read."""
    actor = find_actor()
    number = count_unread(read(), actor.id) if actor is not None and actor.id else 0
    return f"{COUNTED_MAX - 1}+" if number >= COUNTED_MAX else str(number or "")


def may(permission: str, column_id: int | None = None) -> bool:
    actor = find_actor()
    return actor is not None and actor.may(Permission(permission), column_id)


# Dates and times, as the institution counts them


def _local(moment: datetime) -> datetime:
    return local(moment, context().settings.zone)


def today() -> date:
    return local_date(now(), context().settings.zone)


def day(value: datetime | date) -> str:
    """7月3日; with the year when it is not this one."""
    found = _local(value).date() if isinstance(value, datetime) else value
    year = "" if found.year == today().year else f"{found.year}年"
    return f"{year}{found.month}月{found.day}日"


def day_dots(value: datetime) -> str:
    """2026.7.3, as on a seal."""
    found = _local(value)
    return f"{found.year}.{found.month}.{found.day}"


def clock_time(value: datetime) -> str:
    return f"{_local(value):%H:%M}"


def moment(value: datetime) -> str:
    return f"{day(value)} {clock_time(value)}"


def days_since(value: datetime) -> int:
    """Midnights that have passed since."""
    return (today() - _local(value).date()).days


def ago(value: datetime) -> str:
    seconds = (now() - value).total_seconds()
    days = days_since(value)
    if seconds < 60:
        return "刚刚"
    if seconds < 3600:
        return f"{int(seconds // 60)} 分钟前"
    if days == 0:
        return f"今天 {clock_time(value)}"
    if days == 1:
        return f"昨天 {clock_time(value)}"
    return f"{days} 天前" if days < 30 else day(value)


def iso(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


# Addresses


PICTURE_SIZES = {
    "full": "",
    "list": "list",
    "cover": "cover",
    "square": "square",
    "preview": "preview",
}


def picture_url(asset_id: str, size: str = "full") -> str:
    """`list` and `cover` are cut 2.35:1, `square` 1:1, `preview` is the whole, small."""
    part = PICTURE_SIZES[size]
    return f"/media/{asset_id}/{part}" if part else f"/media/{asset_id}"


def with_args(**changes: str | None) -> str:
    """This page's address with query arguments changed; None or "" takes one away, and paging begins anew."""
    kept = {k: v for k, v in request.args.items() if k != "cursor"}
    kept.update({k: v for k, v in changes.items() if v})
    for name, value in changes.items():
        if not value:
            kept.pop(name, None)
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


# An article in one word


@dataclass(frozen=True, kw_only=True)
class Standing:
    kind: DotKind
    word: str


_DOTS: dict[State, DotKind] = {
    State.DRAFT: "draft",
    State.IN_REVIEW: "active",
    State.APPROVED: "ready",
    State.PUBLISHED: "done",
    State.WITHDRAWN: "off",
}


def embargoed(article: Article) -> bool:
    """It may not go out yet."""
    return is_embargoed(article, now())


def standing(article: Article) -> Standing:
    """草稿, 已退回, 待复审, 已审定, 推送中, 已刊发, 已撤回."""
    state = State(article.status)
    if state is State.DRAFT and article.return_reason:
        return Standing(kind="returned", word="已退回")
    if state is State.IN_REVIEW:
        urgent = "急件" if article.urgent else ""
        return Standing(kind="active", word=f"{urgent}待{article.column.stage_name(article.stage)}")
    if state is State.APPROVED and article.held:
        return Standing(kind="active", word="推送中")
    return Standing(kind=_DOTS[state], word=STATE_NAMES[state])


# Search hits


_fold = lru_cache(maxsize=20_000)(normalise)
"""Of one character: a page of hits folds some fifty thousand, of a few thousand kinds."""


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` as the search sees it, and for each of its characters where it came from."""
    folded: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(text):
        for one in _fold(character) or " ":
            if one != " " or (folded and folded[-1] != " "):
                folded.append(one)
                origins.append(index)
    return "".join(folded), origins


def _hits(text: str, query: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every hit in `text`."""
    wanted = normalise(query)
    if not wanted:
        return  # nobody searches: most lists are shown so
    folded, origins = _folded(text)
    at = folded.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        yield origins[at], origins[end - 1] + 1
        at = folded.find(wanted, end)


def marked(text: str, query: str) -> Markup:
    """`text` with every hit of `query` in <mark>."""
    result, at = Markup(), 0
    for start, end in _hits(text, query):
        result += escape(text[at:start]) + Markup("<mark>%s</mark>") % text[start:end]
        at = end
    return result + escape(text[at:])


def snippet(text: str, query: str) -> str:
    """The surroundings of the first hit that is written as `query` is, else of the first; empty when there is none."""
    at = text.find(query)
    if at < 0:
        hit = next(_hits(text, query), None)
        if hit is None:
            return ""
        at = hit[0]
    start = max(0, at - SNIPPET_CHARACTERS // 3)
    end = start + SNIPPET_CHARACTERS
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"


def institution() -> str:
    return context().settings.institution


def time_zone() -> str:
    return context().settings.time_zone


def is_demo() -> bool:
    return context().settings.demo


def field_errors(fields: Sequence[FieldError]) -> dict[str, str]:
    """Invalid.fields → field → its first message, for the `errors` of the field macros."""
    found: dict[str, str] = {}
    for one in fields:
        found.setdefault(one.field, one.message)
    return found


_SIGNS = {" ": "␣", "\u3000": "□", "\u00a0": "␣", "\t": "⇥", "\n": "⏎"}


def visible(text: str) -> str:
    """Blanks and invisible characters as signs, so that a change of them can be seen."""
    return "".join(_SIGNS.get(c) or (c if c.isprintable() else f"U+{ord(c):04X}") for c in text)


FILTERS: tuple[Callable[..., object], ...] = (
    day, day_dots, clock_time, moment, ago, days_since, iso, marked, snippet, visible,
)  # fmt: skip
GLOBALS: tuple[Callable[..., object], ...] = (
    navigation, may, today, static_url, picture_url, with_args, embargoed, standing, find_actor, institution, is_demo,
    time_zone, unread_notices,
)  # fmt: skip


WORDS_MAX = 5_000
"""More than the templates have."""


def _install_words(app: Flask) -> None:
    """There is one language for everybody. Its catalogue is looked up once, and each word in it once: a page has hundreds."""
    Babel(app, default_locale="zh_Hans_CN")
    with app.app_context():
        catalogue = get_translations()

    def say(text: str, is_markup: bool, variables: Mapping[str, object]) -> str:
        said: str = catalogue.ugettext(text)
        return (Markup(said) if is_markup else said) % variables  # noqa: S704  the templates' own words

    @lru_cache(WORDS_MAX)
    def alone(text: str, is_markup: bool) -> str:
        return say(text, is_markup, {})

    @pass_eval_context
    def gettext(context: EvalContext, text: str, /, **variables: object) -> str:
        if variables:
            return say(text, context.autoescape, variables)
        return alone(text, context.autoescape)

    app.jinja_env.globals.update({"_": gettext, "gettext": gettext})


def install(app: Flask) -> None:
    statics.install(app)
    _install_words(app)
    app.jinja_env.filters.update({f.__name__: f for f in FILTERS})
    app.jinja_env.globals.update({f.__name__: f for f in GLOBALS})
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
