"""The audit trail by command: whole, or exit 1 with the place."""

from __future__ import annotations

import re
import sqlite3

import pytest

from tests.commands.office import Office
from tests.thorough import few


def tamper(office: Office, statement: str) -> None:
    with sqlite3.connect(office.folder / "tongxin.db") as db:
        db.execute(statement)


@pytest.fixture
def busy(office: Office) -> Office:
    """Three columns, their campaign, two users with two roles: eight entries."""
    for name in ("lin", "zhou"):
        office.say("user", "add", name, "--role", "editor").done()
    return office


def test_a_whole_trail_is_told_with_its_head(busy: Office):
    said = busy.run("audit", "verify").done()
    assert re.fullmatch(r"审计记录 8 条，前后相扣，没有改动。链头 [0-9a-f]{64}\n", said)
    assert busy.say("audit", "verify").done() == said


@pytest.mark.parametrize(
    ("statement", "sentence"),
    few([
        ("UPDATE audit_entry SET actor = 'someone else' WHERE id = 4", "第 4 条起对不上"),
        ("UPDATE audit_entry SET details = '{\"username\": \"x\"}' WHERE id = 4", "第 4 条起对不上"),
        ("UPDATE audit_entry SET at = '2001-01-01 00:00:00.000000' WHERE id = 2", "第 2 条起对不上"),
        ("DELETE FROM audit_entry WHERE id = 5", "第 5 条起对不上"),
        ("INSERT INTO audit_entry SELECT id + 100, at, actor, address, action, subject_kind, subject_id,"
         " details, previous, checksum FROM audit_entry WHERE id = 3", "第 9 条起对不上"),
        ("DELETE FROM audit_entry WHERE id >= 6", "只剩 5 条，应有 8 条"),
        ("UPDATE audit_head SET entries = 6", "链头只记了 6 条"),
        ("DELETE FROM audit_head", "链头不见了"),
    ], 5),
)  # fmt: skip
def test_a_trail_that_was_tampered_with_is_told_with_the_place(
    busy: Office, statement: str, sentence: str
):
    tamper(busy, statement)
    assert sentence in busy.say("audit", "verify").refused()


def test_the_whole_tail_and_head_replaced_show_against_the_head_that_was_kept(busy: Office):
    """What no chain can tell: whoever may write everything. That is why the head is printed."""
    kept = busy.say("audit", "verify").done()
    tamper(busy, "DELETE FROM audit_entry WHERE id = 8")
    tamper(busy, "UPDATE audit_head SET entries = 7, checksum ="
           " (SELECT checksum FROM audit_entry WHERE id = 7)")  # fmt: skip
    assert busy.say("audit", "verify").done() != kept


@pytest.mark.postgres
def test_the_trail_on_postgresql(grown: Office):
    grown.say("user", "add", "lin", "--role", "editor").done()
    assert "6 条" in grown.say("audit", "verify").done()
