"""The queue. A message only wakes a worker; the database says what there is to do, and a sweep finds what a lost message
forgot. huey runs on SQLite (embedded) or Redis (grown).

huey loses the running job when its process is killed, whatever the storage (huey issue 559, read 2026-11): that is
harmless here, since no truth lives in a message.
"""

from __future__ import annotations

import logging

from huey import Huey, RedisHuey, SqliteHuey

from webapp.kernel.settings import Settings

log = logging.getLogger(__name__)

QUEUE_NAME = "tongxin"


def make_queue(settings: Settings) -> Huey:
    if settings.queue_url.startswith(("redis://", "rediss://")):
        return RedisHuey(QUEUE_NAME, url=settings.queue_url, results=False)
    return SqliteHuey(
        QUEUE_NAME, filename=str(settings.embedded_queue_path), results=False, timeout=15
    )


def check_queue(queue: Huey) -> None:
    """Raises whatever the storage raises when it does not answer."""
    queue.storage.queue_size()
