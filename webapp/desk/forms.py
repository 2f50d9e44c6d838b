from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from webapp.articles.forms import parse_form, parse_status
from webapp.articles.workflow import State
from webapp.kernel.errors import Invalid
from webapp.rendering.model import Form


class Whose(StrEnum):
    ALL = ""
    MINE = "me"
    WAITING = "waiting"


@dataclass(frozen=True, kw_only=True)
class ListRequest:
    column: str
    status: State | None
    form: Form | None
    whose: Whose
    q: str
    cursor: str | None


def parse_list(args: Mapping[str, str]) -> ListRequest:
    try:
        whose = Whose(args.get("who", ""))
    except ValueError:
        raise Invalid.of_field("who", "只能看全部、我的或待我审的稿件。") from None
    return ListRequest(
        column=args.get("column", ""),
        status=parse_status(args.get("status", "")),
        form=parse_form(args.get("form", "")),
        whose=whose,
        q=args.get("q", "").strip(),
        cursor=args.get("cursor") or None,
    )


def parse_pair(args: Mapping[str, str], newest: int) -> tuple[int, int]:
    """Two revisions to compare, the earlier first; without numbers the last two."""
    numbers = [args.get("from", str(max(1, newest - 1))), args.get("to", str(newest))]
    if not all(n.isdecimal() and 1 <= int(n) <= newest for n in numbers):
        raise Invalid.of_field("from", f"版本号要在 1 到 {newest} 之间。")
    earlier, later = sorted(int(n) for n in numbers)
    return earlier, later
