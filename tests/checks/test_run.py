from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tests.checks.articles import RULES, document, figure, findings, mended, subject
from webapp.checks.catalogue import CATALOGUE
from webapp.checks.fingerprint import fingerprint
from webapp.checks.matcher import Matcher
from webapp.checks.run import run, summarise

SOURCES = Path(__file__).parents[2] / "webapp" / "checks"
BODY = "截止目前,共刊发稿件18篇,大家辛苦了。"


def test_every_code_that_a_check_uses_is_in_the_catalogue_and_the_other_way_round():
    sources = "\n".join(
        p.read_text("utf-8") for p in SOURCES.glob("*.py") if p.name != "catalogue.py"
    )
    used = set(re.findall(r'"([a-z]+\.[a-z_]+)"', sources))
    assert set(CATALOGUE) <= used
    assert not {u for u in used if u.split(".")[0] in {c.split(".")[0] for c in CATALOGUE}} - set(
        CATALOGUE
    )


def test_findings_come_in_reading_order():
    found = findings("第一段,有错。\n截止目前,共18篇。", title="", has_cover=False)
    assert [(f.code, f.block) for f in found] == [
        ("limit.title_empty", None),
        ("limit.cover", None),
        ("style.halfwidth_punctuation", 0),
        ("style.jiezhi", 1),
        ("style.halfwidth_punctuation", 1),
    ]


def test_blocks_are_counted_over_everything_that_holds_text():
    body = document(
        figure("a"),
        *(document(figure("b", "截止目前，共18篇")).content),
    )
    assert [f.block for f in findings(body) if f.code == "style.jiezhi"] == [1]


def test_the_title_is_read_with_the_same_eyes():
    (found,) = findings("正文。", title="截止目前，共刊发18篇")
    assert (found.field, found.block, found.start, found.end) == ("title", None, 0, 4)


def test_a_fingerprint_outlives_an_edit_elsewhere_a_mended_mark_beside_and_a_move():
    (before,) = [f for f in findings(BODY) if f.code == "style.jiezhi"]
    edited = f"新加的一段。\n{BODY.replace('辛苦了', '真的都辛苦了').replace(',', '，')}"
    (after,) = [f for f in findings(edited) if f.code == "style.jiezhi"]
    assert after.block == 1
    assert before.fingerprint == after.fingerprint


def test_a_fingerprint_changes_with_its_own_words():
    (before,) = [f for f in findings(BODY) if f.code == "style.jiezhi"]
    (after,) = [f for f in findings("截止目前，已收到书画30件。") if f.code == "style.jiezhi"]
    assert before.fingerprint != after.fingerprint


def test_run_and_the_helper_agree_on_fingerprints():
    for finding in findings(BODY, has_cover=False):
        assert finding.fingerprint == fingerprint(finding, BODY)


def test_the_allow_list_lets_house_style_through_but_no_limit_and_no_personal_data():
    rules = replace(RULES, allow=Matcher(["截止目前,", "13812345678"]))
    found = run(subject(BODY + "电话13812345678"), rules)
    assert [f.code for f in found] == ["style.halfwidth_punctuation", "privacy.mobile"]


def test_a_summary_groups_by_code_with_what_must_be_mended_first():
    found = findings(BODY, title="", has_cover=False)
    groups = summarise(found)
    assert [(g.code, g.severity, g.count) for g in groups] == [
        ("limit.title_empty", "must", 1),
        ("limit.cover", "must", 1),
        ("style.halfwidth_punctuation", "should", 2),
        ("style.jiezhi", "should", 1),
    ]
    assert groups[2].message.startswith("半角标点 2 处，如：")
    assert sum(g.count for g in groups) == len(found)


def test_mending_everything_one_by_one_ends_in_a_text_without_findings():
    body = BODY
    for _ in range(10):
        fixable = [f for f in findings(body) if f.fix is not None]
        if not fixable:
            break
        body = mended(body, fixable[0])
    assert body == "截至目前，共刊发稿件18篇，大家辛苦了。"
