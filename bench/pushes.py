"""A push of one edition to the sandbox, in a process of its own and 100 ms away, against the time that its calls must take
one after another."""

from __future__ import annotations

import multiprocessing
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.archives import SECRET
from bench.measuring import counting
from tests.cast import Newsroom
from tests.sandbox.server import APPID, RunningSandbox, quick_config
from tests.sandbox.server import SECRET as ACCOUNT_SECRET
from webapp.editions.queries import get_edition
from webapp.kernel.migrate import upgrade
from webapp.kernel.settings import load_settings
from webapp.kernel.web import Context, create_context
from webapp.publishing.service import queue
from webapp.publishing.worker import sweep
from webapp.sandbox.server import serve
from webapp.serving import make_press

LATENCY_MS = 100
START_SECONDS, PUSH_SECONDS = 30, 120
AT_REST = ("published", "failed", "needs_attention", "drafted")


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """`calls` are all that the platform was asked, the token's among them. What `seconds` has over their latency is ours:
    rendering, pictures made ready, the rows committed before and after each call, and looking for the outcome."""

    name: str
    calls: int
    statements: int
    seconds: float
    cpu_seconds: float

    @property
    def needed_seconds(self) -> float:
        return self.calls * LATENCY_MS / 1000

    @property
    def own_ms_per_call(self) -> float:
        return (self.seconds - self.needed_seconds) * 1000 / self.calls


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def _sandbox() -> Iterator[RunningSandbox]:
    port = _free_port()
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(quick_config(), "127.0.0.1", port), daemon=True
    )
    process.start()
    running = RunningSandbox(None, f"http://127.0.0.1:{port}")
    try:
        _wait_for(port)
        running.settings(latency_ms=LATENCY_MS)
        yield running
    finally:
        running.close()
        process.terminate()
        process.join(10)


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def _installation(sandbox: RunningSandbox) -> Iterator[Context]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            instance=Path(folder), secret_key=SECRET, wechat_api_base_url=sandbox.base_url,
            poll_seconds=0.02,
        )  # fmt: skip
        context = create_context(settings)
        try:
            upgrade(context.db)
            yield context
        finally:
            context.db.dispose()


def _edition(newsroom: Newsroom, articles: int, pictures: int) -> int:
    """Each article has a cover of its own; the pictures are the same three."""
    ids = []
    for number in range(1, articles + 1):
        cover = newsroom.asset(f"#{number * 1_000:06x}")
        content = newsroom.content(f"第{number}篇", pictures=pictures, cover_id=cover)
        ids.append(newsroom.approved(content=content))
    return newsroom.edition(*ids, appid=APPID, secret=ACCOUNT_SECRET)


def _push(newsroom: Newsroom, edition_id: int) -> None:
    """As the worker goes on until the edition is at rest."""
    context, actor = newsroom.context, newsroom.actor("publisher")
    with newsroom.step() as session:
        queue(session, get_edition(session, edition_id), actor=actor, now=context.clock())
    press, until = make_press(context), time.monotonic() + PUSH_SECONDS
    while (status := newsroom.find_edition(edition_id).status) not in AT_REST:
        assert time.monotonic() < until, f"still {status}"
        sweep(press)
        time.sleep(0.005)
    assert status == "published", newsroom.find_edition(edition_id).error


def _measure(name: str, articles: int, pictures: int) -> Pushed:
    with _sandbox() as sandbox, _installation(sandbox) as context:
        newsroom = Newsroom(context, context.clock).open()
        edition_id = _edition(newsroom, articles, pictures)
        before = len(sandbox.state()["calls"])
        with counting(context.db.engine) as statements:
            wall, cpu = time.perf_counter(), time.process_time()
            _push(newsroom, edition_id)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        calls = len(sandbox.state()["calls"]) - before
    return Pushed(name=name, calls=calls, statements=len(statements), seconds=wall, cpu_seconds=cpu)


def measure_pushes() -> list[Pushed]:
    return [_measure("一篇，封面和三张图", 1, 3), _measure("八篇，各有封面", 8, 0)]
