"""The whole desk on a real port, and people who sign in with a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from werkzeug.serving import make_server

from tests.cast import Newsroom
from tests.services import PATIENCE_MILLISECONDS
from tests.thorough import thorough
from tests.visitor import signed_in

# What a page complains of, kept for the end of the test.
OBSERVE = """
window.faults = [];
addEventListener('error', (event) => window.faults.push(event.message));
addEventListener('unhandledrejection', (event) => window.faults.push(String(event.reason)));
"""
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 760}
LOOKS = [(DESK, "light"), pytest.param(PHONE, "dark", marks=thorough)]
"""Every page is looked at wide and narrow, light and dark: twice, not four times, for the colours know nothing of the width."""


def note_refusals(context: BrowserContext, refused: list[str]) -> None:
    """What the content security policy keeps its pages from, as the console tells it."""

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(f"{message.text} ({message.location})")

    context.on("console", hear)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
    )
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)


@dataclass
class Office:
    app: Flask
    browser: Browser
    address: str
    newsroom: Newsroom
    contexts: list[BrowserContext] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """What the content security policy kept a page from, also a page that was left since."""

    def visit(self, name: str | None = None, path: str = "/", **options: Any) -> Page:
        """A browser of their own for each visit; with a name, signed in."""
        settings = {"viewport": DESK, "locale": "zh-CN", **options}
        context = self.browser.new_context(base_url=self.address, **settings)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.add_init_script(OBSERVE)
        note_refusals(context, self.refused)
        self.contexts.append(context)
        if name is not None:
            context.add_cookies(
                [{"name": "session", "value": self._session_of(name), "url": self.address}]
            )
        page = context.new_page()
        page.goto(path)
        return page

    def _session_of(self, name: str) -> str:
        """Signed in beside the browser: the form itself is tried by the tests of the door."""
        cookie = signed_in(self.app, name, base_url=self.address).client.get_cookie(
            "session", "127.0.0.1"
        )
        assert cookie is not None
        return cookie.value

    def write(self, name: str, article_id: int, **options: Any) -> Page:
        page = self.visit(name, f"/articles/{article_id}/edit", **options)
        page.wait_for_selector("html[data-ready]")
        return page

    def close(self) -> list[str]:
        """Ends every visit; what the pages complained of."""
        pages = [page for context in self.contexts for page in context.pages]
        faults = [fault for page in pages for fault in page.evaluate("window.faults ?? []")]
        for context in self.contexts:
            context.close()
        return faults + self.refused


def violations(page: Page) -> list[str]:
    """What axe finds serious or critical, without what only best practice asks."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {[node['target'] for node in one['nodes']][:4]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window, or than a phone."""
    script = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    size, found = page.viewport_size, int(page.evaluate(script))
    if size and size["width"] > PHONE["width"]:
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        found = max(found, int(page.evaluate(script)))
        page.set_viewport_size(size)
    return found
