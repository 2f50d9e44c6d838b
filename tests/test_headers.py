"""The headers of every kind of answer: pages, files, programs' answers, redirects and refusals alike."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from tests.cast import Newsroom
from tests.databases import sqlite_url
from tests.visitor import Visitor, signed_in
from webapp.app import create_app

Ask = Callable[[Visitor], TestResponse]


@pytest.fixture
def database_url(templates: Path, tmp_path: Path) -> str:
    return sqlite_url(templates, tmp_path)


def _break_the_database(newsroom: Newsroom) -> None:
    with newsroom.context.db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE campaign RENAME TO gone"))


ANSWERS: dict[str, tuple[int, Ask]] = {
    "page": (200, lambda v: v.get("/articles")),
    "sign-in page": (200, lambda v: Visitor(v.client.application).get("/login")),
    "page of the API": (200, lambda v: v.get("/api/v1/openapi.json")),
    "health": (200, lambda v: v.get("/healthz")),
    "file": (200, lambda v: v.get("/reports/counts.csv")),
    "redirect": (302, lambda v: v.get("/system")),
    "no form token": (400, lambda v: v.post("/logout", headers={"X-CSRFToken": ""})),
    "nobody": (401, lambda v: v.get("/api/v1/articles")),
    "not allowed": (403, lambda v: v.get("/system/people")),
    "not there": (404, lambda v: v.get("/nowhere")),
    "not there, to a program": (404, lambda v: v.get("/api/v1/nowhere")),
    "wrong method": (405, lambda v: v.get("/logout")),
    "too large": (413, lambda v: v.post("/me/password", data={"current": "x" * 22_500_000})),
    "wrong field": (422, lambda v: v.get("/reports/counts.csv?as_of=never")),
}


def check_headers(answer: TestResponse) -> None:
    policy = answer.headers["Content-Security-Policy"]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert "unsafe" not in policy
    assert re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", parts["script-src"]), policy
    assert re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", parts["style-src"]), policy
    assert parts["style-src-attr"] == "'none'"
    assert parts["frame-ancestors"] == "'none'"
    assert parts["object-src"] == "'none'"
    assert parts["base-uri"] == "'none'"
    assert parts["form-action"] == "'self'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ANSWERS)
def test_every_kind_of_answer_carries_the_headers_and_is_not_kept(
    app: Flask, newsroom: Newsroom, name: str
):
    status, ask = ANSWERS[name]
    answer = ask(signed_in(app, "editor"))
    assert answer.status_code == status
    check_headers(answer)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/columns", "/api/v1/columns"])
def test_a_crash_carries_the_headers_a_number_and_no_details(
    app: Flask, newsroom: Newsroom, path: str
):
    visitor = signed_in(app, "editor")
    headers = {"Authorization": f"Bearer {newsroom.token('editor')}"} if "api" in path else {}
    _break_the_database(newsroom)
    with capture_logs() as logged:
        answer = visitor.get(path, headers=headers)
    assert answer.status_code == 500
    check_headers(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    said = answer.get_data(as_text=True)
    assert [f"编号 {line['incident']}" in said for line in logged] == [True]
    assert "campaign" not in said
    assert "Traceback" not in said


def test_too_many_attempts_carry_the_headers(newsroom: Newsroom):
    settings = newsroom.context.settings.model_copy(update={"sign_in_rate": "1 per minute"})
    visitor = Visitor(create_app(settings, parts=newsroom.context))
    visitor.sign_in("editor", "wrong")
    answer = visitor.sign_in("editor", "wrong")
    assert answer.status_code == 429
    check_headers(answer)


def test_what_never_changes_may_be_kept_and_is_still_guarded(app: Flask, newsroom: Newsroom):
    visitor = signed_in(app, "editor")
    for path in ("/static/css/base.css", f"/media/{newsroom.asset()}/320"):
        answer = visitor.get(path)
        assert answer.status_code == 200
        check_headers(answer)
        assert answer.headers["Cache-Control"] != "no-store"


def test_a_picture_is_kept_by_the_browser_alone_never_by_a_cache_in_between(
    app: Flask, newsroom: Newsroom
):
    answer = signed_in(app, "editor").get(f"/media/{newsroom.asset()}/320")
    assert "private" in answer.headers["Cache-Control"]


def test_only_the_writing_page_may_carry_style_attributes(app: Flask, newsroom: Newsroom):
    visitor = signed_in(app, "editor")
    answer = visitor.get(f"/articles/{newsroom.draft()}/edit")
    policy = answer.headers["Content-Security-Policy"]
    assert "style-src-attr 'unsafe-inline'" in policy
    assert policy.count("unsafe") == 1


def test_no_page_of_another_house_may_frame_ours_and_only_the_phone_is_framed_by_us(
    app: Flask, newsroom: Newsroom
):
    article_id, visitor = newsroom.draft(), signed_in(app, "editor")
    framed = visitor.get(f"/articles/{article_id}/phone").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in framed
    plain = visitor.get(f"/articles/{article_id}").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in plain


def test_the_nonce_of_a_page_is_its_own(app: Flask, newsroom: Newsroom):
    visitor = signed_in(app, "editor")
    policies = {visitor.get("/articles").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3
