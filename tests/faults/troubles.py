"""What can befall a call, and how calls and troubles are put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from tests.thorough import IS_THOROUGH


@dataclass(frozen=True)
class Trouble:
    """A fault of the sandbox. `arrives`: the work is done although nobody is told."""

    kind: str
    errcode: int = -1
    commit: bool = False
    arrives: bool = False

    def __str__(self) -> str:
        number = f"_{self.errcode}" if self.kind == "errcode" else ""
        return f"{self.kind}{number}{'_after_the_work' if self.commit else ''}"


LOST = [
    Trouble("drop_before"),
    Trouble("drop_after", arrives=True),
    Trouble("hang_before", arrives=True),
    Trouble("hang_after", arrives=True),
    *(
        Trouble(kind, commit=commit, arrives=commit)
        for kind in ("errcode", "http_502", "not_json", "empty_body")
        for commit in (False, True)
    ),
]
PASSING = [Trouble("expire_token"), *(Trouble("errcode", n) for n in (40001, 42001, 45011))]
REFUSED = {
    45009: "wechat_quota_used_up",
    48001: "wechat_no_right",
    40164: "wechat_ip_not_allowed",
    50002: "wechat_banned",
    61007: "wechat_no_right",
    99999: "wechat_refused",
}
FINAL = [Trouble("errcode", n) for n in REFUSED]


def pairs(one: Sequence[Any], other: Sequence[Any]) -> list[Any]:
    """Every one with every other where there is time for it; else each of both lists at least once, paired in turn. The
    walk in any order pairs them at random."""
    whole = list(product(one, other))
    some = [(one[i % len(one)], other[i % len(other)]) for i in range(max(len(one), len(other)))]
    return [
        pytest.param(*pair, id="-".join(map(str, pair)))
        for pair in (whole if IS_THOROUGH else some)
    ]
