"""The word tables of the steps are plain text files beside the code, so that an editor can read and mend them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent.parent / "data"


@lru_cache(maxsize=8)
def read_lines(name: str) -> tuple[str, ...]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return tuple(entry for line in lines if (entry := line.partition("#")[0].strip()))
