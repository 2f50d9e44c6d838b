"""What a comment may say, and whom it names: pure rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from webapp.kernel.errors import Invalid

TEXT_MAX_CHARACTERS = 2_000
QUOTE_MAX_CHARACTERS = 500
OPEN_MAX = 300
"""Open comments of one article; whoever has so many settles some first."""
REMARKS_MAX = 200
"""In one thread."""


class State(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who can see the article and may be named with @."""

    id: int
    username: str
    display_name: str


def parse_text(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid.of_field("text", "批注还没有写，没有记下。")
    if len(text) > TEXT_MAX_CHARACTERS:
        raise Invalid.of_field(
            "text", f"批注最长 {TEXT_MAX_CHARACTERS} 字，没有记下；可以分成几条。"
        )
    return text


def _begins_with(part: str, name: str) -> bool:
    """@editor2 does not call editor, while Chinese names are followed by anything."""
    if not part.startswith(name):
        return False
    seam = part[len(name) - 1 : len(name) + 1]
    return not (len(seam) == 2 and seam.isascii() and seam.isalnum())


def find_mentions(text: str, people: Iterable[Person]) -> tuple[int, ...]:
    """Ids of those named by “@” and their name or user name. The longest name wins, so that @张三丰 does not call 张三;
    a name that two people bear calls both."""
    called: dict[str, list[int]] = {}
    for person in people:
        for name in {person.display_name, person.username}:
            called.setdefault(name, []).append(person.id)
    found: list[int] = []
    names = sorted(called, key=len, reverse=True)
    for part in text.split("@")[1:]:
        longest = next((n for n in names if _begins_with(part, n)), None)
        found += called[longest] if longest else []
    return tuple(dict.fromkeys(found))
