from __future__ import annotations

from datetime import date

import pytest

from tests.checks.articles import COLUMNS, DAY, LEXICON, codes, findings, told
from webapp.checks.rules import MAX_TERMS, load_rules
from webapp.kernel.errors import Invalid


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def rules(folder, day=DAY, **more):
    return load_rules(folder, COLUMNS, day, **more)


def write(folder, name, text):
    (folder / name).write_text(text, encoding="utf-8")


def refused(folder):
    with pytest.raises(Invalid) as caught:
        rules(folder)
    assert caught.value.code == "lexicon_invalid"
    assert "没有启用" in caught.value.message
    return [(f.field, f.message) for f in caught.value.fields]


def test_the_lexicons_that_ship_are_sound():
    shipped = load_rules(LEXICON, COLUMNS, DAY)
    assert told("请核对帐号。", "lexicon.term", shipped) == [("帐号", "账号")]
    assert [f.severity for f in findings("武汉肺炎", shipped)] == ["must"]


def test_an_empty_or_missing_folder_is_no_rules(folder):
    assert codes("帐号", rules(folder)) == []
    assert codes("帐号", rules(folder / "nowhere")) == []


def test_csv_toml_and_plain_text_say_the_same(folder):
    write(folder, "a.csv", "term,severity,reason,replacement\n甲词,must,因为,乙词\n")
    write(folder, "b.toml", '[[term]]\nterm = "丙词"\nseverity = "must"\nreplacement = "丁词"\n')
    write(folder, "c.must.txt", "# 说明\n\n戊词\n")
    write(folder, "d.txt", "己词\n")
    found = findings("甲词、丙词、戊词、己词", rules(folder))
    assert [(f.excerpt, f.severity, f.fix) for f in found] == [
        ("甲词", "must", "乙词"),
        ("丙词", "must", "丁词"),
        ("戊词", "must", None),
        ("己词", "should", None),
    ]
    assert "因为" in found[0].message


def test_a_term_is_in_force_from_its_first_to_its_last_day(folder):
    write(folder, "a.csv", "term,from,until\n甲词,2022-01-10,2022-01-20\n")
    in_force = [bool(codes("甲词", rules(folder, date(2022, 1, day)))) for day in (9, 10, 20, 21)]
    assert in_force == [False, True, True, False]


def test_case_and_width_do_not_matter_and_latin_words_are_whole(folder):
    write(folder, "a.txt", "ass\ncovid\n")
    assert [f.excerpt for f in findings("class COVID Ｃｏｖｉｄ", rules(folder))] == [
        "COVID",
        "Ｃｏｖｉｄ",
        "Ｃｏｖｉｄ",
    ]


def test_a_term_hidden_by_an_invisible_character_is_found(folder):
    write(folder, "a.txt", "甲词\n")
    assert "lexicon.term" in codes("甲\u200b词", rules(folder))


def test_the_longest_term_is_told_and_the_stricter_of_two_equal_ones(folder):
    write(folder, "a.txt", "甲乙\n甲乙丙\n")
    write(folder, "b.must.txt", "甲乙丙\n")
    (found,) = findings("甲乙丙", rules(folder))
    assert (found.excerpt, found.severity) == ("甲乙丙", "must")


def test_a_phrase_of_the_allow_list_lets_its_term_through_and_no_other(folder):
    write(folder, "a.must.txt", "乙丙\n丙丁\n")
    write(folder, "allow.txt", "# 说明\n甲乙丙\n")
    assert codes("甲乙丙", rules(folder)) == []
    assert [f.excerpt for f in findings("甲乙丙丁", rules(folder))] == ["丙丁"]
    assert codes("乙丙", rules(folder, allow=["乙丙"])) == []


def test_a_term_inside_its_own_replacement_is_right(folder):
    write(folder, "a.csv", "term,replacement\n省委,中共陕西省委\n")
    assert told("省委和中共陕西省委", "lexicon.term", rules(folder)) == [("省委", "中共陕西省委")]


@pytest.mark.parametrize(
    ("name", "text", "faults"),
    [
        ("a.csv", "term,severity\n甲词,must\n乙词,high\n", [("a.csv:3", "级别（severity）只能是必改（must）或提示（should）")]),
        ("a.csv", "term,from\n甲词,2022年1月\n", [("a.csv:2", "起（from）不是日期，请写作 2022-01-31")]),
        ("a.csv", "term,from\n甲词,20220131\n", [("a.csv:2", "起（from）不是日期，请写作 2022-01-31")]),
        ("a.csv", "term,from\n甲词,2022-02-31\n", [("a.csv:2", "起（from）没有这一天")]),
        ("a.csv", "term,from,until\n甲词,2022-02-01,2022-01-01\n", [("a.csv:2", "until 早于 from")]),
        ("a.csv", "# 说明\nterm\n我\n", [("a.csv:3", "词（term）太短，至少两个字，一个字会处处误报")]),
        ("a.csv", "term\n甲词,多\n", [("a.csv:2", "不认识 第 2 列 这一项")]),
        ("a.csv", "term,reason\n,因为\n", [("a.csv:2", "缺少 词（term）")]),
        ("a.csv", "word\n甲词\n", [("a.csv:1", None)]),
        ("a.csv", 'term\n"甲词\n', [("a.csv:2", None)]),
        ("a.txt", "甲词\n我\n", [("a.txt:2", "词（term）太短，至少两个字，一个字会处处误报")]),
        ("a.toml", '[[term]]\nterm = "甲词"\n\n[[term]]\nword = "乙"\n',
         [("a.toml:4", "缺少 词（term）"), ("a.toml:4", "不认识 word 这一项")]),
        ("a.toml", '[[term]]\nterm = "甲词\n', [("a.toml:2", "TOML 写法不对")]),
        ("a.toml", '[term]\nterm = "甲词"\n', [("a.toml:1", None)]),
        ("a.toml", '[[words]]\nterm = "甲词"\n', [("a.toml:1", None)]),
        ("names.toml", '[[people]]\nname = "王选"\noffices = [{ title = "主席", form = 2022-01-01 }]\n',
         [("names.toml:1", "不认识 offices.1.form 这一项")]),
        ("names.toml", '[[people]]\nname = "王选"\nwrong = ["王选"]\n', [("names.toml:1", "wrong 里有正确的姓名")]),
        ("names.toml", '[[organisations]]\nname = "九三学社"\nwrong = ["九三学社"]\n',
         [("names.toml:1", "wrong 里有正确的名称")]),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_and_nothing_is_taken_over(folder, name, text, faults):
    write(folder, "good.txt", "好词\n")
    write(folder, name, text)
    told_faults = refused(folder)
    assert [place for place, _ in told_faults] == [place for place, _ in faults]
    assert all(want in (None, got) for (_, got), (_, want) in zip(told_faults, faults, strict=True))


def test_all_wrong_lines_of_all_files_are_named_at_once(folder):
    write(folder, "a.txt", "我\n你\n")
    write(folder, "b.csv", "term,severity\n甲词,x\n")
    assert [place for place, _ in refused(folder)] == ["a.txt:1", "a.txt:2", "b.csv:2"]


def test_a_file_in_another_encoding_is_refused_with_its_line(folder):
    (folder / "a.csv").write_bytes(b"term\n" + "词条".encode("gbk"))
    assert refused(folder)[0][0] == "a.csv:2"


def test_a_byte_order_mark_is_fine(folder):
    (folder / "a.csv").write_bytes("\ufeffterm\n甲词\n".encode())
    assert codes("甲词", rules(folder)) == ["lexicon.term"]


def test_too_many_terms_are_refused(folder, monkeypatch):
    monkeypatch.setattr("webapp.checks.rules.MAX_TERMS", 2)
    write(folder, "a.txt", "甲词\n乙词\n丙词\n")
    assert "超过 2 条" in refused(folder)[0][1]
    assert MAX_TERMS == 500_000


def test_too_large_a_file_is_refused_unread(folder, monkeypatch):
    monkeypatch.setattr("webapp.checks.lexicon_files.MAX_FILE_BYTES", 5)
    write(folder, "a.txt", "甲词\n")
    assert refused(folder)[0][0] == "a.txt"


def test_a_term_may_say_that_it_is_to_be_deleted(folder):
    write(folder, "a.toml", '[[term]]\nterm = "甲词"\nreplacement = ""\n')
    (found,) = findings("有甲词。", rules(folder))
    assert found.fix == ""
    assert found.message == "“甲词”在词库中，请删去。"
