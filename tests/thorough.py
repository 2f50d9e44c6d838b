"""How much of the same is tried. `make test` takes each kind of trouble, size and document a few times, so that whoever changes
something waits for minutes; `make thorough` (TONGXIN_THOROUGH=1) takes all of them, for the night and before a release.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

IS_THOROUGH = os.environ.get("TONGXIN_THOROUGH") == "1"
thorough = pytest.mark.thorough
"""On a test, or one of its parameters, that repeats at another place, or at full size, what an ordinary one shows."""


def examples(many: int) -> int:
    """For a property: all of them, or a quarter."""
    return many if IS_THOROUGH else max(many // 4, 10)


def few(them: Sequence[T], count: int) -> list[T]:
    """All of them, or so many, from the first to the last at even distances."""
    if IS_THOROUGH or len(them) <= count:
        return list(them)
    return [them[i * (len(them) - 1) // (count - 1)] for i in range(count)]
