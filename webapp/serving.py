"""The long-running processes: web and worker, each stopped cleanly by Ctrl-C or a termination signal."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

import structlog
import waitress
from flask import Flask
from huey.consumer import Consumer

from webapp.app import create_app
from webapp.kernel.migrate import refuse_unmigrated
from webapp.kernel.settings import Settings, load_settings, require_secret
from webapp.kernel.web import Context, create_context
from webapp.notices import listening
from webapp.notices.worker import Courier
from webapp.proofreading.worker import Proofreader
from webapp.publishing.calls import Press
from webapp.publishing.waking import listen
from webapp.publishing.worker import Timekeeper, run, sweep
from webapp.wechat.models import Account
from webapp.wechat.service import open_gateway

log = logging.getLogger(__name__)


def configure_logging(settings: Settings) -> None:
    """One JSON object a line on standard error."""
    shared = [structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,  # type: ignore[arg-type]
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],  # type: ignore[list-item]
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    # Their INFO lines carry addresses with tokens, or one line a task.
    for noisy in ("urllib3", "huey", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def make_press(context: Context) -> Press:
    def gateway_of(account: Account) -> object:
        return open_gateway(account, settings=context.settings, db=context.db, box=context.box,
                            now=context.clock)  # fmt: skip

    return Press(db=context.db, settings=context.settings, store=context.store,
                 gateway_of=gateway_of, now=context.clock)  # type: ignore[arg-type]  # fmt: skip


def _app(settings: Settings) -> Flask:
    """Raises Invalid for what is missing, Unavailable for a database that is behind."""
    require_secret(settings)
    context = create_context(settings)
    refuse_unmigrated(context.db)
    app = create_app(settings, parts=context)
    settle()
    return app


def settle() -> None:
    """What the start made stays for good, so the garbage collector need not walk it again: each full walk held up one
    answer in twenty by some 0.15 s (page with a thousand rows, Python 3.11, 2026-11)."""
    gc.collect()
    gc.freeze()


def serve(settings: Settings, host: str, port: int) -> None:
    configure_logging(settings)
    app = _app(settings)
    # Ctrl-C too: what a script starts in the background is told to ignore it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    waitress.serve(app, host=host, port=port, threads=settings.web_threads, ident="tongxin",
                   max_request_body_size=settings.upload_max_bytes * 3)  # fmt: skip


def wsgi() -> Flask:
    """What gunicorn serves; settings come from the environment."""
    settings = load_settings()
    configure_logging(settings)
    return _app(settings)


def work(settings: Settings) -> None:
    """Listen for messages, and sweep for what no message announced. Any number of these may run."""
    require_secret(settings)
    configure_logging(settings)
    context = create_context(settings)
    refuse_unmigrated(context.db)
    listening.install(context.db, settings)
    press = make_press(context)
    stop = threading.Event()
    listen(context.queue, lambda publication_id: run(press, publication_id))
    consumer = Consumer(context.queue, workers=2, periodic=False, initial_delay=0.1, max_delay=1.0)
    consumer.start()
    # After huey's own, which would stop its threads and leave the sweep running.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    log.info("worker ready, pid %s", os.getpid())
    proofreader = Proofreader(db=context.db, zone=settings.zone, now=context.clock)
    courier = Courier(db=context.db, box=context.box, settings=settings, now=context.clock)
    timekeeper = Timekeeper(press)
    ticking = threading.Thread(
        target=_every, args=(stop, settings.schedule_seconds, timekeeper.turn)
    )
    ticking.start()
    while not stop.wait(settings.sweep_seconds):
        _turn(lambda: sweep(press))
        _turn(proofreader.turn)
        _turn(courier.turn)
    consumer.stop(graceful=True)
    ticking.join()
    timekeeper.close()
    context.db.dispose()


def _every(stop: threading.Event, seconds: float, work: Callable[[], object]) -> None:
    while not stop.wait(seconds):
        _turn(work)


def _turn(work: Callable[[], object]) -> None:
    """What fails is logged and tried again next time: the database may be restarting."""
    try:
        work()
    except Exception:
        log.exception("a turn of the worker failed")
