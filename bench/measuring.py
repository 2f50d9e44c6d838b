"""How things are timed and counted here."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from sqlalchemy import Engine, event


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Milliseconds. `best`, `p50` and `p95` are by the clock on the wall: the quickest time is the least disturbed by others on
    the same machine. `cpu` is the median of what this process itself computed (which leaves out PostgreSQL, being another
    process)."""

    best: float
    p50: float
    p95: float
    cpu: float
    times: int


def clocked(act: Callable[[], object]) -> float:
    """Seconds on the wall."""
    return _clocked(act)[0]


def _clocked(act: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - cpu


def repeat(act: Callable[[], object], times: int, *, before: int = 3) -> Timing:
    """After `before` goes that do not count: caches are warm, as they are in the afternoon of a working day."""
    return repeat_in_turns([act], times, before=before)[0]


def repeat_in_turns(
    acts: Sequence[Callable[[], object]], times: int, *, before: int = 3
) -> list[Timing]:
    """For what is compared: what disturbs the machine meanwhile disturbs them all."""
    for act in acts:
        for _ in range(before):
            act()
    rounds = [[_clocked(act) for act in acts] for _ in range(times)]
    return [_timing(clocked) for clocked in zip(*rounds, strict=True)]


def _timing(clocked: Sequence[tuple[float, float]]) -> Timing:
    walls, cpus = zip(*clocked, strict=True)
    cuts = quantiles(walls, n=20, method="inclusive")
    return Timing(
        best=min(walls) * 1000,
        p50=cuts[9] * 1000,
        p95=cuts[18] * 1000,
        cpu=median(cpus) * 1000,
        times=len(walls),
    )


@dataclass
class Statements:
    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)


@contextmanager
def counting(engine: Engine) -> Iterator[Statements]:
    """What is sent to the database meanwhile; BEGIN, COMMIT and PRAGMA are not counted."""
    seen = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.texts.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def resident_bytes() -> int | None:
    """Of this process; None where there is no /proc."""
    path = Path("/proc/self/statm")
    if not path.exists():
        return None
    return int(path.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def load_average() -> float | None:
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None
