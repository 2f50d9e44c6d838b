from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.databases import put_rows, rows_of, sqlite_url
from tests.publishing.pressroom import (
    PressClock,
    Pressroom,
    Stage,
    open_context,
    pressroom,
    sandbox_on,
    settings_for,
)
from tests.sandbox.server import APPID, SECRET, RunningSandbox
from webapp.kernel.web import Context

START = PressClock().moment


@pytest.fixture(scope="session")
def press_clock() -> PressClock:
    return PressClock(START)


@pytest.fixture(scope="session")
def _sandbox(press_clock: PressClock) -> Iterator[RunningSandbox]:
    with sandbox_on(press_clock) as running:
        yield running


@pytest.fixture
def sandbox(_sandbox: RunningSandbox, press_clock: PressClock) -> RunningSandbox:
    press_clock.moment = START
    _sandbox.reset()
    return _sandbox


@pytest.fixture(scope="session")
def stage(
    templates: Path,
    tmp_path_factory: pytest.TempPathFactory,
    _sandbox: RunningSandbox,
    press_clock: PressClock,
) -> Stage:
    """Made once: every test of a push begins with a copy."""
    folder = tmp_path_factory.mktemp("stage")
    url = sqlite_url(templates, folder)
    settings = settings_for(url, folder / "instance", _sandbox.base_url)
    press_clock.moment = START
    with open_context(settings, press_clock) as context:
        room = pressroom(context, _sandbox, press_clock)
        room.newsroom.open()
        with room.newsroom.step() as session:
            room.newsroom.account(session, appid=APPID, secret=SECRET)
        articles = tuple(room.approve(3))
        with room.newsroom.step() as session:
            rows = rows_of(session)
    return Stage(
        database=folder / "test.db",
        media=folder / "instance" / "media",
        articles=articles,
        rows=rows,
    )


@pytest.fixture(scope="session")
def _context(
    tmp_path_factory: pytest.TempPathFactory, _sandbox: RunningSandbox, press_clock: PressClock
) -> Iterator[Context]:
    """One for all rooms on SQLite, whose file is changed under it: an engine remembers the statements it has compiled."""
    folder = tmp_path_factory.mktemp("room")
    url = f"sqlite:///{folder / 'test.db'}"
    settings = settings_for(url, folder / "instance", _sandbox.base_url)
    with open_context(settings, press_clock) as context:
        yield context


NewRoom = Callable[[], AbstractContextManager[Pressroom]]


@pytest.fixture
def new_room(
    stage: Stage, _context: Context, sandbox: RunningSandbox, press_clock: PressClock
) -> NewRoom:
    """For tests that need several, one after the other: on SQLite, at the beginning of time, with an empty account."""

    @contextmanager
    def opened() -> Iterator[Pressroom]:
        press_clock.moment = START
        sandbox.reset()
        _context.db.dispose()
        stage.copy_to(_context.settings.instance.parent)
        try:
            yield pressroom(_context, sandbox, press_clock, stage.articles)
        finally:
            _context.db.dispose()

    return opened


@pytest.fixture
def room(new_room: NewRoom) -> Iterator[Pressroom]:
    """On SQLite."""
    with new_room() as opened:
        yield opened


@pytest.fixture
def any_room(
    database_url: str,
    tmp_path: Path,
    stage: Stage,
    sandbox: RunningSandbox,
    press_clock: PressClock,
) -> Iterator[Pressroom]:
    """On each database."""
    press_clock.moment = START
    sandbox.reset()
    settings = settings_for(database_url, tmp_path / "instance", sandbox.base_url)
    with open_context(settings, press_clock) as context:
        if context.db.is_sqlite:
            context.db.dispose()
            stage.copy_to(tmp_path)
        else:
            stage.copy_media_to(tmp_path)
            with context.db.step() as session:
                put_rows(session, stage.rows)
        yield pressroom(context, sandbox, press_clock, stage.articles)
