"""The archive is swept in the background: one batch a turn, so that a push never waits long, and it goes on after a restart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from webapp.kernel.clock import local_date
from webapp.kernel.db import Database
from webapp.proofreading.queries import find_running_sweep
from webapp.proofreading.service import begin_sweep_if_rules_changed, sweep_batch
from webapp.users.permissions import Actor

PROOFREADER = Actor.system("proofreader")
LOOK_FOR_CHANGES_EVERY = timedelta(minutes=1)


@dataclass
class Proofreader:
    """`changes_seen_at`: when the rules were last compared with the newest sweep's."""

    db: Database
    zone: ZoneInfo
    now: Callable[[], datetime]
    changes_seen_at: datetime | None = None

    def turn(self) -> bool:
        """Begin a sweep when the rules changed; look at one batch. True: there is more to do."""
        now = self.now()
        as_of = local_date(now, self.zone)
        if self.changes_seen_at is None or now - self.changes_seen_at >= LOOK_FOR_CHANGES_EVERY:
            self.changes_seen_at = now
            with self.db.step() as session:
                begin_sweep_if_rules_changed(session, actor=PROOFREADER, now=now, as_of=as_of)
        with self.db.step() as session:
            sweep = find_running_sweep(session)
            if sweep is None:
                return False
            return sweep_batch(session, sweep, actor=PROOFREADER, now=now, as_of=as_of)
