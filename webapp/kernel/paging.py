"""Keyset paging: a page costs the same wherever it lies. A cursor is opaque to the caller: the sort key of the last row."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from webapp.kernel.errors import Invalid

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
CURSOR_MAX_CHARACTERS = 600
LARGEST_ID = 2**63 - 1
_NUMBER = re.compile("[0-9]{1,18}")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    items: Sequence[T]
    next_cursor: str | None


def encode_cursor(*key: str | int | datetime) -> str:
    parts = [part.isoformat() if isinstance(part, datetime) else part for part in key]
    written = json.dumps(parts, ensure_ascii=False)
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _part(value: object, kind: type) -> Any:
    """Raises ValueError for what never went out: cursors come back from strangers too."""
    if kind is datetime and isinstance(value, str):
        return datetime.fromisoformat(value).astimezone(UTC)
    if type(value) is not kind or (isinstance(value, int) and not 0 <= value <= LARGEST_ID):
        raise ValueError(value)
    return value


def decode_cursor(cursor: str, *types: type) -> tuple[Any, ...]:
    """Raises Invalid for what is no cursor of these types (str, int, datetime)."""
    try:
        if len(cursor) > CURSOR_MAX_CHARACTERS:
            raise ValueError(len(cursor))
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(_part(value, kind) for value, kind in zip(key, types, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise Invalid.of_field(
            "cursor", "翻页标记不对，请从第一页重新开始。", code="cursor"
        ) from None


def row_number(value: str) -> int:
    """For `request.args.get(…, type=row_number)`. Raises ValueError for what no row is numbered."""
    if not _NUMBER.fullmatch(value):
        raise ValueError(value)
    return int(value)


def parse_limit(value: str | None) -> int:
    if value is None or value == "":
        return DEFAULT_LIMIT
    if not value.isdecimal() or not 1 <= int(value) <= MAX_LIMIT:
        raise Invalid.of_field("limit", f"每页条数要在 1 到 {MAX_LIMIT} 之间。")
    return int(value)
