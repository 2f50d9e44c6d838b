"""One sentence at the foot of the next page, with a way back where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import flash


def tell(
    text: str, *, undo: str = "", undo_word: str = "", fields: Mapping[str, str] | None = None
) -> None:
    """`undo` is an address for POST, and `fields` go with it; `undo_word` stands for 撤销."""
    told: dict[str, Any] = {"text": text}
    if undo:
        told |= {"undo": undo, "undo_word": undo_word, "fields": dict(fields or {})}
    flash(cast("str", told))  # the session's JSON takes a mapping as well, the toasts read it
