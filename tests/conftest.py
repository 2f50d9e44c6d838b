from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as property_settings
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser, expect, sync_playwright

from tests.apps import app_of
from tests.cast import Newsroom
from tests.clock import FakeClock
from tests.compiled import compile_once
from tests.databases import dropped_at_the_end, postgres_url, sqlite_url
from tests.services import CHROMIUM_ARGUMENTS, PATIENCE_MILLISECONDS, need_chromium, need_postgres
from tests.thorough import IS_THOROUGH
from webapp.kernel.settings import Settings, load_settings
from webapp.kernel.web import Context, create_context

SECRET = "a secret for tests that is long enough to be one"


class _CompiledOnce(BytecodeCache):
    """Each test makes an application of its own; their templates are the same and are compiled once a process."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


# By day the same examples every time: what fails, fails for what was changed. New ones are looked for by night.
property_settings.register_profile("day", derandomize=True)
if not IS_THOROUGH:
    property_settings.load_profile("day")

Flask.jinja_options = {"bytecode_cache": _CompiledOnce()}
compile_once()


ON_BOTH_DATABASES = ("api", "performance")


def _is_for_the_night(item: pytest.Item) -> bool:
    """What is marked so; and pages on PostgreSQL, where services, REST and the plans of queries are tested all the same."""
    if item.get_closest_marker("thorough"):
        return True
    database = getattr(item, "callspec", None) and item.callspec.params.get("database_url")  # type: ignore[attr-defined]
    is_page = (
        "app" in getattr(item, "fixturenames", ())
        and item.path.parent.name not in ON_BOTH_DATABASES
    )
    return database == "postgres" and is_page


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left = [] if IS_THOROUGH else [item for item in items if _is_for_the_night(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


def pytest_collection_finish() -> None:
    """What is there before the first test stays; the garbage collector need not walk it thousands of times."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _databases_are_dropped() -> Iterator[None]:
    with dropped_at_the_end():
        yield


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, templates: Path, tmp_path: Path) -> str:
    if request.param == "postgres":
        need_postgres()
        return postgres_url()
    return sqlite_url(templates, tmp_path)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return load_settings(
        instance=tmp_path / "instance",
        database_url=database_url,
        secret_key=SECRET,
        sign_in_rate="1000 per minute",
        public_url="http://localhost",
    )


@pytest.fixture
def context(settings: Settings, clock: FakeClock) -> Iterator[Context]:
    made = create_context(settings, clock=clock)
    yield made
    made.db.dispose()


@pytest.fixture
def newsroom(context: Context, clock: FakeClock) -> Newsroom:
    return Newsroom(context, clock).open()


@pytest.fixture
def app(context: Context) -> Flask:
    return app_of(context)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests: Playwright's sync API stands only once in a process."""
    path = need_chromium()
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        yield opened
        opened.close()
