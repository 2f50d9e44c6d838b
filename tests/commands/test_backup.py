"""A backup made here comes up there, whatever the database; what is no whole backup changes nothing."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest

from tests.cast import Newsroom
from tests.clock import FakeClock
from tests.commands.conftest import furnish
from tests.commands.office import Office
from tests.ledger import Ledger
from tests.thorough import few
from webapp.articles.queries import Filters, list_articles
from webapp.articles.service import draft
from webapp.columns.service import list_columns
from webapp.kernel.audit import verify
from webapp.media.models import Asset
from webapp.reports.queries import By, Span, count_published
from webapp.tables import metadata
from webapp.users.service import get_user


@pytest.fixture
def busy(office: Office) -> Office:
    """Drafts, a published article and one taken back, pictures, people, an account."""
    context = office.open()
    clock = FakeClock()
    newsroom = Newsroom(context, clock).open()
    ledger = Ledger(newsroom, clock)
    ledger.publish("2020-03-05T04:00+00:00", unit="西安市委")
    _, gone = ledger.publish("2020-03-10T04:00+00:00")
    ledger.withdraw("2020-03-11T04:00+00:00", gone)
    newsroom.draft(newsroom.content("白大褂值守三天", pictures=2))
    newsroom.token("editor")
    with newsroom.step() as session:
        newsroom.account(session)
    context.db.dispose()
    return office


def seen(office: Office) -> dict[str, object]:
    """All that an outsider could tell two offices apart by."""
    context = office.open()
    with context.db.step() as session:
        found: dict[str, object] = {
            table.name: sorted(repr(tuple(row)) for row in session.execute(table.select()))
            for table in metadata.sorted_tables
        }
        found["trail"] = verify(session)
        found["hits"] = [a.title for a in list_articles(session, Filters(q="大褂")).items]
        counts = count_published(session, By.UNIT, _span(), context.settings.zone)
        found["counts"] = (counts.total, counts.rows, counts.sentence)
        found["pictures"] = [context.store.get(a.key) for a in session.query(Asset).order_by("id")]
    context.db.dispose()
    return found


def _span() -> Span:
    return Span(as_of=FakeClock().moment.date())


def test_a_backup_comes_up_in_another_office_as_it_was(busy: Office, tmp_path: Path):
    file = tmp_path / "备份.zip"
    said = busy.run("backup", str(file)).done()
    assert "稿件 3 篇，图片 3 张" in said
    other = Office(folder=tmp_path / "other")
    said = other.run("restore", str(file)).done()
    assert said == "已恢复：稿件 3 篇，图片 3 张，审计链核对无误。\n"
    assert seen(other) == seen(busy)
    assert len(seen(other)["pictures"]) == 3  # type: ignore[arg-type]


@pytest.mark.postgres
def test_a_backup_goes_from_sqlite_to_postgresql_and_back(
    busy: Office, grown: Office, tmp_path: Path
):
    there, back = tmp_path / "there.zip", tmp_path / "back.zip"
    busy.say("backup", str(there)).done()
    grown.say("restore", str(there)).done()
    assert seen(grown) == seen(busy)
    grown.say("backup", str(back)).done()
    again = Office(folder=tmp_path / "again")
    again.say("restore", str(back)).done()
    assert seen(again) == seen(busy)


@pytest.mark.postgres
def test_work_goes_on_where_a_backup_came_up(busy: Office, grown: Office, tmp_path: Path):
    """New rows get numbers that no restored row has."""
    file = tmp_path / "backup.zip"
    busy.say("backup", str(file)).done()
    for office in (grown, Office(folder=tmp_path / "other")):
        office.say("restore", str(file)).done()
        office.say("user", "add", "newcomer", "--role", "editor").done()
        context = office.open()
        clock = FakeClock()
        newsroom = Newsroom(context, clock)
        assert newsroom.draft(newsroom.content("新的一篇")) == 4
        Ledger(newsroom, clock).publish("2020-05-05T04:00+00:00")
        with newsroom.step() as session:
            verify(session)
            counts = count_published(session, By.COLUMN, _span(), context.settings.zone)
            columns = {c.slug: c.published_count for c in list_columns(session)}
        assert counts.total == 2
        assert columns["frontline"] == 2
        context.db.dispose()


def test_a_backup_is_made_while_someone_writes(busy: Office, tmp_path: Path):
    context = busy.open()
    newsroom = Newsroom(context, FakeClock())
    actor, content = newsroom.actor("editor"), newsroom.content("写到一半")
    file = tmp_path / "backup.zip"
    with context.db.transaction() as session:
        draft(session, newsroom.column(session), content, actor=actor, now=newsroom.clock())
        session.flush()
        busy.say("backup", str(file)).done()
    context.db.dispose()
    with zipfile.ZipFile(file) as archive:
        assert json.loads(archive.read("manifest.json"))["rows"]["article"] == 3
        assert "写到一半" not in archive.read("tables/article.jsonl").decode()


def test_the_secrets_in_a_backup_stay_locked(busy: Office, tmp_path: Path):
    file = tmp_path / "backup.zip"
    busy.say("backup", str(file)).done()
    with zipfile.ZipFile(file) as archive:
        [account] = archive.read("tables/account.jsonl").decode().splitlines()
        users = archive.read("tables/user.jsonl").decode()
    assert json.loads(account)["locked_secret"] != "secret"
    assert "a-good-password" not in users


@pytest.mark.parametrize("what", ["articles", "users", "accounts", "pictures"])
def test_an_office_in_use_is_not_overwritten(busy: Office, tmp_path: Path, what: str):
    file = tmp_path / "backup.zip"
    busy.say("backup", str(file)).done()
    other = furnish(Office(folder=tmp_path / "other"))
    context = other.open()
    newsroom = Newsroom(context, FakeClock())
    if what == "users":
        other.say("user", "add", "lin", "--role", "editor").done()
    elif what == "pictures":
        newsroom.asset()
    elif what == "accounts":
        with newsroom.step() as session:
            newsroom.account(session)
    else:
        newsroom.open().draft()
    before = seen(other)
    assert "恢复会盖掉它们" in other.say("restore", str(file)).refused()
    assert seen(other) == before
    context.db.dispose()


def spoilt(file: Path, how: str) -> None:
    data = bytearray(file.read_bytes())
    if how == "cut off":
        file.write_bytes(data[: len(data) * 2 // 3])
    elif how == "a byte changed":
        at = data.index(b"tables/revision.jsonl") + 200
        data[at] ^= 0xFF
        file.write_bytes(data)
    elif how == "empty":
        file.write_bytes(b"")
    elif how == "no zip":
        file.write_bytes(b"not a zip at all" * 1000)
    else:
        rewritten(file, how)


def rewritten(file: Path, how: str) -> None:
    source = file.with_suffix(".old")
    shutil.move(file, source)
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "tables/revision.jsonl" and how == "a table gone":
                continue
            if name == "tables/revision.jsonl" and how == "a row gone":
                data = data[: data.rindex(b"\n", 0, -1) + 1]
            if name == "tables/audit_entry.jsonl" and how == "the trail changed":
                data = data.replace(b'"editor"', b'"nobody"', 1)
            if name == "tables/article.jsonl" and how == "rows that are none":
                data = b'{"nonsense": 1}\n'
            if name == "manifest.json" and how == "another version":
                data = data.replace(b'"migration": "', b'"migration": "9')
            if name == "manifest.json" and how == "a newer form":
                data = data.replace(b'"format": 1', b'"format": 2')
            if name == "manifest.json" and how == "no manifest":
                continue
            new.writestr(name, data)


@pytest.mark.parametrize(
    ("how", "sentence"),
    few([("cut off", "文件不完整"), ("empty", "文件不完整"), ("no zip", "文件不完整"), ("a table gone", "文件不完整"),
         ("a byte changed", "文件不完整"), ("a row gone", "文件不完整"), ("rows that are none", "文件不完整"),
         ("no manifest", "文件不完整"), ("the trail changed", "对不上"), ("another version", "数据库版本与本程序不同"),
         ("a newer form", "更新的版本写成")], 6),
)  # fmt: skip
def test_a_file_that_is_no_whole_backup_changes_nothing(
    busy: Office, tmp_path: Path, how: str, sentence: str
):
    file = tmp_path / "backup.zip"
    busy.say("backup", str(file)).done()
    spoilt(file, how)
    other = furnish(Office(folder=tmp_path / "other"))
    before = seen(other)
    assert sentence in other.say("restore", str(file)).refused()
    assert seen(other) == before


def test_a_cut_off_file_ends_the_process_with_one(busy: Office, tmp_path: Path):
    file = tmp_path / "backup.zip"
    busy.say("backup", str(file)).done()
    spoilt(file, "cut off")
    assert "文件不完整" in Office(folder=tmp_path / "other").run("restore", str(file)).refused()


def test_a_backup_that_cannot_be_written_leaves_what_was_there(busy: Office, tmp_path: Path):
    assert "不能读写" in busy.say("backup", str(tmp_path / "nowhere" / "backup.zip")).refused()
    file = tmp_path / "backup.zip"
    file.write_bytes(b"the one of yesterday")
    context = busy.open()
    with context.db.step() as session:
        key = session.query(Asset).first().key  # type: ignore[union-attr]
    context.store.delete(key)
    context.db.dispose()
    busy.say("backup", str(file)).refused()
    assert file.read_bytes() == b"the one of yesterday"
    assert sorted(p.name for p in tmp_path.iterdir() if "backup" in p.name) == ["backup.zip"]


def test_the_password_still_fits_after_coming_up(busy: Office, tmp_path: Path):
    file = tmp_path / "backup.zip"
    busy.say("backup", str(file)).done()
    other = Office(folder=tmp_path / "other")
    other.say("restore", str(file)).done()
    context = other.open()
    with context.db.step() as session:
        assert get_user(session, "editor").verify_and_update_password("a-good-password")
    context.db.dispose()
    with sqlite3.connect(other.folder / "tongxin.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
