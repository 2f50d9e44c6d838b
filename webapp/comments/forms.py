from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.comments.service import Spot
from webapp.comments.workflow import QUOTE_MAX_CHARACTERS, State
from webapp.kernel.errors import Invalid
from webapp.kernel.paging import row_number

AROUND_MAX_CHARACTERS = 200


def _mapping(sent: object) -> Mapping[str, Any]:
    if not isinstance(sent, Mapping):
        raise Invalid("没有收到批注，什么也没有记下。", code="bad_json")
    return sent


def _text(sent: Mapping[str, Any], name: str) -> str:
    value = sent.get(name) or ""
    if not isinstance(value, str):
        raise Invalid.of_field(name, "要是文字，批注没有记下。")
    return value


def _block(sent: Mapping[str, Any]) -> int | None:
    value = sent.get("block")
    if value is None or value == "":
        return None
    try:
        if isinstance(value, bool):
            raise ValueError(value)
        return row_number(str(value))
    except ValueError:
        raise Invalid.of_field("block", "要写明是第几段（从 0 数起），批注没有记下。") from None


def parse_text(sent: object) -> str:
    return _text(_mapping(sent), "text")


def parse_new(sent: object) -> tuple[Spot, str]:
    """Raises Invalid for what names no place."""
    given = _mapping(sent)
    quote, block = _text(given, "quote").strip(), _block(given)
    if not quote and block is None:
        raise Invalid.of_field("quote", "先选中要批注的字，或选一段；批注没有记下。")
    if len(quote) > QUOTE_MAX_CHARACTERS:
        raise Invalid.of_field(
            "quote", f"选中的字最多 {QUOTE_MAX_CHARACTERS} 个，批注没有记下；可以改为批注整段。"
        )
    before = _text(given, "before")[-AROUND_MAX_CHARACTERS:]
    after = _text(given, "after")[:AROUND_MAX_CHARACTERS]
    return Spot(quote=quote, before=before, after=after, block=block), _text(given, "text")


def parse_state(value: str | None) -> State | None:
    """None: of either state."""
    if not value or value == "all":
        return None
    if value not in set(State):
        raise Invalid.of_field("state", "只能是 open（没办结）、resolved（已办结）或 all。")
    return State(value)
