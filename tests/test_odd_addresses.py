"""Every page, asked in every odd way: it answers or refuses, and never falls over."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from structlog.testing import capture_logs

from tests.cast import SYSTEM, Newsroom
from tests.databases import sqlite_url
from tests.test_doors import doors
from tests.thorough import thorough
from tests.visitor import Visitor, signed_in
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant

NAMES = ("as_of", "before", "by", "column", "cursor", "from", "id", "key", "kind", "limit", "month", "q", "revision",
         "status", "tab", "type")  # fmt: skip
ODD = ("", "0", "-1", "9" * 30, "1e9", "\x00", "é", "%", "'", "0001-01-01", "9999-12-31", "9999-12", "0001-01", "2026-13",
       "W1s5OTk5XQ", "x" * 3000, "../../etc/passwd", "//evil.example", "draft", "author", "article")  # fmt: skip


@pytest.fixture
def database_url(templates: Path, tmp_path: Path) -> str:
    return sqlite_url(templates, tmp_path)


@pytest.fixture
def visitor(app: Flask, newsroom: Newsroom) -> Visitor:
    """Someone who holds every role, where article 1 is approved and in edition 1."""
    newsroom.edition(newsroom.approved())
    with newsroom.step() as session:
        user = get_user(session, "outsider")
        for role in Role:
            grant(session, user, role, actor=SYSTEM, now=newsroom.clock())
    return signed_in(app, "outsider")


@pytest.mark.slow
def test_no_page_falls_over_an_odd_question(app: Flask, visitor: Visitor):
    fell = []
    for door in doors(app):
        if door.method != "GET" or door.is_api or "callback" in door.path:
            continue
        for turn in range(0, len(ODD), 3):
            odd = [ODD[(turn + i) % len(ODD)] for i in range(len(NAMES))]
            question = "&".join(
                f"{name}={quote(value)}" for name, value in zip(NAMES, odd, strict=True)
            )
            with capture_logs() as logged:
                answer = visitor.get(f"{door.path}?{question}")
            if answer.status_code >= 500:
                fell.append((door.path, odd, [repr(line.get("exc_info")) for line in logged]))
    assert fell == []


ODD_ONE = {
    ("cursor", "limit", "revision", "id", "move"): ("9" * 30, "W1s5OTk5XQ"),
    ("as_of", "before", "from", "to", "month", "week"): (
        "9999-12-31",
        "0001-01-01",
        "9999-12",
        "0001-01",
    ),
    ("by", "column", "key", "kind", "q", "status", "tab", "type"): ("\x00",),
}


@thorough
def test_no_page_falls_over_one_odd_answer_to_one_question(app: Flask, visitor: Visitor):
    """One at a time: else the first that is refused hides the others."""
    fell = []
    pages = ("/articles", "/editions", "/editions/calendar", "/editions/new", "/media", "/media/artworks", "/reports",
             "/reports/articles", "/reports/counts.csv", "/system/audit", "/articles/1/review", "/articles/1/history",
             "/articles/1", "/")  # fmt: skip
    questions = [
        f"{n}={quote(odd)}" for names, odds in ODD_ONE.items() for n in names for odd in odds
    ]
    for page in pages:
        for question in questions:
            with capture_logs() as logged:
                answer = visitor.get(f"{page}?{question}")
            if answer.status_code >= 500:
                fell.append((page, question, [repr(line.get("exc_info")) for line in logged]))
    assert fell == []


def test_a_page_that_is_not_there_is_told_in_words_to_people_and_by_its_code_to_programs(
    visitor: Visitor,
):
    page = visitor.get("/nowhere")
    assert page.status_code == 404
    assert "404 · 没有找到" in page.text
    assert "not_found" not in page.text
    told = visitor.client.get("/nowhere", headers={"Accept": "application/json"}).get_json()
    assert told["code"] == "not_found"
