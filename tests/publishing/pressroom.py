"""A newsroom with an official account: the real services, the real HTTP sandbox on the same clock, and a worker that is
run by hand."""

from __future__ import annotations

import dataclasses
import re
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.cast import Newsroom
from tests.clock import FakeClock
from tests.databases import Rows
from tests.sandbox.server import (
    APPID,
    SECRET,
    RunningSandbox,
    quick_config,
    running_sandbox,
)
from webapp.editions.models import Edition
from webapp.editions.queries import get_edition
from webapp.editions.workflow import Delivery
from webapp.kernel.settings import Settings, load_settings
from webapp.kernel.web import Context, create_context
from webapp.publishing.calls import Press
from webapp.publishing.models import Posting, Publication, PublicationStep
from webapp.publishing.queries import find_publication, list_postings, list_steps
from webapp.publishing.service import confirm_withdrawn, queue, record_published, withdraw
from webapp.publishing.worker import sweep
from webapp.publishing.workflow import ACTIVE
from webapp.sandbox.background import settle_due
from webapp.sandbox.publish import make_post
from webapp.sandbox.records import Article as SandboxArticle
from webapp.sandbox.records import CallLog, Draft, MassJob, Post, Record
from webapp.sandbox.sandbox import Sandbox
from webapp.serving import make_press

R = TypeVar("R", bound=Record)
SECRET_KEY = "a secret for tests that is long enough to be one"
SWEEPS_MAX = 400
_MARKER = re.compile(r'data-tongxin="([0-9a-z.]+)"')


def settings_for(database_url: str, instance: Path, base_url: str, **changes: Any) -> Settings:
    fields: dict[str, Any] = {
        "instance": instance,
        "database_url": database_url,
        "secret_key": SECRET_KEY,
        "public_url": "http://localhost",
        "sign_in_rate": "1000 per minute",
        "wechat_api_base_url": base_url,
        "wechat_connect_timeout_seconds": 2,
        "wechat_read_timeout_seconds": 10,
    }
    return load_settings(**(fields | changes))


@contextmanager
def sandbox_on(clock: FakeClock) -> Iterator[RunningSandbox]:
    """Its jobs, lifetimes and quotas go by `clock`."""
    with running_sandbox(quick_config(clock=lambda: clock().timestamp())) as running:
        yield running


def markers_of(articles: Sequence[SandboxArticle]) -> tuple[str, ...]:
    """Of a draft or a post of the sandbox."""
    found = (_MARKER.search(article.content) for article in articles)
    return tuple(match.group(1) if match else "" for match in found)


class Death(BaseException):
    """A process is gone: nothing it does from here on happens."""


class PressClock(FakeClock):
    """Nobody asks for the time in a thread that is dead; the platform's threads live on."""

    dead: int | None = None

    def __call__(self) -> datetime:
        if self.dead == threading.get_ident():
            raise Death
        return self.moment


@contextmanager
def dying(clock: PressClock, *, commit: int, after: bool) -> Iterator[None]:
    """What is done inside dies right before or right after that commit (from 1): no later one happens, and no call."""
    count = 0

    def before_commit(_session: Session) -> None:
        nonlocal count
        count += 1
        if clock.dead or (count == commit and not after):
            clock.dead = threading.get_ident()
            raise Death

    def after_commit(_session: Session) -> None:
        if count == commit and after:
            clock.dead = threading.get_ident()

    event.listen(Session, "before_commit", before_commit)
    event.listen(Session, "after_commit", after_commit)
    try:
        yield
    except Death:
        pass
    finally:
        event.remove(Session, "before_commit", before_commit)
        event.remove(Session, "after_commit", after_commit)
        clock.dead = None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A database and a media folder in which people, an account and a few approved articles stand already."""

    database: Path
    media: Path
    articles: tuple[int, ...]
    rows: Rows

    def copy_to(self, folder: Path) -> None:
        """The database becomes `folder / "test.db"`, over one that may lie there; the media join those of the instance."""
        for leftover in folder.glob("test.db*"):
            leftover.unlink()
        shutil.copy(self.database, folder / "test.db")
        self.copy_media_to(folder)

    def copy_media_to(self, folder: Path) -> None:
        shutil.copytree(self.media, folder / "instance" / "media", dirs_exist_ok=True)


@dataclass
class Pressroom:
    newsroom: Newsroom
    sandbox: RunningSandbox
    clock: PressClock
    press: Press
    articles: Sequence[int] = ()

    # What people do

    def approve(self, number: int = 1, *, pictures: int = 1) -> list[int]:
        return [
            self.newsroom.approved(
                content=self.newsroom.content(f"一线来信之{i}", pictures=pictures),
            )
            for i in range(1, number + 1)
        ]

    def edition(self, *article_ids: int, delivery: Delivery = Delivery.PUBLISH, **more: Any) -> int:
        ids = article_ids or (self.articles[0],)
        return self.newsroom.edition(*ids, delivery=delivery, appid=APPID, secret=SECRET, **more)

    def queue(self, edition_id: int, by: str = "publisher") -> None:
        actor = self.newsroom.actor(by)
        with self.newsroom.step() as session:
            queue(session, get_edition(session, edition_id), actor=actor, now=self.clock())

    def withdraw(self, edition_id: int, reason: str = "内容有误") -> None:
        actor = self.newsroom.actor("publisher")
        with self.newsroom.step() as session:
            edition = get_edition(session, edition_id)
            withdraw(session, edition, reason, actor=actor, now=self.clock())

    def record_links(self, edition_id: int, *urls: str) -> None:
        actor = self.newsroom.actor("publisher")
        with self.newsroom.step() as session:
            edition = get_edition(session, edition_id)
            record_published(session, edition, urls, actor=actor, now=self.clock())

    def confirm_withdrawn(self, edition_id: int) -> None:
        actor = self.newsroom.actor("publisher")
        with self.newsroom.step() as session:
            confirm_withdrawn(
                session, get_edition(session, edition_id), actor=actor, now=self.clock()
            )

    # What happens at the platform

    def fault(self, path: str, kind: str, **more: Any) -> None:
        self.sandbox.fault(path=path, kind=kind, **more)

    def no_more_faults(self) -> None:
        self.platform.faults.clear()

    @property
    def platform(self) -> Sandbox:
        """The sandbox from the inside: what its console would let a person do."""
        assert self.sandbox.server is not None
        found: Sandbox = self.sandbox.server.sandbox
        return found

    def delete_drafts_by_hand(self) -> None:
        with self.platform.store.transaction():
            for draft in self.platform.store.list_all(Draft):
                self.platform.store.delete(draft)

    def publish_by_hand(self, origin: Literal["publish", "mass"] = "publish") -> None:
        """Somebody publishes, or mass-sends, every draft at the console."""
        platform = self.platform
        with platform.store.transaction():
            for draft in platform.store.list_all(Draft):
                post = make_post(platform, draft.appid, draft.articles, "1", at=platform.now())
                platform.store.put(post.model_copy(update={"origin": origin}))
                platform.store.delete(draft)

    # What the worker does

    def sweep(self) -> int:
        return sweep(self.press)

    def finish(self, edition_id: int) -> Edition:
        """Sweep and let time pass until nothing is left to do without a person."""
        for _ in range(SWEEPS_MAX):
            self.sweep()
            push = self.publication(edition_id)
            if push.state not in ACTIVE or push.wake_at is None:
                return self.find(edition_id)
            self.clock.moment = max(self.clock(), push.wake_at, push.lease_until or self.clock())
        raise AssertionError(f"still {push.state} after {SWEEPS_MAX} sweeps: {push.error}")

    def push(self, edition_id: int) -> Edition:
        self.queue(edition_id)
        return self.finish(edition_id)

    # What stands there afterwards

    def find(self, edition_id: int) -> Edition:
        return self.newsroom.find_edition(edition_id)

    def publication(self, edition_id: int) -> Publication:
        with self.newsroom.step() as session:
            found = find_publication(session, edition_id)
        assert found is not None
        return found

    def steps(self, edition_id: int) -> list[PublicationStep]:
        push = self.publication(edition_id)
        with self.newsroom.step() as session:
            return list_steps(session, push.id)

    def told(self, edition_id: int) -> list[tuple[str, str]]:
        return [(step.kind, step.state) for step in self.steps(edition_id)]

    def postings(self, edition_id: int) -> list[Posting]:
        with self.newsroom.step() as session:
            return list_postings(session, edition_id)

    def markers(self, edition_id: int) -> tuple[str, ...]:
        with self.newsroom.step() as session:
            edition = get_edition(session, edition_id)
            return tuple(f"{p.article.key}.{p.revision}" for p in edition.articles)

    def drafts(self, edition_id: int) -> int:
        """How many drafts of this edition lie in the platform's box."""
        wanted = self.markers(edition_id)
        return sum(markers_of(draft.articles) == wanted for draft in self.records(Draft))

    def out(self, edition_id: int) -> int:
        """How often readers can see this edition."""
        wanted = self.markers(edition_id)
        return sum(
            markers_of(post.articles) == wanted and not all(a.is_deleted for a in post.articles)
            for post in self.records(Post)
        )

    def calls(self) -> Counter[str]:
        """Path → how often it was called."""
        return Counter(call.path.removeprefix("/cgi-bin/") for call in self.records(CallLog))

    def mass_jobs(self) -> int:
        return len(self.records(MassJob))

    def records(self, kind: type[R]) -> list[R]:
        settle_due(self.platform)
        with self.platform.store.transaction():
            return self.platform.store.list_all(kind)

    def change_settings(self, **changes: Any) -> None:
        settings = self.press.settings.model_copy(update=changes)
        self.press = make_press(dataclasses.replace(self.newsroom.context, settings=settings))


def pressroom(
    context: Context, sandbox: RunningSandbox, clock: PressClock, articles: Sequence[int] = ()
) -> Pressroom:
    return Pressroom(Newsroom(context, clock), sandbox, clock, make_press(context), articles)


@contextmanager
def open_context(settings: Settings, clock: FakeClock) -> Iterator[Context]:
    context = create_context(settings, clock=clock)
    try:
        yield context
    finally:
        context.db.dispose()
