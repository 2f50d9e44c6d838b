"""Numbers, units and dates as GB/T 15835—2011 (出版物上数字用法) writes them. The paragraph numbers are that standard's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from webapp.checks.matcher import narrow
from webapp.checks.model import Finding
from webapp.checks.passages import Case, Passage, kept
from webapp.checks.reporting import at

_FULLWIDTH = re.compile(r"[０-９Ａ-Ｚａ-ｚ]+(?:．[０-９]+)?|(?<=[0-9])．(?=[0-9])")
_FULL_DATE = re.compile(r"(?<!\d)(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日")
_ANY_NUMBER = re.compile(r"[\d零○％Ａ-Ｚａ-ｚ]")
LEAP_YEAR = 2000


@dataclass(frozen=True)
class _Rule:
    """`fix` makes the right form of a match, or None where a person must decide."""

    code: str
    pattern: re.Pattern[str]
    message: str
    fix: Callable[[re.Match[str]], str | None]


def _no_fix(_match: re.Match[str]) -> None:
    return None


RULES: tuple[_Rule, ...] = (
    _Rule(
        "number.percent",
        re.compile(r"百分之(\d+(?:\.\d+)?)"),
        "阿拉伯数字后用百分号，应为“{fix}”。",
        lambda m: f"{m[1]}%",
    ),
    _Rule(
        "number.separator",
        re.compile(r"(?<![\d,，/])(?<!\d[.-])\d{1,3}(?:\s*，\d{3})+(?![\d年月日时分:/-])"),
        "数字分节用半角逗号，应为“{fix}”；如果是几个数并列，请改用顿号。",
        lambda m: re.sub(r"\s*，", ",", m[0]),
    ),
    # 5.1.4: 9亿～16亿, not 9～16亿; 15%～30%, not 15～30%.
    _Rule(
        "number.range",
        re.compile(
            r"(?<![\d年月/])(?<!\d[.-])(\d+(?:\.\d+)?)\s*(?:[-–—~～]|至)\s*(\d+(?:\.\d+)?)([%‰万亿])"
        ),
        "前一个数也要带单位，应为“{fix}”。",
        lambda m: f"{m[1]}{m[3]}～{m[2]}{m[3]}",
    ),
    # 5.1.4 with GB/T 15834 4.13: a dash of one em.
    _Rule(
        "number.year_range",
        re.compile(r"(?<!\d)((?:19|20)\d\d)(?:-|－|–|−|~)((?:19|20)\d\d)(?=学?年)"),
        "年份起止用一字线，应为“{fix}”。",
        lambda m: f"{m[1]}—{m[2]}",
    ),
    # 5.1.3: the year is not shortened.
    _Rule(
        "number.short_year",
        re.compile(r"(?<![\d近约满历足达逾共过])\d\d年(?=(?:[1-9]|1[0-2])月(?!\d))"),
        "年份要写全四位数字，请补上。",
        _no_fix,
    ),
    # 5.2.2: 二〇一二年.
    _Rule(
        "number.year_zero",
        re.compile(
            r"(?<![一二三四五六七八九〇零○])(?=[一二三四五六七八九〇]{0,3}[零○])"
            r"[一二][一二三四五六七八九〇零○]{3}(?=年)"
        ),
        "年份里的零写作“〇”，应为“{fix}”。",
        lambda m: re.sub("[零○]", "〇", m[0]),
    ),
    # 5.1.2: of 十百千万亿 only 万 and 亿 follow Arabic digits.
    _Rule(
        "number.mixed_numeral",
        re.compile(
            r"(?<![\d第])(?<!\d\.)\d{1,3}(?:\.\d+)?[百千](?=[万余多元人名户份篇台件个吨亩次位套]|[，。；、）])"
        ),
        "阿拉伯数字不与“百”“千”连用（千克、千米等单位除外），请全写成数字，或改用“万”“亿”。",
        _no_fix,
    ),
    _Rule(
        "number.approximation",
        re.compile(r"((?:大约|约|将近|近)\d[\d.,]*[^\W\d]{0,4}?)左右"),
        "“约”和“左右”意思重复，请只留一个。",
        lambda m: m[1],
    ),
)


def check(case: Case) -> Iterator[Finding]:
    for passage in case.prose:
        yield from _check_passage(passage)


@kept
def _check_passage(passage: Passage) -> Iterator[Finding]:
    if not _ANY_NUMBER.search(passage.text):
        return
    yield from _check_forms(passage)
    yield from _check_dates(passage)
    for rule in RULES:
        yield from _apply(rule, passage)


def _apply(rule: _Rule, passage: Passage) -> Iterator[Finding]:
    for match in rule.pattern.finditer(passage.prose):
        fix = rule.fix(match)
        yield at(
            rule.code,
            passage,
            match.span(),
            f"“{match[0]}”：{rule.message.format(fix=fix)}",
            fix=fix,
        )


def _check_forms(passage: Passage) -> Iterator[Finding]:
    for match in _FULLWIDTH.finditer(passage.text):
        right = narrow(match[0])
        yield at(
            "number.fullwidth",
            passage,
            match.span(),
            f"数字和字母用半角，“{match[0]}”应为“{right}”。",
            fix=right,
        )
    for match in re.finditer("％", passage.text):
        yield at("number.percent", passage, match.span(), "百分号用半角“%”。", fix="%")


def _check_dates(passage: Passage) -> Iterator[Finding]:
    for match in _FULL_DATE.finditer(passage.prose):
        year, month, day = (int(part) if part else LEAP_YEAR for part in match.groups())
        try:
            date(year, month, day)
        except ValueError:
            yield at(
                "number.impossible_date",
                passage,
                match.span(),
                f"没有“{match[0]}”这一天，请核对。",
            )
