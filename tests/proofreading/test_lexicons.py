"""Lexicons kept at the desk: taken in whole or not at all, looked for from the next keystroke on, and swept through the archive."""

from __future__ import annotations

import io
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import Newsroom
from tests.visitor import Visitor, signed_in
from webapp.articles.queries import get_article
from webapp.kernel.audit import list_entries
from webapp.lexicon.service import list_word_lists
from webapp.proofreading.service import begin_sweep_if_rules_changed, problems_of
from webapp.users.permissions import Actor

SYSTEM = Actor.system("test")
TABLE = "词,级别,理由,改为\n白大褂,必改,写明职务,医务人员\n社区,提示,,\n"


@pytest.fixture
def admin(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "admin")


def send(visitor: Visitor, text: str | bytes, name: str = "慎用词.csv") -> TestResponse:
    data = text.encode() if isinstance(text, str) else text
    return visitor.post("/proofreading/lexicons", data={"file": (io.BytesIO(data), name)})


def found(newsroom: Newsroom, article_id: int) -> set[tuple[str, str]]:
    with newsroom.step() as session:
        findings = problems_of(session, get_article(session, article_id), newsroom.clock().date())
        return {(f.excerpt, f.severity) for f in findings if f.code.startswith("lexicon")}


def lists(newsroom: Newsroom) -> dict[str, tuple[int, int, bool]]:
    with newsroom.step() as session:
        return {
            one.name: (one.terms, one.musts, one.retired_at is None)
            for one in list_word_lists(session)
        }


def test_what_an_administrator_takes_in_is_looked_for_at_once(admin: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft()
    assert found(newsroom, article_id) == set()
    assert send(admin, TABLE).status_code == 303
    assert found(newsroom, article_id) == {("白大褂", "must"), ("社区", "should")}
    page = unescape(admin.get("/proofreading/lexicons").text)
    assert "慎用词.csv" in page
    assert "2 条" in page
    back = admin.get("/proofreading/lexicons/1/file")
    assert back.data.decode("utf-8-sig") == TABLE


def test_one_wrong_line_is_told_by_its_number_and_what_was_in_force_stays(
    admin: Visitor, newsroom: Newsroom
):
    send(admin, TABLE)
    wrong = send(admin, "词,级别\n白大褂,必改\n社,提示\n一线,随便\n")
    page = unescape(wrong.text)
    assert wrong.status_code == 422
    assert "慎用词.csv 第 3 行：词（term）太短" in page
    assert "慎用词.csv 第 4 行：级别（severity）只能是必改（must）或提示（should）" in page
    assert lists(newsroom) == {"慎用词.csv": (2, 1, True)}


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"PK\x03\x04\x00\x00\x00\x08" * 40, "词.xlsx", "另存为“CSV UTF-8”"),
        (b"\x00\x01\x02\x03\xff\xfe\x00" * 40, "词.csv", "不是文字"),
        ("# 只有说明\n", "词.txt", "一条也没有"),
        ("[[people]]", "names.toml", "词库要是"),
        ("甲乙\n", "很" * 120 + ".txt", "文件名最长 100 个字"),
    ],
)
def test_what_is_no_lexicon_is_refused_in_a_sentence(
    data: bytes | str, name: str, told: str, admin: Visitor, newsroom: Newsroom
):
    answer = send(admin, data, name)
    assert answer.status_code == 422
    assert told in unescape(answer.text)
    assert lists(newsroom) == {}


def test_tables_of_people_and_organisations_are_kept_at_the_desk_too(
    admin: Visitor, newsroom: Newsroom
):
    people = "姓名,职务,又作,误写,起,止\n赵守信,主任委员,主委,赵守新、赵首信,2017-06-01,2022-06-30\n赵守信,顾问,,,2022-07-01,\n"
    send(admin, people, "人名.csv")
    send(admin, "机构,简称,误写\n社区防疫协会,防协,社区防疫学会\n", "机构.csv")
    article_id = newsroom.draft(newsroom.content(text="赵守新到社区防疫学会看望大家。"))
    with newsroom.step() as session:
        day = newsroom.clock().date()
        told = problems_of(session, get_article(session, article_id), day)
    fixes = {(f.excerpt, f.fix) for f in told}
    assert fixes >= {("赵守新", "赵守信"), ("社区防疫学会", "社区防疫协会")}
    page = unescape(admin.get("/proofreading/lexicons").text)
    assert "人名职务" in page
    assert "机构名称" in page


def test_a_wrong_line_of_a_table_of_people_is_told(admin: Visitor):
    wrong = send(admin, "姓名,职务,误写,起\n赵守信,,赵守信,\n钱多多,,,2022-01-01\n", "人名.csv")
    page = unescape(wrong.text)
    assert "人名.csv 第 2 行：wrong 里有正确的姓名" in page
    assert "人名.csv 第 3 行：写了又作或起止日期，就要写职务" in page


def test_nothing_chosen_is_told(admin: Visitor):
    answer = admin.post("/proofreading/lexicons", data={})
    assert "没有收到文件" in unescape(answer.text)


def test_a_table_as_excel_saves_it_in_chinese_is_read(admin: Visitor, newsroom: Newsroom):
    send(admin, TABLE.encode("gb18030"))
    assert lists(newsroom) == {"慎用词.csv": (2, 1, True)}


def test_the_same_name_takes_its_place_and_what_is_retired_comes_back(
    admin: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    send(admin, TABLE)
    send(admin, "一线的事\n", "慎用词.csv".replace("csv", "txt"))
    send(admin, "词\n社区\n")
    assert found(newsroom, article_id) == {("社区", "should"), ("一线的事", "should")}
    admin.post("/proofreading/lexicons/1/retire")
    assert found(newsroom, article_id) == {("一线的事", "should")}
    assert "停用的" in unescape(admin.get("/proofreading/lexicons").text)
    assert admin.post("/proofreading/lexicons/1/retire").status_code == 409
    admin.post("/proofreading/lexicons/1/bring-back")
    assert ("社区", "should") in found(newsroom, article_id)
    assert admin.post("/proofreading/lexicons/1/bring-back").status_code == 409
    assert admin.post("/proofreading/lexicons/9/retire").status_code == 404
    with newsroom.step() as session:
        actions = [e.action for e in list_entries(session) if e.action.startswith("lexicon")]
    assert sorted(actions) == ["lexicon.bring_back", "lexicon.put", "lexicon.put", "lexicon.put", "lexicon.retire"]  # fmt: skip


def test_who_writes_sees_the_lexicons_and_changes_none(
    app: Flask, newsroom: Newsroom, admin: Visitor
):
    send(admin, TABLE)
    editor = signed_in(app, "editor")
    page = unescape(editor.get("/proofreading/lexicons").text)
    assert "慎用词.csv" in page
    assert "传一个词库" not in page
    assert "停用" not in page
    assert send(editor, TABLE).status_code == 403
    assert editor.post("/proofreading/lexicons/1/retire").status_code == 403


def test_another_lexicon_makes_the_archive_be_swept(admin: Visitor, newsroom: Newsroom):
    def swept() -> int | None:
        with newsroom.step() as session:
            sweep = begin_sweep_if_rules_changed(session, actor=SYSTEM, now=newsroom.clock(),
                                                 as_of=newsroom.clock().date())  # fmt: skip
            if sweep is not None:
                sweep.state = "done"
            return sweep.id if sweep else None

    assert swept() is not None
    assert swept() is None
    send(admin, TABLE)
    assert swept() is not None
