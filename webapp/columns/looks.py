"""What the desk shows of a theme: its label and its accent. The theme as a whole is `rendering`'s, a floor above."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from webapp.kernel.settings import CONFIG_FOLDER

THEME_FOLDER = CONFIG_FOLDER / "themes"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_COLOR = re.compile(r"#[0-9a-f]{6}")
INK = "#1f2328"


@dataclass(frozen=True, kw_only=True)
class Look:
    name: str
    label: str
    accent: str


@lru_cache(maxsize=64)
def _look(path: Path, _changed_at: int) -> Look:
    values = tomllib.loads(path.read_text("utf-8"))
    accent = str(values.get("color", {}).get("accent", ""))
    return Look(
        name=path.stem,
        label=str(values.get("label", path.stem)),
        accent=accent if _COLOR.fullmatch(accent) else INK,
    )


def list_looks(folder: Path = THEME_FOLDER) -> list[Look]:
    paths = sorted(p for p in folder.glob("*.toml") if _NAME.fullmatch(p.stem))
    return [_look(path, path.stat().st_mtime_ns) for path in paths]


def stylesheet(looks: list[Look]) -> str:
    """`[data-look="…"]` gets its theme's accent; no page needs a style attribute for it."""
    return "".join(f'[data-look="{k.name}"] {{ --accent: {k.accent}; }}\n' for k in looks)
