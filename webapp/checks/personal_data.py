"""Personal data that must not leave the house: numbers of identity cards, mobile phones, bank cards.

Masked ones (610102********1234, 138****5678) are fine. A number's fix is its masked form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from webapp.checks.matcher import narrow
from webapp.checks.model import Finding
from webapp.checks.passages import Case, Passage
from webapp.checks.reporting import at

_GAP = r"[ \u00a0-]?"
_ID_NUMBER = re.compile(
    rf"(?<![0-9A-Za-z])\d{{6}}{_GAP}(?:\d{{8}}|\d{{4}}{_GAP}\d{{4}}){_GAP}\d{{3}}[\dXx](?![0-9A-Za-z])"
)
_MOBILE = re.compile(
    rf"(?<![0-9A-Za-z])(?<!\d\.)(?:\+?86{_GAP})?1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?![0-9A-Za-z])"
)
_BANK_CARD = re.compile(
    rf"(?<![0-9A-Za-z])(?<!\d\.)(?:\d{{4}}{_GAP}){{3,4}}\d{{1,4}}(?![0-9A-Za-z])"
)
_LONG_NUMBER = re.compile(r"\d(?:[ \u00a0-]?\d){10}")
_CARD_PREFIX = re.compile(r"62|4|5[1-5]|35|9558|60")

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
"""GB 11643—1999, 公民身份号码: weighted sum modulo 11."""
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
"""GB/T 2260, first two digits; 83 is for residents from Taiwan."""


def check(case: Case) -> Iterator[Finding]:
    for passage in case.passages:
        if not _LONG_NUMBER.search(passage.text):
            continue
        text = narrow(passage.text)
        spans = [
            m.span() for m in _ID_NUMBER.finditer(text) if is_id_number(m[0], case.rules.as_of)
        ]
        for span in spans:
            yield _told(
                "privacy.id_number",
                passage,
                text,
                span,
                6,
                "这里有完整的身份证号，不得公开，请删去或只留首尾。",
            )
        for match in _MOBILE.finditer(text):
            yield _told(
                "privacy.mobile",
                passage,
                text,
                match.span(),
                3,
                "这里有完整的手机号，请确认本人同意公开，否则删去或隐去中间四位。",
            )
        for match in _BANK_CARD.finditer(text):
            if match.span() not in spans and is_bank_card(match[0]):
                yield _told(
                    "privacy.bank_card",
                    passage,
                    text,
                    match.span(),
                    4,
                    "这里像是银行卡号，请核对，不宜公开的请删去。",
                )


def _told(
    code: str, passage: Passage, text: str, span: tuple[int, int], head: int, message: str
) -> Finding:
    return at(code, passage, span, message, fix=masked(text[slice(*span)], head))


def masked(number: str, head: int) -> str:
    """The first `head` digits and the last four stay."""
    bare = re.sub(r"^\+?86(?=[ \u00a0-]?1)", "", number)
    bare = re.sub(r"[ \u00a0-]", "", bare)
    return bare[:head] + "*" * (len(bare) - head - 4) + bare[-4:]


def is_id_number(written: str, as_of: date) -> bool:
    """Province, a birthday that has come, check digit."""
    number = re.sub(r"[ \u00a0-]", "", written).upper()
    if not _PROVINCE.match(number):
        return False
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(w * int(d) for w, d in zip(ID_WEIGHTS, number, strict=False))
    return date(1900, 1, 1) <= born <= as_of and ID_CHECK[total % 11] == number[17]


def is_bank_card(written: str) -> bool:
    """16 to 19 digits of a known issuer that pass Luhn (ISO/IEC 7812-1)."""
    digits = [int(c) for c in written if c.isdigit()]
    bare = "".join(map(str, digits))
    if not 16 <= len(digits) <= 19 or not _CARD_PREFIX.match(bare):
        return False
    doubled = (sum(divmod(2 * d, 10)) for d in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
