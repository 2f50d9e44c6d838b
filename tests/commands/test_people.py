from __future__ import annotations

import pytest

from tests.commands.office import Office
from tests.visitor import Visitor
from webapp.app import create_app
from webapp.columns.service import get_column
from webapp.kernel.audit import list_entries, verify
from webapp.kernel.settings import load_settings
from webapp.users.models import User
from webapp.users.service import get_user

PASSWORD = "a-good-password"


def user_of(office: Office, name: str) -> User:
    context = office.open()
    with context.db.step() as session:
        user = get_user(session, name)
    context.db.dispose()
    return user


def grants_of(office: Office, name: str) -> set[tuple[str, str | None, int | None]]:
    context = office.open()
    with context.db.step() as session:
        ids = {get_column(session, s).id: s for s in ("frontline", "advice", "calligraphy")}
    context.db.dispose()
    return {(g.role, ids.get(g.column_id or 0), g.stage) for g in user_of(office, name).grants}


def test_a_user_is_added_with_a_password_from_standard_input(office: Office):
    said = office.run("user", "add", "lin", "--role", "editor", "--password-stdin",
                      stdin=f"{PASSWORD}\n".encode())  # fmt: skip
    assert said.done() == "用户 lin 已建立。\n"
    user = user_of(office, "lin")
    assert user.verify_and_update_password(PASSWORD)
    assert not user.must_change_password
    assert grants_of(office, "lin") == {("editor", None, None)}


def test_without_a_password_a_one_time_one_is_printed_that_must_be_changed(office: Office):
    said = office.say("user", "add", "lin", "--role", "editor").done()
    password = said.strip().rpartition("：")[2]
    user = user_of(office, "lin")
    assert len(password) >= 12
    assert user.verify_and_update_password(password)
    assert user.must_change_password
    app = create_app(
        load_settings(instance=office.folder, secret_key="x" * 40, public_url="http://localhost")
    )
    visitor = Visitor(app)
    assert visitor.sign_in("lin", password).status_code == 302
    assert visitor.get("/articles").location == "/me"


def test_a_reviewer_is_named_for_columns_and_a_stage(office: Office):
    office.say("user", "add", "zhou", "--role", "reviewer", "--column", "advice", "--column", "frontline",
               "--stage", "2").done()  # fmt: skip
    assert grants_of(office, "zhou") == {
        ("reviewer", "advice", 2),
        ("reviewer", "frontline", 2),
    }


def test_a_second_role_is_added_and_the_password_stays(office: Office):
    office.say("user", "add", "lin", "--role", "editor", "--password-stdin", stdin=PASSWORD).done()
    said = office.say("user", "add", "lin", "--role", "publisher").done()
    assert said == "用户 lin 已在，角色已加授，密码没有改动。\n"
    assert grants_of(office, "lin") == {("editor", None, None), ("publisher", None, None)}
    assert user_of(office, "lin").verify_and_update_password(PASSWORD)


@pytest.mark.parametrize("role", ["admin", "administrator"])
def test_an_administrator_may_be_called_admin(office: Office, role: str):
    office.say("user", "add", "feng", "--role", role).done()
    assert grants_of(office, "feng") == {("administrator", None, None)}


@pytest.mark.parametrize(
    ("arguments", "stdin", "sentence"),
    [
        (["bad name!", "--role", "editor"], "", "用户名只能用"),
        (["lin", "--role", "editor", "--column", "nowhere"], "", "没有名为“nowhere”的专栏"),
        (["lin", "--role", "editor", "--stage", "1"], "", "只有审核角色才分审次"),
        (["lin", "--role", "editor", "--password-stdin"], "short\n", "密码至少要 10 个字符"),
        (["lin", "--role", "editor", "--password-stdin"], "", "密码至少要 10 个字符"),
        (["lin", "--role", "editor", "--password-stdin"], "x" * 2000, "密码最长"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_user(
    office: Office, arguments: list[str], stdin: str, sentence: str
):
    assert sentence in office.say("user", "add", *arguments, stdin=stdin).refused()
    context = office.open()
    with context.db.step() as session:
        assert session.query(User).count() == 0
    context.db.dispose()


def test_a_password_that_is_no_text_is_refused(office: Office):
    said = office.run("user", "add", "lin", "--role", "editor", "--password-stdin",
                      stdin=b"\xff\xfe\xff\xfe\xff\xfe\n")  # fmt: skip
    assert "不是 UTF-8" in said.refused()


def test_what_was_done_is_in_the_trail_and_no_password_is(office: Office):
    office.say("user", "add", "lin", "--role", "editor", "--password-stdin", stdin=PASSWORD).done()
    context = office.open()
    with context.db.step() as session:
        verify(session)
        entries = list_entries(session)
        found = {(e.action, e.actor) for e in entries}
        assert {("user.add", "system:command"), ("user.grant", "system:command")} <= found
        assert PASSWORD not in str([e.details for e in entries])
    context.db.dispose()


def test_a_token_is_printed_alone_and_opens_the_api(office: Office):
    office.say("user", "add", "lin", "--role", "editor").done()
    said = office.run("token", "create", "--user", "lin").done()
    assert len(said.splitlines()) == 1
    token = said.strip()
    assert len(token) == 43
    assert token.encode() not in (office.folder / "tongxin.db").read_bytes()
    app = create_app(load_settings(instance=office.folder, secret_key="x" * 40))
    answer = app.test_client().get("/api/v1/columns", headers={"Authorization": f"Bearer {token}"})
    assert [c["slug"] for c in answer.get_json()["items"]] == ["frontline", "advice", "calligraphy"]


def test_a_token_may_be_limited(office: Office):
    office.say("user", "add", "lin", "--role", "editor").done()
    token = office.say("token", "create", "--user", "lin", "--scope", "report.read").done().strip()
    app = create_app(load_settings(instance=office.folder, secret_key="x" * 40))
    headers = {"Authorization": f"Bearer {token}"}
    answers = [app.test_client().get(f"/api/v1/{p}", headers=headers).status_code
               for p in ("reports/counts", "articles")]  # fmt: skip
    assert answers == [200, 403]


def test_a_token_for_nobody_is_refused(office: Office):
    assert "没有名为“nobody”的用户" in office.say("token", "create", "--user", "nobody").refused()


@pytest.mark.postgres
def test_users_and_tokens_on_postgresql(grown: Office):
    grown.say("user", "add", "lin", "--role", "editor", "--column", "advice").done()
    assert grants_of(grown, "lin") == {("editor", "advice", None)}
    assert len(grown.say("token", "create", "--user", "lin").done().strip()) == 43
