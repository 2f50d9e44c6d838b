"""Two offices that differ in nothing but how much there is, and the pages that the benchmark opens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from bench.archives import Archive, fill
from bench.pages import Desk, open_desk
from tests.databases import sqlite_url
from webapp.kernel.db import Database

FEW, MANY = 5, 50


@contextmanager
def _desk(templates: Path, folder: Path, rows: int) -> Iterator[Desk]:
    """`rows` of each: out, approved, in review and draft; all by one editor."""
    folder.mkdir()
    url, size = sqlite_url(templates, folder), rows * 4
    db = Database(url)
    fill(db, size, approved=rows, in_review=rows, drafts=rows, editors=1)
    db.dispose()
    with open_desk(Archive(kind="sqlite", size=size, url=url, seconds=0)) as desk:
        yield desk


@pytest.fixture(scope="package")
def desks(templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk]]:
    folder = tmp_path_factory.mktemp("offices")
    with ExitStack() as stack:
        few = stack.enter_context(_desk(templates, folder / "few", FEW))
        many = stack.enter_context(_desk(templates, folder / "many", MANY))
        yield few, many
