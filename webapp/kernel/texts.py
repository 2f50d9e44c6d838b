"""What no database can hold and no reader can see is refused at the edge, once for all fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from webapp.kernel.errors import FieldError, Invalid

# PostgreSQL's texts know no NUL; half of a surrogate pair has no UTF-8.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


def without_no_text(text: str) -> str:
    return _NO_TEXT.sub("\ufffd", text)


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, however deep."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, Mapping):
            waiting += [*part.keys(), *part.values()]
        elif isinstance(part, list):
            waiting += part


def refuse_no_text(fields: Iterable[tuple[str | None, Any]]) -> None:
    """Raises Invalid that names every field with such a character in it. A part of a form may have no name."""
    wrong = [
        without_no_text(name or "")
        for name, value in fields
        if any(_NO_TEXT.search(text) for text in _texts([name, value]))
    ]
    if wrong:
        raise Invalid(
            "送来的内容里有不是文字的字符（空字符或半个字符），没有收下，什么也没有改动。",
            code="no_text",
            fields=[FieldError(name, "含有不是文字的字符。") for name in dict.fromkeys(wrong)],
        )
