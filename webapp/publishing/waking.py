"""Wake a worker. A message that is lost costs a few seconds: the sweep finds the work anyway."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from huey import Huey

log = logging.getLogger(__name__)

_tasks: WeakKeyDictionary[Huey, Any] = WeakKeyDictionary()


def listen(queue: Huey, run: Callable[[int], None]) -> None:
    """On the worker's side: what a message starts. Once a queue."""

    def push(publication_id: int) -> None:
        run(publication_id)

    _tasks[queue] = queue.task(name="push")(push)


def _not_here(publication_id: int) -> None:
    raise RuntimeError(f"publication {publication_id}: this process only sends messages")


def wake(queue: Huey, publication_id: int) -> None:
    """Never raises: the act that called is committed, and a queue that does not answer is no reason to say it failed."""
    try:
        if queue not in _tasks:
            listen(queue, _not_here)
        _tasks[queue](publication_id)
    except Exception:
        log.exception("could not wake a worker for publication %s", publication_id)
