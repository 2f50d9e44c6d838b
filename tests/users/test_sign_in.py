"""Coming in and going out: cookies, redirects, limits, and what the audit trail keeps of it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests.cast import PASSWORD, SYSTEM, Newsroom
from tests.databases import sqlite_url
from tests.visitor import Visitor, signed_in
from webapp.app import create_app
from webapp.kernel.audit import AuditEntry, list_entries
from webapp.kernel.web import Context
from webapp.users.service import add_user, get_user, hash_password, set_active, set_password

OTHER_PASSWORD = "another-good-password"


@pytest.fixture
def database_url(templates: Path, tmp_path: Path) -> str:
    return sqlite_url(templates, tmp_path)


def entries(newsroom: Newsroom, action: str) -> list[AuditEntry]:
    with newsroom.step() as session:
        return [e for e in list_entries(session, limit=200) if e.action == action]


def reconfigured(context: Context, **settings: object) -> Flask:
    changed = context.settings.model_copy(update=settings)
    app = create_app(changed, parts=context)
    app.testing = True
    return app


def is_in(visitor: Visitor) -> bool:
    return visitor.get("/me").status_code == 200


def test_the_right_password_opens_the_desk(app: Flask, newsroom: Newsroom):
    visitor = Visitor(app)
    answer = visitor.sign_in("editor")
    assert (answer.status_code, answer.location) == (302, "/")
    assert is_in(visitor)


def test_a_name_is_taken_in_any_case(app: Flask, newsroom: Newsroom):
    assert Visitor(app).sign_in("Editor").status_code == 302


@pytest.mark.parametrize("name", ["li", "lin", "zhang.san", "a-b_c", "0731", "x" * 64])
def test_whoever_can_be_added_can_come_in(app: Flask, newsroom: Newsroom, name: str):
    password_hash = password_hash_of(newsroom, "editor")
    with newsroom.step() as session:
        add_user(session, name, password_hash=password_hash, actor=SYSTEM, now=newsroom.clock())
    assert Visitor(app).sign_in(name).status_code == 302


def password_hash_of(newsroom: Newsroom, name: str) -> str:
    with newsroom.step() as session:
        return get_user(session, name).password


@pytest.mark.parametrize(
    ("kept", "typed"),
    [("同心同德，共克时艰！！", "同心同德，共克时艰！！"), ("caf\u00e9 au lait", "cafe\u0301 au lait"),
     ("ＡＢＣ１２３４５６７", "ABC1234567"), (" blanks count ", " blanks count ")],
)  # fmt: skip
def test_a_password_may_be_of_any_script_and_is_the_same_however_it_was_typed(
    app: Flask, newsroom: Newsroom, kept: str, typed: str
):
    with newsroom.step() as session:
        get_user(session, "editor").password = hash_password(kept)
    assert Visitor(app).sign_in("editor", typed).status_code == 302
    assert Visitor(app).sign_in("editor", typed + "x").status_code == 200


def test_signing_in_changes_nothing_that_is_kept_of_the_password(app: Flask, newsroom: Newsroom):
    before = password_hash_of(newsroom, "editor")
    signed_in(app, "editor")
    assert password_hash_of(newsroom, "editor") == before


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("editor", "wrong-password"),
        ("editor", "x" * 100_000),
        ("nobody", PASSWORD),
        ("", ""),
        ("editor", ""),
        ("'--", "x" * 5000),
    ],
)
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(
    app: Flask, newsroom: Newsroom, name: str, password: str
):
    visitor = Visitor(app)
    answer = visitor.sign_in(name, password)
    assert answer.status_code == 200
    assert "用户名或密码不对" in answer.get_data(as_text=True)
    assert not is_in(visitor)


def test_passwords_are_kept_as_argon2id(newsroom: Newsroom):
    with newsroom.step() as session:
        kept = get_user(session, "editor").password
    assert kept.startswith("$argon2id$v=19$")


def test_every_sign_in_is_in_the_trail_with_its_address(app: Flask, newsroom: Newsroom):
    signed_in(app, "editor")
    [entry] = entries(newsroom, "user.sign_in")
    assert (entry.actor, entry.address) == ("editor", "127.0.0.1")


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_every_failed_sign_in_is_in_the_trail_and_never_the_password(
    app: Flask, newsroom: Newsroom, accept: str
):
    visitor = Visitor(app)
    visitor.look_at("/login")
    form = {"username": "editor", "password": "my-secret-typo"}
    visitor.post("/login", data=form, headers={"Accept": accept})
    [entry] = entries(newsroom, "user.sign_in_failed")
    assert entry.actor == "editor"
    with newsroom.step() as session:
        everything = [vars(e) for e in list_entries(session, limit=500)]
    assert "my-secret-typo" not in str(everything)


def test_a_failed_sign_in_by_json_is_in_the_trail_too(app: Flask, newsroom: Newsroom):
    visitor = Visitor(app)
    visitor.look_at("/login")
    answer = visitor.post("/login", json={"username": "editor", "password": "wrong-password"})
    assert answer.status_code == 400
    [entry] = entries(newsroom, "user.sign_in_failed")
    assert entry.actor == "editor"


def test_a_name_that_nobody_has_is_not_kept_for_it_may_be_a_password(
    app: Flask, newsroom: Newsroom
):
    Visitor(app).sign_in("my-secret-typo")
    [entry] = entries(newsroom, "user.sign_in_failed")
    assert entry.actor == "（没有的用户名）"


def test_a_form_that_was_not_looked_at_is_no_failed_sign_in(app: Flask, newsroom: Newsroom):
    visitor = Visitor(app)
    assert visitor.post("/login", data={"username": "editor", "password": "x"}).status_code == 400
    assert entries(newsroom, "user.sign_in_failed") == []


def test_signing_out_is_in_the_trail_and_ends_the_session(app: Flask, newsroom: Newsroom):
    visitor = signed_in(app, "editor")
    assert visitor.post("/logout").status_code == 302
    assert not is_in(visitor)
    assert [e.actor for e in entries(newsroom, "user.sign_out")] == ["editor"]


def test_signing_out_by_following_a_link_is_not_possible(app: Flask, newsroom: Newsroom):
    visitor = signed_in(app, "editor")
    assert visitor.get("/logout").status_code == 405
    assert is_in(visitor)


def cookies(answer) -> dict[str, str]:
    return {c.partition("=")[0]: c for c in answer.headers.getlist("Set-Cookie")}


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    app: Flask, newsroom: Newsroom
):
    cookie = cookies(Visitor(app).sign_in("editor"))["session"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_under_https_the_session_cookie_travels_encrypted_only(
    context: Context, newsroom: Newsroom
):
    app = reconfigured(context, public_url="https://example.org")
    visitor = Visitor(app, base_url="https://example.org")
    visitor.look_at("/login")
    answer = visitor.post(
        "/login",
        data={"username": "editor", "password": PASSWORD},
        headers={"Referer": "https://example.org/login"},
    )
    assert answer.status_code == 302
    assert "Secure" in cookies(answer)["session"]


def test_there_is_no_cookie_that_outlives_the_session(app: Flask, newsroom: Newsroom):
    visitor = Visitor(app)
    visitor.look_at("/login")
    form = {"username": "editor", "password": PASSWORD, "remember": "y"}
    assert set(cookies(visitor.post("/login", data=form))) == {"session"}


def test_no_token_is_handed_out_that_no_one_could_take_back(app: Flask, newsroom: Newsroom):
    """Flask-Security would give one, and take it in an address."""
    visitor = Visitor(app)
    visitor.look_at("/login")
    form = {"username": "editor", "password": PASSWORD}
    answer = visitor.post("/login?include_auth_token", json=form)
    assert answer.status_code == 200
    token = answer.get_json()["response"]["user"].get("authentication_token", "none")
    stranger = app.test_client()
    assert stranger.get(f"/me?auth_token={token}").status_code == 302
    assert stranger.get("/me", headers={"Authentication-Token": token}).status_code == 302


ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example",
    "\\\\evil.example", " //evil.example", "\t//evil.example", "\x19//evil.example", "http:evil.example",
    "https:///evil.example", "javascript:alert(1)", "data:text/html,x", "https://localhost@evil.example/",
    "https://localhost\\@evil.example", "/\t/evil.example", "%2F%2Fevil.example",
)  # fmt: skip


def where_a_browser_goes(location: str) -> str:
    """As the URL standard reads it: tabs and line ends vanish, a backslash is a slash."""
    seen = location.strip("".join(map(chr, range(33))))
    seen = seen.translate({9: None, 10: None, 13: None}).replace("\\", "/")
    if seen.startswith("//"):
        return urlsplit("http://" + seen.lstrip("/")).hostname or ""
    parts = urlsplit(seen)
    return parts.hostname or ("localhost" if parts.scheme in ("", "http") else parts.scheme)


@pytest.mark.parametrize("next_", ELSEWHERE)
@pytest.mark.parametrize("sent", ["form", "address"])
def test_after_signing_in_one_stays_in_this_house(
    app: Flask, newsroom: Newsroom, next_: str, sent: str
):
    visitor = Visitor(app)
    visitor.look_at("/login")
    form = {"username": "editor", "password": PASSWORD}
    if sent == "form":
        answer = visitor.post("/login", data={**form, "next": next_})
    else:
        answer = visitor.post("/login", data=form, query_string={"next": next_})
    if answer.status_code == 302:
        assert where_a_browser_goes(answer.location) == "localhost", answer.location
    assert "evil.example" not in answer.headers.get("Location", "").split("/")[:3]


def test_after_signing_in_one_comes_to_the_page_that_was_asked_for(app: Flask, newsroom: Newsroom):
    visitor = Visitor(app)
    asked = visitor.get("/articles?status=draft")
    assert asked.location == "/login?next=/articles?status%3Ddraft"
    answer = visitor.sign_in("editor", next_="/articles?status=draft")
    assert answer.location == "/articles?status=draft"


def test_a_new_password_ends_every_other_session_and_keeps_one_s_own(
    app: Flask, newsroom: Newsroom
):
    here, elsewhere = signed_in(app, "editor"), signed_in(app, "editor")
    form = {"current": PASSWORD, "password": OTHER_PASSWORD, "again": OTHER_PASSWORD}
    assert here.post("/me/password", data=form).status_code == 303
    assert is_in(here)
    assert not is_in(elsewhere)
    assert Visitor(app).sign_in("editor").status_code == 200
    assert Visitor(app).sign_in("editor", OTHER_PASSWORD).status_code == 302


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (
            {"current": "wrong", "password": OTHER_PASSWORD, "again": OTHER_PASSWORD},
            "现在的密码不对",
        ),
        ({"current": PASSWORD, "password": OTHER_PASSWORD, "again": "typo"}, "两次写的不一样"),
        ({"current": PASSWORD, "password": "short", "again": "short"}, "密码至少要 10 个字符"),
    ],
)
def test_a_password_that_cannot_be_taken_changes_nothing(
    app: Flask, newsroom: Newsroom, form: dict[str, str], sentence: str
):
    visitor = signed_in(app, "editor")
    assert sentence in visitor.post("/me/password", data=form).get_data(as_text=True)
    assert Visitor(app).sign_in("editor").status_code == 302


def test_whoever_is_switched_off_is_out_at_once(app: Flask, newsroom: Newsroom):
    visitor = signed_in(app, "editor")
    token = newsroom.token("editor")
    with newsroom.step() as session:
        set_active(session, get_user(session, "editor"), False, actor=SYSTEM, now=newsroom.clock())
    assert not is_in(visitor)
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/columns", headers=headers).status_code == 401
    assert Visitor(app).sign_in("editor").status_code == 200


def test_a_one_time_password_lets_one_do_nothing_but_choose_another(app: Flask, newsroom: Newsroom):
    with newsroom.step() as session:
        user = get_user(session, "editor")
        set_password(
            session, user, hash_password(OTHER_PASSWORD), actor=SYSTEM, now=newsroom.clock()
        )
    visitor = Visitor(app)
    visitor.sign_in("editor", OTHER_PASSWORD)
    answer = visitor.get("/articles")
    assert (answer.status_code, answer.location) == (303, "/me")
    form = {"current": OTHER_PASSWORD, "password": PASSWORD, "again": PASSWORD}
    assert visitor.post("/me/password", data=form).status_code == 303
    assert visitor.get("/articles").status_code == 200


def test_too_many_attempts_get_a_sentence_and_no_answer(context: Context, newsroom: Newsroom):
    app = reconfigured(context, sign_in_rate="3 per minute")
    visitor = Visitor(app)
    visitor.look_at("/login")
    form = {"username": "editor", "password": "wrong-password"}
    assert [visitor.post("/login", data=form).status_code for _ in range(3)] == [200] * 3
    answer = visitor.post("/login", data={**form, "password": PASSWORD})
    assert answer.status_code == 429
    assert "试得太频繁了，请过一分钟再来" in answer.get_data(as_text=True)
    assert not is_in(visitor)
    assert visitor.get("/login").status_code == 200


def test_the_limit_counts_by_the_address_that_the_proxy_tells(context: Context, newsroom: Newsroom):
    app = reconfigured(context, sign_in_rate="1 per minute", trusted_proxies=1)
    form = {"username": "editor", "password": "wrong-password"}

    def knock(address: str) -> int:
        visitor = Visitor(app)
        visitor.look_at("/login")
        return visitor.post("/login", data=form, headers={"X-Forwarded-For": address}).status_code

    assert [knock("192.0.2.1"), knock("192.0.2.1"), knock("192.0.2.2")] == [200, 429, 200]


def test_a_limit_store_that_is_down_keeps_nobody_out(context: Context, newsroom: Newsroom):
    app = reconfigured(context, queue_url="redis://127.0.0.1:1/0")
    assert Visitor(app).sign_in("editor").status_code == 302
