"""What the server takes for the pages of a working day, with an archive behind them: in-process, through Flask's test client,
signed in as the person who opens that page."""

from __future__ import annotations

import gzip
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from bench.archives import BENCH, SECRET, Archive
from bench.corpus import BYGONE, COMMON, MEDIUM, RARE, as_json, write
from bench.ledger import NOW
from bench.measuring import Timing, counting, repeat_in_turns
from webapp.app import create_app
from webapp.articles.content import Content
from webapp.articles.models import Article
from webapp.articles.service import draft
from webapp.articles.workflow import State
from webapp.columns.service import get_column
from webapp.demo.people import PASSWORD
from webapp.document.model import Document
from webapp.kernel.clock import local_date
from webapp.kernel.settings import load_settings
from webapp.kernel.web import Context, create_context
from webapp.media.models import Artwork
from webapp.publishing.models import Posting
from webapp.serving import settle
from webapp.users.service import create_token, get_user

TIMES = 30
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


@dataclass(frozen=True, kw_only=True)
class Page:
    """`path` is filled with what stands in the archive."""

    name: str
    who: str
    path: str


PAGES = (
    Page(name="今日，编辑", who="editor", path="/"),
    Page(name="今日，审核", who="reviewer1", path="/"),
    Page(name="今日，发布", who="publisher", path="/"),
    Page(name="今日，审计", who="auditor", path="/"),
    Page(name="稿件", who="editor", path="/articles"),
    Page(name="稿件，一个专栏", who="editor", path="/articles?column=frontline"),
    Page(name="稿件，专栏和状态", who="editor", path="/articles?column=frontline&status=draft"),
    Page(name="稿件，已撤回", who="editor", path="/articles?status=withdrawn"),
    Page(name="稿件，图片消息", who="editor", path="/articles?form=newspic"),
    Page(
        name="稿件，一个专栏的图片消息",
        who="editor",
        path="/articles?form=newspic&column=frontline",
    ),
    Page(name="稿件，我的", who="editor", path="/articles?who=me"),
    Page(name="稿件，我的，一个专栏", who="editor", path="/articles?who=me&column=advice"),
    Page(name="稿件，只管两个专栏的人", who="twocolumns", path="/articles"),
    Page(name="稿件，待我审", who="reviewer1", path="/articles?who=waiting"),
    Page(name="一篇稿件", who="editor", path="/articles/{published}"),
    Page(name="审核", who="reviewer1", path="/articles/{in_review}/review"),
    Page(name=f"搜“{RARE}”（极少）", who="editor", path=f"/articles?q={RARE}"),
    Page(name=f"搜“{MEDIUM}”（二十分之一）", who="editor", path=f"/articles?q={MEDIUM}"),
    Page(name=f"搜“{COMMON}”（几乎每篇）", who="editor", path=f"/articles?q={COMMON}"),
    Page(name=f"搜“{BYGONE}”（只在旧稿里）", who="editor", path=f"/articles?q={BYGONE}"),
    Page(name="搜一个字（几乎每篇）", who="editor", path="/articles?q=疫"),
    Page(name="搜一个数（许多篇）", who="editor", path="/articles?q=12"),
    Page(name="搜一句话", who="editor", path="/articles?q=英勇事迹以及广大社员守望相助"),
    Page(name=f"搜“{COMMON}”，草稿里", who="editor", path=f"/articles?q={COMMON}&status=draft"),
    Page(name=f"搜“{COMMON}”，我的", who="editor", path=f"/articles?q={COMMON}&who=me"),
    Page(name="统计，按专栏", who="editor", path="/reports"),
    Page(name="统计，按月", who="editor", path="/reports?by=month"),
    Page(name="统计，按作者", who="editor", path="/reports?by=author"),
    Page(name="统计，按单位", who="editor", path="/reports?by=unit"),
    Page(name="统计，一段日子", who="editor", path="/reports?from={since}&as_of={until}"),
    Page(
        name="统计，按作者，一段日子",
        who="editor",
        path="/reports?by=author&from={since}&as_of={until}",
    ),
    Page(name="统计，从前一天的", who="editor", path="/reports?as_of={since}"),
    Page(name="统计明细，一位作者", who="editor", path="/reports/articles?by=author&key={author}"),
    Page(
        name="统计明细，一位作者，一段日子",
        who="editor",
        path="/reports/articles?by=author&key={author}&from={since}&as_of={until}",
    ),
    Page(name="统计明细，一个月", who="editor", path="/reports/articles?by=month&key={month}"),
    Page(name="推送", who="publisher", path="/editions"),
    Page(name="推送，没有发出的", who="publisher", path="/editions?status=failed"),
    Page(name="推送，日历", who="publisher", path="/editions/calendar?month={month}"),
    Page(name="推送，日历的一周", who="publisher", path="/editions/calendar?week={day}"),
    Page(name="编一次推送", who="publisher", path="/editions/new"),
    Page(name="素材", who="editor", path="/media"),
    Page(name="素材，作品", who="editor", path="/media/artworks"),
    Page(name="素材，找没有的", who="editor", path="/media?q=没有这样的"),
    Page(name="素材，找到处都有的", who="editor", path="/media?q=志愿者"),
    Page(name="素材，找一件作品", who="editor", path="/media?q={artwork}"),
    Page(name="素材，作品里找", who="editor", path="/media/artworks?q=志愿者"),
    Page(name="一张图片用在哪里", who="editor", path="/media/{asset}/uses"),
    Page(name="审计", who="auditor", path="/system/audit"),
    Page(name="审计，一篇稿件", who="auditor", path="/system/audit?kind=article&id={published}"),
)


@dataclass(frozen=True, kw_only=True)
class Measured:
    name: str
    kind: str
    size: int
    timing: Timing
    statements: int
    bytes: int
    """Compressed."""


class Desk:
    """An installation with one archive, and the people at it."""

    def __init__(self, archive: Archive, context: Context) -> None:
        self.archive = archive
        self.context = context
        self.app: Flask = create_app(context.settings, parts=context)
        self.app.testing = True
        self._people: dict[str, FlaskClient] = {}
        settle()

    def client(self, who: str) -> FlaskClient:
        if who not in self._people:
            client = self.app.test_client()
            page = client.get("/login").get_data(as_text=True)
            found = _TOKEN.search(page)
            assert found is not None
            form = {"username": who, "password": PASSWORD, "csrf_token": found.group(1)}
            answer = client.post("/login", data=form)
            assert answer.status_code == 302, f"{who} could not sign in"
            self._people[who] = client
        return self._people[who]

    def token(self, who: str) -> str:
        with self.context.db.step() as session:
            return create_token(session, get_user(session, who), actor=BENCH, now=NOW)

    def names(self) -> dict[str, Any]:
        """What the paths are filled with: of the middle of the archive, and of what is in progress."""
        with self.context.db.step() as session:
            middle = session.get_one(Article, self.archive.size // 2)
            out = session.scalars(select(Posting.published_at).order_by(Posting.published_at)).all()
            days = [local_date(at, self.context.settings.zone) for at in out[:: len(out) // 4]]
            artwork = session.scalars(select(Artwork.title).limit(1)).first()
            waiting = session.scalars(
                select(Article.id).where(Article.status == State.IN_REVIEW, Article.stage == 1)
            ).first()
            return {
                "published": middle.id,
                "in_review": waiting,
                "author": middle.author,
                "asset": middle.cover_asset,
                "artwork": artwork,
                "since": days[1],
                "day": days[2],
                "month": f"{days[2]:%Y-%m}",
                "until": days[3],
            }


@contextmanager
def open_desk(archive: Archive) -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            instance=Path(folder), database_url=archive.url, secret_key=SECRET,
            sign_in_rate="1000 per minute", public_url="http://localhost",
        )  # fmt: skip
        context = create_context(settings, clock=lambda: NOW)
        try:
            yield Desk(archive, context)
        finally:
            context.db.dispose()


def _measure(
    desks: Sequence[Desk], name: str, acts: Sequence[Callable[[], TestResponse]], times: int
) -> list[Measured]:
    """Of the same page on each."""
    looked_at = [_look(desk, name, act) for desk, act in zip(desks, acts, strict=True)]
    timings = repeat_in_turns(acts, times)
    return [
        Measured(
            name=name,
            kind=desk.archive.kind,
            size=desk.archive.size,
            timing=timing,
            statements=statements,
            bytes=len(gzip.compress(page, 6)),
        )
        for desk, timing, (statements, page) in zip(desks, timings, looked_at, strict=True)
    ]


def _look(desk: Desk, name: str, act: Callable[[], TestResponse]) -> tuple[int, bytes]:
    """How many statements it takes, and the page."""
    with counting(desk.context.db.engine) as statements:
        answer = act()
    assert answer.status_code == 200, f"{name}: {answer.status} {answer.get_data(as_text=True)}"
    return len(statements), answer.get_data()


def _save(desk: Desk) -> Callable[[], TestResponse]:
    """PATCH with another text every time, onto an article of its own."""
    headers = {"Authorization": f"Bearer {desk.token('editor')}"}
    with desk.context.db.step() as session:
        editor = get_user(session, "editor").actor
        body = Document.parse(write(0, 0).body)
        article = draft(session, get_column(session, "frontline"),
                        Content(title="存了又存", body=body), actor=editor, now=NOW)  # fmt: skip
    client, count = desk.app.test_client(), iter(range(1, 10_000))

    def act() -> TestResponse:
        number = next(count)
        sent = as_json({"body": write(number, 0).body})
        return client.patch(f"/api/v1/articles/{article.id}", data=sent,
                            content_type="application/json",
                            headers={**headers, "If-Match": f'"{number}"'})  # fmt: skip

    return act


def _ask(desk: Desk, path: str) -> Callable[[], TestResponse]:
    client = desk.app.test_client()
    headers = {"Authorization": f"Bearer {desk.token('editor')}"}
    return lambda: client.get(path, headers=headers)


def _open(desk: Desk, page: Page, names: dict[str, Any]) -> Callable[[], TestResponse]:
    client, path = desk.client(page.who), page.path.format(**names)
    return lambda: client.get(path)


def _acts(desk: Desk, only: str) -> dict[str, Callable[[], TestResponse]]:
    names = desk.names()
    acts = {page.name: _open(desk, page, names) for page in PAGES if only in page.name}
    if only in "存一版（接口）":
        acts["存一版（接口）"] = _save(desk)
    if only in "刊发篇数（接口）":
        acts["刊发篇数（接口）"] = _ask(desk, "/api/v1/reports/counts")
    return acts


def measure_pages(
    archives: Sequence[Archive], *, times: int = TIMES, only: str = ""
) -> list[Measured]:
    """Page by page, each on every archive in turns."""
    with ExitStack() as stack:
        desks = [stack.enter_context(open_desk(archive)) for archive in archives]
        acts = [_acts(desk, only) for desk in desks]
        return [
            measured
            for name in acts[0]
            for measured in _measure(desks, name, [those[name] for those in acts], times)
        ]
