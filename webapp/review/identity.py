"""Who is the same person, where some have an account and some only a name and a telephone number.

Two signers are one person when their names are the same (width, case and blanks aside) or their numbers are; a signer and
somebody with an account when their names are. That errs on the safe side: two people of one name cannot decide two stages of
one article, unless one of them signs with an account whose name tells them apart.
"""

from __future__ import annotations

import re
import unicodedata

from webapp.kernel.errors import Invalid
from webapp.kernel.secrets import SecretBox

_PHONE = re.compile(r"1[3-9][0-9]{9}")


def name_key(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def parse_phone(typed: str) -> str:
    """A mobile number of the mainland, eleven digits."""
    digits = re.sub(r"^(\+?86)(?=1)", "", re.sub(r"[\s-]", "", typed))
    if not _PHONE.fullmatch(digits):
        raise Invalid.of_field(
            "phone", "手机号要是 11 位数字；它不公开，只用来认出是不是同一个人。"
        )
    return digits


def phone_key(box: SecretBox, phone: str) -> str:
    """Keeps a number comparable and unreadable: there are so few that a plain hash would be undone in minutes."""
    return box.sign("signer's telephone v1", phone.encode()).hex()
