"""How long a title, an author, a digest and a text may be, by profile.

`docs`: https://developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add (read 2026-11): 32, 16 and 128
characters, text below 20,000 characters and 1 MB. `live`: what accounts measured in 2026: 64 and 16 units, where ASCII
counts one and all else two, digest 120, text below 1 MB only. `escaped`: live, with `\\uXXXX` counted as it came.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from webapp.sandbox.config import LimitsProfile
from webapp.sandbox.errors import Refused

CONTENT_MAX_BYTES = 1_000_000
SOURCE_URL_MAX_BYTES = 1_024
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


@dataclass(frozen=True, kw_only=True)
class Limits:
    title_max: int
    author_max: int
    digest_max: int
    content_max_chars: int | None
    measure: Callable[[str], int]


def units(text: str) -> int:
    return sum(1 if ord(character) < 128 else 2 for character in text)


def unescaped(text: str) -> str:
    """`\\u5199` read as the character it stands for; lone surrogates become U+FFFD."""
    return _ESCAPES.sub(lambda match: _decoded(match.group()), text)


def _decoded(escapes: str) -> str:
    codes = [int(escapes[at + 2 : at + 6], 16) for at in range(0, len(escapes), 6)]
    return b"".join(code.to_bytes(2, "big") for code in codes).decode("utf-16-be", "replace")


LIMITS = {
    LimitsProfile.DOCS: Limits(
        title_max=32,
        author_max=16,
        digest_max=128,
        content_max_chars=20_000,
        measure=lambda text: len(unescaped(text)),
    ),
    LimitsProfile.LIVE: Limits(
        title_max=64,
        author_max=16,
        digest_max=120,
        content_max_chars=None,
        measure=lambda text: units(unescaped(text)),
    ),
    LimitsProfile.ESCAPED: Limits(
        title_max=64, author_max=16, digest_max=120, content_max_chars=None, measure=units
    ),
}


def check(profile: LimitsProfile, *, title: str, author: str, digest: str, content: str) -> None:
    """Raises 45003 (title), 45110 (author), 45004 (digest), 45002 (text)."""
    limits = LIMITS[profile]
    if limits.measure(title) > limits.title_max:
        raise Refused(45003)
    if limits.measure(author) > limits.author_max:
        raise Refused(45110)
    if len(unescaped(digest)) > limits.digest_max:
        raise Refused(45004)
    too_many = limits.content_max_chars is not None and len(content) >= limits.content_max_chars
    if too_many or len(content.encode("utf-8", "replace")) >= CONTENT_MAX_BYTES:
        raise Refused(45002)
