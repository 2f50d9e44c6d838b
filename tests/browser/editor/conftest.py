"""A page for each test, and a look at its faults after each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.harness.desk import OBSERVE, Desk
from tests.browser.harness.server import Answers, Server, served
from tests.services import PATIENCE_MILLISECONDS


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with served() as running:
        yield running


@pytest.fixture
def answers(server: Server) -> Answers:
    server.answers = Answers()
    return server.answers


OpenPage = Callable[..., Page]
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}


def _load(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_function("() => window.ready === true")


@pytest.fixture
def open_page(browser: Browser, server: Server, answers: Answers) -> Iterator[OpenPage]:
    """Opens `path` in a context of its own; what the page complained of fails the test."""
    contexts = []

    def open_at(path: str, **options: Any) -> Page:
        settings = {"viewport": VIEWPORT, **options}
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.add_init_script(OBSERVE)
        contexts.append(context)
        page = context.new_page()
        _load(page, f"{server.address}/{path}")
        return page

    yield open_at
    faults = [
        fault
        for context in contexts
        for page in context.pages
        for fault in page.evaluate("window.faults")
    ]
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def _kept_page(browser: Browser) -> Iterator[Page]:
    """A context of its own, and the editor compiled in it anew, take two thirds of a test: those that only write share one."""
    context = browser.new_context(viewport=VIEWPORT)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    context.add_init_script(OBSERVE)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(_kept_page: Page, server: Server, answers: Answers) -> Iterator[Desk]:
    """The document, its scripts and what it stores are the test's own."""
    _load(_kept_page, f"{server.address}/editor.html")
    opened = Desk(_kept_page)
    yield opened
    faults = opened.faults()
    opened.cdp.detach()
    _kept_page.evaluate("localStorage.clear(); sessionStorage.clear()")
    _kept_page.mouse.move(0, 0)
    _kept_page.unroute_all()
    _kept_page.context.clear_permissions()
    assert faults == []
