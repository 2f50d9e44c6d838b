"""A fresh page for each test, and a look at its faults after each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

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


@pytest.fixture
def open_page(browser: Browser, server: Server, answers: Answers) -> Iterator[OpenPage]:
    """Opens `path` in a context of its own; what the page complained of fails the test."""
    contexts = []

    def open_at(path: str, **options: Any) -> Page:
        settings = {"viewport": {"width": 1280, "height": 800}, **options}
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.add_init_script(OBSERVE)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{server.address}/{path}")
        page.wait_for_function("() => window.ready === true")
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


@pytest.fixture
def desk(open_page: OpenPage) -> Desk:
    return Desk(open_page("editor.html"))
