"""What holds for every finding on any text: its place spells its excerpt, and its fix mends it and breaks nothing."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.articles import COLUMNS, DAY, FIXTURES, LEXICON, findings, mended
from tests.thorough import examples
from webapp.checks.matcher import Matcher, alike, longest
from webapp.checks.rules import load_rules

RULES = load_rules(LEXICON, COLUMNS, DAY)
RAW = (FIXTURES / "jiusan-bulletin.raw.txt").read_text(encoding="utf-8")
CLEAN = (FIXTURES / "jiusan-bulletin.clean.txt").read_text(encoding="utf-8")
CLAUSES = [
    c for c in CLEAN.replace("\n", "").replace("。", "，").split("，") if c and "截" not in c
]
MARKS = [
    ",", ", ", ";", "!", "?", ":", ".", "(", ")", "（", "）", '"', "'", "“", "”", "「", "」", "‘", "’", "...", "。。。", "…", "--",
    "———", "，，", "，。", "  ", "　　", " ", " ，", "“ ", "\u200b", "《", "》", "\n", "密碼:\n", "WHO", "a", "1", "，", "。",
]  # fmt: skip
WORDS = [
    "陜", "時(shí)", "學", "截止目前", "截止12月31日，共", "截至。", "的的", "了了", "疫情疫情", "进一步进一步", "６９４", "％",
    "百分之90", "1，234", "13-17万", "2020-2021年", "21年12月", "二零二一年", "3千元", "2月30日", "约10人左右", "武汉肺炎",
    "登陆网站", "“同心同行 抗疫疫情”专栏", "13812345678", "11010519491231002X", "4111111111111111", "https://a.org/b,c",
    "九三学社陕西省党委", "习近平总书记",
]  # fmt: skip
clauses = st.sampled_from(CLAUSES)
pieces = st.lists(st.one_of(clauses, st.sampled_from(MARKS), st.sampled_from(WORDS)), max_size=12)
tangled = pieces.map("".join)
# Of two faults side by side, mending one can bring out the other: 疫情 + 疫情 after the blank between them went.
apart = st.lists(
    st.tuples(clauses, st.sampled_from([*MARKS, *WORDS]), clauses).map("".join), max_size=6
).map("，".join)
UNTAKEN = frozenset(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF)))
"""What a document does not take, and what ends a line."""


def line_of(body, finding):
    return body.split("\n")[finding.block]


@given(st.one_of(tangled, st.text(max_size=40).filter(lambda t: not UNTAKEN & set(t))))
@settings(max_examples=examples(100), deadline=None)
def test_every_place_lies_in_its_text_and_spells_its_excerpt(body):
    for finding in findings(body, RULES):
        if finding.start is None or finding.end is None:
            assert finding.start is finding.end
            assert finding.fix is None
        else:
            line = line_of(body, finding)
            assert 0 <= finding.start < finding.end <= len(line)
            assert finding.excerpt == line[finding.start : finding.end]


@given(apart)
@settings(max_examples=examples(100), deadline=None)
def test_applying_a_fix_removes_its_finding_and_makes_no_new_one(body):
    before = findings(body, RULES)
    for finding in before:
        if finding.fix is None:
            continue
        after = Counter(f.code for f in findings(mended(body, finding), RULES))
        allowed = Counter(f.code for f in before) - Counter([finding.code])
        assert after <= allowed, (finding, after - allowed)


def test_on_the_bulletin_each_fix_removes_its_finding_and_makes_no_new_one():
    before = findings(RAW, RULES)
    allowed = Counter(f.code for f in before)
    for finding in before[::7]:
        if finding.fix is not None:
            after = Counter(f.code for f in findings(mended(RAW, finding), RULES))
            assert after <= allowed - Counter([finding.code])


@given(
    st.lists(st.text("甲乙丙ab", min_size=1, max_size=3), min_size=1, max_size=6),
    st.text("甲乙丙ab ", max_size=12),
)
def test_the_matcher_finds_what_a_plain_search_finds(words, text):
    found = {(h.start, h.end) for h in Matcher(words).hits(alike(text))}
    expected = {
        (i, i + len(w))
        for w in words
        for i in range(len(text))
        if text.startswith(w, i) and not glued(text, i) and not glued(text, i + len(w))
    }
    assert found == expected


def glued(text, at):
    return (
        0 < at < len(text)
        and text[at - 1].isascii()
        and text[at - 1].isalnum()
        and (text[at].isascii() and text[at].isalnum())
    )


@given(
    st.lists(st.text("甲乙丙", min_size=1, max_size=3), min_size=1, max_size=6),
    st.text("甲乙丙", max_size=12),
)
def test_the_longest_hits_never_overlap(words, text):
    taken = longest(Matcher(words).hits(text))
    assert all(a.end <= b.start for a, b in pairwise(taken))
