from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.commands.office import Office
from tests.databases import empty_postgres
from tests.services import need_postgres
from webapp.columns.service import list_columns

COLUMNS = [
    ("frontline", "同心同行 抗疫有我", "story"),
    ("advice", "我为抗疫建箴言", "advice"),
    ("calligraphy", "抗疫文苑", "artwork"),
]


def columns_of(office: Office) -> list[tuple[str, str, str]]:
    context = office.open()
    with context.db.step() as session:
        found = [(c.slug, c.name, c.kind) for c in list_columns(session)]
    context.db.dispose()
    return found


def test_upgrade_makes_the_database_and_the_columns_and_again_changes_nothing(bare: Office):
    said = bare.run("db", "upgrade").done()
    assert said == "数据库已是最新。新建专栏：同心同行 抗疫有我、我为抗疫建箴言、抗疫文苑。\n"
    assert columns_of(bare) == COLUMNS
    assert bare.say("db", "upgrade").done() == "数据库已是最新。\n"
    assert columns_of(bare) == COLUMNS


@pytest.mark.postgres
def test_upgrade_on_postgresql(tmp_path: Path):
    need_postgres()
    with empty_postgres() as url:
        office = Office(folder=tmp_path / "office", database_url=url)
        assert "新建专栏" in office.say("db", "upgrade").done()
        assert office.say("db", "upgrade").done() == "数据库已是最新。\n"
        assert columns_of(office) == COLUMNS


def test_a_column_changed_at_the_desk_stays_as_the_desk_made_it(office: Office):
    context = office.open()
    with context.db.step() as session:
        session.execute(
            text("UPDATE \"column\" SET name = '改过的名称', stages = 1 WHERE slug = 'advice'")
        )
    context.db.dispose()
    office.say("db", "upgrade").done()
    assert ("advice", "改过的名称", "advice") in columns_of(office)


def test_two_upgrades_at_once_make_one_database(bare: Office):
    bare.folder.mkdir()
    started = [bare.start("db", "upgrade") for _ in range(2)]
    ended = [(*process.communicate(timeout=120), process.returncode) for process in started]
    assert [(err, code) for _, err, code in ended] == [("", 0)] * 2
    assert sum("新建专栏" in out for out, _, _ in ended) == 1
    assert columns_of(bare) == COLUMNS


@pytest.mark.parametrize(
    "command", [["report", "counts"], ["audit", "verify"], ["token", "create", "--user", "editor"]]
)
def test_without_tables_a_command_says_what_to_do_first(bare: Office, command: list[str]):
    assert "tongxin db upgrade" in bare.say(*command).refused()


def test_a_database_of_a_newer_version_is_left_alone(office: Office):
    with sqlite3.connect(office.folder / "tongxin.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "更新的版本" in office.say("db", "upgrade").refused()


def test_a_database_that_is_no_database_is_said_so(bare: Office):
    bare.folder.mkdir()
    (bare.folder / "tongxin.db").write_bytes(b"not a database at all" * 100)
    assert "数据库打不开" in bare.say("db", "upgrade").refused()


def test_a_server_that_does_not_answer_is_said_so(bare: Office):
    office = Office(folder=bare.folder, database_url="postgresql://127.0.0.1:1/none")
    assert "数据库打不开" in office.say("db", "upgrade").refused()


def test_a_folder_that_cannot_be_is_said_so(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    office = Office(folder=tmp_path / "file" / "office")
    assert "不能读写" in office.say("db", "upgrade").refused()


@pytest.mark.parametrize(
    "arguments",
    [[], ["db"], ["nonsense"], ["db", "downgrade"], ["user", "add"], ["token", "create"], ["import"],
     ["user", "add", "x", "--role", "king"], ["report", "counts", "--by", "weather"],
     ["report", "counts", "--as-of", "2026-13-40"], ["report", "counts", "--format", "pdf"],
     ["import", "/nowhere/a.txt", "--column", "advice"], ["restore", "/nowhere/b.zip"],
     ["account", "add", "x", "--appid", "wx1"], ["serve", "--port", "many"], ["user", "add", "x", "--role", "reviewer", "--stage", "4"]],
)  # fmt: skip
def test_wrong_usage_ends_with_two(bare: Office, arguments: list[str]):
    said = bare.say(*arguments)
    assert said.code == 2
    assert not bare.folder.exists()


def test_wrong_usage_ends_with_two_as_a_process_too(bare: Office):
    said = bare.run("user", "add", "x", "--role", "king")
    assert (said.code, said.out) == (2, b"")
    assert "king" in said.err


@pytest.mark.parametrize(
    ("key", "value"),
    [("poll_seconds", "abc"), ("time_zone", "Mars/Base"), ("database_url", "mysql://x")],
)
def test_a_wrong_setting_is_named_in_one_sentence(bare: Office, key: str, value: str):
    sentence = bare.with_(**{key: value}).say("db", "upgrade").refused()
    assert f"TONGXIN_{key.upper()}" in sentence
    assert value not in sentence
