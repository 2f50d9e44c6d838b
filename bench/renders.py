"""The bulletin and a long article to WeChat HTML: how long, how many characters, and whether memory stays flat."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import Timing, repeat, resident_bytes
from webapp.demo.people import BULLETIN
from webapp.document.model import Document, asset_ids
from webapp.document.text import plain_text
from webapp.intake.cleanup import KIND_LABELS
from webapp.intake.markdown import from_markdown
from webapp.intake.steps.options import Options
from webapp.intake.text import from_text
from webapp.kernel.settings import CONFIG_FOLDER
from webapp.rendering.model import Picture, Piece
from webapp.rendering.themes import load_theme
from webapp.rendering.wechat import render

LONG = Path(__file__).parent / "data" / "benchmark-20k.md"
LIMIT_CHARACTERS = 20_000
"""Of one article's HTML: developers.weixin.qq.com, draft/add, read 2026-11."""
TIMES = 200


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """`render`: a stored document to HTML, which is what a page and a push do. `from_markdown`: the same text as the peers
    are given, read and rendered as they do, the words as they are written. `cleaned`: the same with the clean-up of its words, which no peer does."""

    name: str
    render: Timing
    from_markdown: Timing
    cleaned: Timing
    characters: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Of the process, after the first few hundred renders and after the last."""

    renders: int
    bytes_before: int
    bytes_after: int


def texts() -> dict[str, str]:
    """Name → Markdown, the same for us and for the peers."""
    bulletin = plain_text(from_text(BULLETIN.read_text("utf-8")).body)
    return {"简报": bulletin.replace("\n", "\n\n"), "长文": LONG.read_text("utf-8")}


def _piece(body: Document) -> Piece:
    return Piece(
        title="排版计时",
        author="",
        digest="",
        body=body,
        credits=(),
        pictures={
            i: Picture(asset=i, url=f"asset:{i}", width=1_080, height=720) for i in asset_ids(body)
        },
        marker="bench.1",
    )


def _renderer(markdown: str) -> Callable[[], object]:
    theme = load_theme(CONFIG_FOLDER / "themes" / "frontline.toml")
    piece = _piece(from_markdown(markdown).body)
    return lambda: render(piece, theme)


def _measure(name: str, markdown: str) -> Rendered:
    theme = load_theme(CONFIG_FOLDER / "themes" / "frontline.toml")

    def whole(options: Options) -> Callable[[], object]:
        return lambda: render(_piece(from_markdown(markdown, options=options).body), theme)

    done = render(_piece(from_markdown(markdown).body), theme)
    return Rendered(
        name=name,
        render=repeat(_renderer(markdown), TIMES),
        from_markdown=repeat(whole(Options(skip=frozenset(KIND_LABELS))), TIMES // 4),
        cleaned=repeat(whole(Options()), TIMES // 10),
        characters=done.characters,
        bytes=done.bytes,
    )


def measure_renders() -> list[Rendered]:
    return [_measure(name, markdown) for name, markdown in texts().items()]


def measure_memory(renders: int) -> Memory | None:
    """None where the system does not tell."""
    act = _renderer(LONG.read_text("utf-8"))
    for _ in range(300):
        act()
    before = resident_bytes()
    for _ in range(renders):
        act()
    after = resident_bytes()
    if before is None or after is None:
        return None
    return Memory(renders=renders, bytes_before=before, bytes_after=after)
