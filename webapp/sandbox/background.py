"""What happens by itself: jobs end when they are due, events are delivered.

Two threads, so that a slow callback server does not hold up the jobs. Whoever reads the state settles what is due first
(`settle_due`), so a test with a clock of its own needs no waiting.
"""

import threading
import time
from collections.abc import Callable

from webapp.sandbox import callback, mass, publish
from webapp.sandbox.records import Event, MassJob, PublishJob
from webapp.sandbox.sandbox import Sandbox

LOOK_SECONDS = 0.05
IDLE_SECONDS = 1.0


def settle_due(sandbox: Sandbox) -> bool:
    """True while jobs are under way."""
    now = sandbox.now()
    with sandbox.store.transaction():
        jobs = sandbox.store.list_open(PublishJob)
        mass_jobs = sandbox.store.list_open(MassJob)
        due = [job for job in jobs if job.due_at <= now]
        mass_due = [job for job in mass_jobs if job.due_at <= now]
        for job in due:
            publish.settle(sandbox, job)
        for mass_job in mass_due:
            mass.settle(sandbox, mass_job)
    if due or mass_due:
        sandbox.ring()
    return len(due) + len(mass_due) < len(jobs) + len(mass_jobs)


class Background:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._next_try: dict[str, float] = {}
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def start(self) -> None:
        """Once; later calls do nothing."""
        with self._lock:
            if not self._threads:
                self._start_threads()

    def _start_threads(self) -> None:
        for name, step in (("jobs", self._settle), ("events", self._deliver)):
            thread = threading.Thread(
                target=self._run, args=(step,), name=f"sandbox-{name}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def join(self, timeout_seconds: float) -> None:
        for thread in self._threads:
            thread.join(timeout_seconds)

    def _run(self, step: Callable[[], bool]) -> None:
        """Looks often while something is pending, else when the bell rings."""
        while not self._sandbox.stopping.is_set():
            rings = self._sandbox.rings
            pending = step()
            self._sandbox.wait_for_ring(rings, LOOK_SECONDS if pending else IDLE_SECONDS)

    def _settle(self) -> bool:
        return settle_due(self._sandbox)

    def _deliver(self) -> bool:
        with self._sandbox.store.transaction():
            waiting = self._sandbox.store.list_open(Event)
        for event in waiting:
            if time.monotonic() >= self._next_try.get(event.key, 0):
                self._try(event)
        return bool(waiting)

    def _try(self, event: Event) -> None:
        settings = self._sandbox.settings
        self._next_try[event.key] = (
            time.monotonic() + settings.callback_gap_seconds * settings.time_scale
        )
        account = settings.accounts[event.appid]
        event.attempts += 1
        try:
            if not account.callback_url:
                raise callback.NotDelivered("没有回调地址")
            letter = callback.letter(
                event.xml,
                appid=event.appid,
                account=account,
                timestamp=int(self._sandbox.now()),
            )
            callback.send("POST", letter.url, letter.body, settings.callback_timeout_seconds)
            event.delivered = True
        except callback.NotDelivered as error:
            event.last_error = str(error)
            event.abandoned = event.attempts >= callback.TRIES
        self._record(event)

    def _record(self, event: Event) -> None:
        """Unless a reset has forgotten it meanwhile, or the sandbox stops: then it is told once more after the restart."""
        if self._sandbox.stopping.is_set():
            return
        with self._sandbox.store.transaction():
            if self._sandbox.store.find(Event, event.appid, event.key) is not None:
                self._sandbox.store.put(event)
        if event.delivered or event.abandoned:
            self._next_try.pop(event.key, None)
