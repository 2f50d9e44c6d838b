from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import text

from tests.cast import Newsroom
from tests.clock import FakeClock
from tests.databases import on_sqlite
from tests.queries import counted
from tests.sandbox.server import APPID, SECRET, running_sandbox
from tests.visitor import Visitor, signed_in
from webapp.app import create_app
from webapp.columns.service import get_column
from webapp.kernel.web import create_context
from webapp.users.models import User
from webapp.users.service import find_token, get_user
from webapp.wechat.service import find_account

_ONCE = re.compile(r'<code id="(?:password|token)">([^<]+)</code>')


@pytest.fixture
def admin(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "admin")


@pytest.fixture
def auditor(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "auditor")


def page_of(visitor: Visitor, path: str) -> str:
    answer = visitor.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def shown_once(page: str) -> str:
    found = _ONCE.search(page)
    assert found, page
    return found.group(1)


def person(newsroom: Newsroom, name: str) -> User:
    with newsroom.step() as session:
        return get_user(session, name)


def test_the_first_tab_is_one_that_is_open_to_the_person(app: Flask, newsroom: Newsroom):
    for name, tab in (("admin", "people"), ("auditor", "accounts"), ("editor", "tokens")):
        answer = signed_in(app, name).get("/system")
        assert answer.location == f"/system/{tab}"


# People


def test_a_new_person_gets_a_password_that_is_shown_once_and_must_be_changed(
    app: Flask, admin: Visitor, newsroom: Newsroom
):
    form = {"display_name": "何新", "username": "hexin", "unit": "宣传处"}
    answer = admin.post("/system/people", data=form)
    password = shown_once(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert password not in page_of(admin, "/system/people")
    newcomer = Visitor(app)
    assert newcomer.sign_in("hexin", password).status_code == 302
    assert newcomer.get("/articles").location == "/me"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"username": "hexin", "display_name": ""}, "要有姓名"),
        ({"username": "何 新", "display_name": "何新"}, "用户名只能用小写字母"),
        ({"username": "editor", "display_name": "何新"}, "已经有人用了"),
        ({"username": "hexin", "display_name": "字" * 101}, "最长 100 字"),
    ],
)
def test_a_person_who_cannot_be_added_is_told_why_and_what_was_typed_is_kept(
    form: dict[str, str], words: str, admin: Visitor
):
    answer = admin.post("/system/people", data=form)
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert words in page
    assert f'value="{form["username"]}"' in page
    assert not _ONCE.search(page)


def test_grants_are_given_by_role_column_and_stage_and_taken_with_an_undo(
    admin: Visitor, newsroom: Newsroom
):
    user = person(newsroom, "outsider")
    with newsroom.step() as session:
        column = get_column(session, "advice")
    form = {"role": "reviewer", "column": str(column.id), "stage": "2"}
    assert admin.post(f"/system/people/{user.id}/grants", data=form).status_code == 303
    page = page_of(admin, f"/system/people/{user.id}")
    assert "审核 · 第二审 · 我为抗疫建箴言" in page
    held = person(newsroom, "outsider").grants[0]
    answer = admin.post(f"/system/people/{user.id}/grants/{held.id}/revoke")
    assert answer.status_code == 303
    page = page_of(admin, f"/system/people/{user.id}")
    assert "还没有角色" in page
    toast = page[page.index('class="toast"') :]
    assert f'name="column" value="{column.id}"' in toast
    assert "撤销" in toast


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"role": "king", "column": "", "stage": ""}, "请选一个角色"),
        ({"role": "editor", "column": "99", "stage": ""}, "没有这个专栏"),
        ({"role": "editor", "column": "", "stage": "1"}, "只有审核角色才分审次"),
        ({"role": "reviewer", "column": "", "stage": "4"}, "审次只有"),
    ],
)
def test_a_grant_that_cannot_be_is_told_beside_its_field(
    form: dict[str, str], words: str, admin: Visitor, newsroom: Newsroom
):
    user = person(newsroom, "outsider")
    answer = admin.post(f"/system/people/{user.id}/grants", data=form)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert person(newsroom, "outsider").grants == []


def test_switching_off_ends_the_sessions_and_can_be_undone(
    app: Flask, admin: Visitor, newsroom: Newsroom
):
    user, editor = person(newsroom, "editor"), signed_in(app, "editor")
    assert editor.get("/articles").status_code == 200
    admin.post(f"/system/people/{user.id}/active", data={"active": ""})
    assert editor.get("/articles").status_code == 302
    page = page_of(admin, f"/system/people/{user.id}")
    assert "已停用" in page
    assert 'name="active" value="1"' in page[page.index('class="toast"') :]
    admin.post(f"/system/people/{user.id}/active", data={"active": "1"})
    assert person(newsroom, "editor").active


def test_nobody_switches_off_or_resets_oneself(admin: Visitor, newsroom: Newsroom):
    user = person(newsroom, "admin")
    assert admin.post(f"/system/people/{user.id}/active", data={"active": ""}).status_code == 409
    assert admin.post(f"/system/people/{user.id}/password").status_code == 403
    assert person(newsroom, "admin").active


def test_a_reset_password_is_shown_once_and_ends_the_sessions(
    app: Flask, admin: Visitor, newsroom: Newsroom
):
    user, editor = person(newsroom, "editor"), signed_in(app, "editor")
    password = shown_once(admin.post(f"/system/people/{user.id}/password").text)
    assert editor.get("/articles").status_code == 302
    assert Visitor(app).sign_in("editor", password).status_code == 302


def test_the_list_of_people_takes_a_fixed_number_of_statements(admin: Visitor, newsroom: Newsroom):
    numbers = set()
    for name in ("one", "two"):
        with counted(newsroom.context.db) as statements:
            page_of(admin, "/system/people")
        numbers.add(len(statements))
        admin.post("/system/people", data={"display_name": name, "username": name})
    assert len(numbers) == 1


# Official accounts


def test_an_account_is_connected_and_its_secret_is_never_shown(admin: Visitor, newsroom: Newsroom):
    form = {"name": "社省委", "appid": "wx0123456789abcdef", "secret": "very-secret", "aes_key": ""}
    answer = admin.post("/system/accounts", data=form)
    assert answer.status_code == 303
    page = page_of(admin, answer.location)
    assert "very-secret" not in page
    assert "http://localhost/wechat/callback/1" in page
    with newsroom.step() as session:
        found = find_account(session, "社省委")
        assert found is not None
        assert found.callback_token in page
        assert newsroom.context.box.open(found.locked_secret) == "very-secret"
    form = {"secret": "newer-secret"}
    assert admin.post(f"{answer.location}/secret", data=form).status_code == 303


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"appid": "123"}, "AppID 以 wx 开头"),
        ({"secret": ""}, "AppSecret 不能为空"),
        ({"name": " "}, "公众号要有名称"),
        ({"aes_key": "short"}, "EncodingAESKey 要有 43 个字符"),
    ],
)
def test_an_account_that_cannot_be_is_told_and_the_secret_is_not_echoed(
    change: dict[str, str], words: str, admin: Visitor
):
    form = {"name": "社省委", "appid": "wx0123456789abcdef", "secret": "very-secret", **change}
    answer = admin.post("/system/accounts", data=form)
    assert answer.status_code == 422
    assert words in unescape(answer.text)
    assert "very-secret" not in answer.text


def test_the_check_up_asks_the_platform_and_says_what_it_found(
    newsroom: Newsroom, clock: FakeClock
):
    with running_sandbox() as sandbox:
        settings = newsroom.context.settings.model_copy(
            update={"wechat_api_base_url": sandbox.base_url}
        )
        parts = create_context(settings, clock=clock)
        admin = signed_in(create_app(settings, parts=parts), "admin")
        for name, secret in (("好的", SECRET), ("坏的", "wrong")):
            appid = APPID if secret == SECRET else "wx5a4db0c0000000009"
            form = {"name": name, "appid": appid, "secret": secret}
            address = admin.post("/system/accounts", data=form).location
            page = unescape(admin.post(f"{address}/check").text)
            assert ("AppID、AppSecret 正确" in page) == (secret == SECRET)
            assert ("今日次数" in page) == (secret == SECRET)
        parts.db.dispose()


def test_who_may_only_look_sees_no_token_of_the_account(
    admin: Visitor, auditor: Visitor, newsroom: Newsroom
):
    with newsroom.step() as session:
        token = newsroom.account(session).callback_token
    assert token in page_of(admin, "/system/accounts/1")
    assert token not in page_of(auditor, "/system/accounts/1")
    assert auditor.post("/system/accounts", data={}).status_code == 403
    assert auditor.post("/system/accounts/1/secret", data={}).status_code == 403


# The audit trail


@on_sqlite
def test_the_trail_is_read_page_by_page_and_by_subject(auditor: Visitor, newsroom: Newsroom):
    first = newsroom.draft(newsroom.content(title="记在账上的稿"))
    for i in range(55):
        newsroom.draft(newsroom.content(title=f"别的稿 {i}"))
    page = page_of(auditor, "/system/audit")
    assert page.count('class="entry"') == 50
    more = re.search(r'href="([^"]+)" rel="next"', page)
    assert more
    assert page_of(auditor, more.group(1)).count('class="entry"') > 5
    page = page_of(auditor, f"/system/audit?kind=article&id={first}")
    assert page.count('class="entry"') == 1
    assert "建稿" in page
    assert "记在账上的稿" in page


def test_the_chain_is_checked_and_its_head_shown(auditor: Visitor, newsroom: Newsroom):
    newsroom.draft()
    page = unescape(auditor.post("/system/audit/verify").text)
    assert re.search(r"核对过 \d+ 条，一条不差", page)
    assert re.search(r'id="head" class="head">[0-9a-f]{64}<', page)


def test_a_changed_entry_is_found(auditor: Visitor, newsroom: Newsroom):
    newsroom.draft()
    with newsroom.step() as session:
        session.execute(text("UPDATE audit_entry SET actor = 'nobody' WHERE id = 3"))
    assert "第 3 条起对不上" in unescape(auditor.post("/system/audit/verify").text)


def test_only_the_auditor_reads_the_trail(admin: Visitor):
    assert admin.get("/system/audit").status_code == 403
    assert admin.post("/system/audit/verify").status_code == 403


# Tokens


def test_a_token_is_shown_once_limited_to_what_was_chosen_and_can_be_stopped(
    app: Flask, newsroom: Newsroom
):
    editor = signed_in(app, "editor")
    form = {"name": "门户网站", "scopes": ["article.read", "report.read"]}
    answer = editor.post("/system/tokens", data=form)
    token = shown_once(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    assert token not in page_of(editor, "/system/tokens")
    bearer = {"Authorization": f"Bearer {token}"}
    program = app.test_client()
    assert program.get("/api/v1/articles", headers=bearer).status_code == 200
    assert program.get("/api/v1/columns", headers=bearer).status_code == 403
    with newsroom.step() as session:
        found = find_token(session, token)
        assert found is not None
        number = found.id
    assert editor.post(f"/system/tokens/{number}/revoke").status_code == 303
    assert program.get("/api/v1/articles", headers=bearer).status_code == 401
    assert "已停用" in page_of(editor, "/system/tokens")


@pytest.mark.parametrize("scopes", [[], ["user.manage"], ["nothing.such"]])
def test_a_token_may_not_do_what_its_person_may_not(
    scopes: list[str], app: Flask, newsroom: Newsroom
):
    answer = signed_in(app, "editor").post("/system/tokens", data={"name": "x", "scopes": scopes})
    assert answer.status_code == 422
    assert "至少选一项" in unescape(answer.text)


def test_nobody_stops_another_s_token(app: Flask, newsroom: Newsroom):
    newsroom.token("publisher")
    with newsroom.step() as session:
        number = session.execute(text("SELECT id FROM api_token")).scalar_one()
    assert signed_in(app, "editor").post(f"/system/tokens/{number}/revoke").status_code == 404
