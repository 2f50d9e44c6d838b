"""The results as a person reads them. Widths count a Chinese character as two, as terminals show it."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from bench.measuring import Timing
from bench.pages import Measured
from bench.peers import PeerRendered
from bench.pushes import Pushed
from bench.renders import LIMIT_CHARACTERS, Memory, Rendered
from bench.texts import GOAL_MS, Worked

PAGE_MS, PAGE_RATIO = 50, 1.3
"""What a page may take behind a large archive, and against a small one: what is over either is marked. Both are taken of the
quickest times, which are the least disturbed."""


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first = cells[0] + " " * (widths[0] - _width(cells[0]))
    rest = [
        " " * (width - _width(cell)) + cell
        for cell, width in zip(cells[1:], widths[1:], strict=True)
    ]
    return "  ".join([first, *rest])


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    lines = [head, *rows]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return "\n".join([f"\n{title}", *(_line(line, widths) for line in lines)])


def _ms(value: float) -> str:
    return f"{value:.1f}"


def _our_rows(ours: Rendered) -> list[list[str]]:
    fits = "" if ours.characters < LIMIT_CHARACTERS else "（超过上限）"
    done, whole, cleaned = ours.render, ours.from_markdown, ours.cleaned
    return [
        [f"{ours.name}：同心，已存的稿子排版", *_times(done), f"{ours.characters}{fits}", "", ""],
        [f"{ours.name}：同心，读 Markdown 再排版", *_times(whole),
         "", f"×{whole.cpu / done.cpu:.1f}", ""],
        [f"{ours.name}：同心，读 Markdown、清理文字再排版", *_times(cleaned),
         "", f"×{cleaned.cpu / done.cpu:.1f}", f"×{cleaned.cpu / whole.cpu:.1f}"],
    ]  # fmt: skip


def _times(measured: Timing | PeerRendered) -> list[str]:
    return [f"{value:.2f}" for value in (measured.p50, measured.p95, measured.cpu)]


def _peer_row(ours: Rendered, peer: PeerRendered) -> list[str]:
    return [f"{peer.name}：{peer.peer}", *_times(peer), str(peer.characters),
            f"×{peer.cpu / ours.render.cpu:.1f}",
            f"×{peer.cpu / ours.from_markdown.cpu:.1f}"]  # fmt: skip


def renders_table(rendered: Sequence[Rendered], peers: Sequence[PeerRendered]) -> str:
    """The peers read Markdown each time. We read it once, when it comes in, and render what is stored; both are shown, and
    the clean-up of its words, which they do not do, by itself. Ratios are of what each process computed: neighbours on the
    machine lengthen the clock on the wall, and not of all alike."""
    rows = [
        row
        for ours in rendered
        for row in (*_our_rows(ours), *(_peer_row(ours, p) for p in peers if p.name == ours.name))
    ]
    head = ["", "p50", "p95", "处理器", "字符", "对已存的", "对读 Markdown 再排版"]
    return table("排成公众号的 HTML（毫秒）", head, rows)


def texts_table(worked: Sequence[Worked]) -> str:
    rows = [
        [one.name, _ms(one.timing.p50), _ms(one.timing.p95), _ms(one.timing.cpu)] for one in worked
    ]
    return table(f"写作时等的（毫秒；查错要在 {GOAL_MS} 以内）", ["", "p50", "p95", "处理器"], rows)


def memory_line(memory: Memory | None) -> str:
    if memory is None:
        return "\n内存：这个系统没有 /proc，略过"
    mega = 1024 * 1024
    return (
        f"\n排版 {memory.renders:,} 次：内存 {memory.bytes_before / mega:.1f} MB →"
        f" {memory.bytes_after / mega:.1f} MB"
    )


def _page_row(sizes: Sequence[Measured]) -> list[str]:
    small, large = sizes[0], sizes[-1]
    ratio = large.timing.best / small.timing.best
    slow = large.timing.best > PAGE_MS or ratio > PAGE_RATIO
    times = [
        " / ".join(_ms(t) for t in (m.timing.best, m.timing.p50, m.timing.p95, m.timing.cpu))
        for m in sizes
    ]
    return [
        large.name,
        *times,
        f"×{ratio:.1f}{'  ←' if slow else ''}",
        str(large.statements),
        " / ".join(f"{m.bytes / 1024:.1f}" for m in sizes),
    ]


def pages_table(measured: Sequence[Measured]) -> str:
    """Of one database, at each size."""
    by_name: dict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        by_name[one.name].append(one)
    sizes = [f"{m.size:,} 篇" for m in next(iter(by_name.values()))]
    title = f"页面，{measured[0].kind}（毫秒：最快 / p50 / p95 / 本进程 CPU）"
    return table(
        title, ["", *sizes, "最快的比", "语句", "KB（gzip）"], map(_page_row, by_name.values())
    )


def pushes_table(pushed: Sequence[Pushed]) -> str:
    rows = [
        [
            p.name,
            str(p.calls),
            f"{p.seconds:.2f}",
            f"{p.needed_seconds:.2f}",
            f"{p.seconds / p.needed_seconds:.2f}",
            _ms(p.own_ms_per_call),
            _ms(p.cpu_seconds * 1000 / p.calls),
            str(p.statements),
        ]
        for p in pushed
    ]
    head = ["", "调用", "秒", "调用必需的秒", "比", "每次调用另花 ms", "其中 CPU ms", "语句"]
    return table("推送到沙盒，每次调用 100 毫秒", head, rows)
