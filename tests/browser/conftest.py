from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.office import Office, served
from tests.cast import Newsroom
from tests.databases import sqlite_url


@pytest.fixture
def database_url(templates: Path, tmp_path: Path) -> str:
    """What a browser sees is the same on every database."""
    return sqlite_url(templates, tmp_path)


@pytest.fixture
def office(app: Flask, newsroom: Newsroom, browser: Browser) -> Iterator[Office]:
    """What a page complained of, scripts and content policy alike, fails the test."""
    with served(app) as address:
        opened = Office(app, browser, address, newsroom)
        yield opened
        faults = opened.close()
    assert faults == []
