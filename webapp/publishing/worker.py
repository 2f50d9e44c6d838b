"""The push itself: from state to state, one remote call at a time, resumable after every line.

`run` claims a publication and takes it as far as it will go now; `sweep` finds what no message announced. Killed anywhere,
the next run finds the last committed row and goes on from there: a finished step is not repeated, an intent without a
result is looked up at the platform first (`reconcile.py`).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from webapp.editions.queries import get_edition, list_due
from webapp.kernel.errors import TongxinError, Unavailable
from webapp.publishing.calls import WORKER, Held, Moved, Press, give_up, wait
from webapp.publishing.moves import MOVES
from webapp.publishing.queries import (
    LeaseLost,
    claim,
    get_publication,
    list_awake,
    release,
    where_it_stands,
)
from webapp.publishing.service import note_error, queue_scheduled
from webapp.publishing.workflow import STATE_NAMES, TRIES_MAX, State, backoff

log = logging.getLogger(__name__)

# A push makes under a hundred moves; more would be a loop without an end.
MOVES_MAX = 500
PUSHES_AT_ONCE = 4
"""Of scheduled editions, in one process."""


def run(press: Press, publication_id: int) -> None:
    """Take one publication as far as it will go now. Safe to call at any time, from any number of processes."""
    held = _claim(press, publication_id)
    if held is None:
        return
    try:
        _go_on(held)
    except LeaseLost:
        log.warning("lease lost: publication %s", publication_id)
    finally:
        held.close()
        with press.db.step() as session:
            release(session, publication_id, held.owner)


def _claim(press: Press, publication_id: int) -> Held | None:
    owner = secrets.token_hex(16)
    with press.db.step() as session:
        if not claim(session, publication_id, owner, now=press.now(), lease=press.lease):
            return None
        account = get_publication(session, publication_id).edition.account
    return Held(press=press, publication_id=publication_id, owner=owner, account=account)


def _go_on(held: Held) -> None:
    for _ in range(MOVES_MAX):
        try:
            if not _move(held):
                return
        except Moved:
            continue
        except LeaseLost:
            raise
        except Exception as error:
            _stumble(held, error)
            return


def _move(held: Held) -> bool:
    """One move. True: there may be another right away."""
    with held.press.db.look() as session:
        held.state, wake_at = where_it_stands(session, held.publication_id, held.owner)
    resting = wake_at is None or wake_at > held.press.now()
    if resting or held.state not in MOVES:
        return False
    return MOVES[held.state](held)


def _stumble(held: Held, error: Exception) -> None:
    """Something failed here, not at the platform. What may pass (a store that does not answer, a bug that strikes now and
    then) is tried again a few times; then a person is told how far the push came."""
    is_known = isinstance(error, TongxinError)
    log.warning(
        "push stumbled: publication %s at %s: %s",
        held.publication_id, held.state, error, exc_info=None if is_known else error,
    )  # fmt: skip
    with held.press.db.step() as session:
        publication = held.renew(session)
        publication.tries += 1
        code, message = _words_for(error, State(publication.state))
        may_pass = isinstance(error, Unavailable) or not is_known
        if may_pass and publication.tries < TRIES_MAX:
            wait(publication, held.press.now() + backoff(publication.tries))
            note_error(publication, code, message)
        else:
            give_up(held, session, publication, (code, message))


def _words_for(error: Exception, state: State) -> tuple[str, str]:
    where = f"推送停在“{STATE_NAMES[state]}”："
    if isinstance(error, TongxinError):
        return error.code, f"{where}{error.message}"
    return (
        "push.unexpected",
        f"{where}程序出了意外，做完的步骤都记着。请把第几号推送和现在的时间告诉技术人员。",
    )


def _guarded(act: Callable[[], None], what: str) -> None:
    """One push, or one edition, that cannot even be recorded must not hold up the others."""
    try:
        act()
    except Exception:
        log.exception("%s could not be worked on", what)


def _due(press: Press) -> list[int]:
    """Read without the write lock: this is asked every second."""
    with press.db.look() as session:
        return [edition.id for edition in list_due(session, press.now())]


def queue_due(press: Press) -> list[int]:
    """Scheduled editions whose moment has come join the queue; one that may not go out says why. Ids of the publications
    that were begun here and not by another worker."""
    begun: list[int] = []
    for edition_id in _due(press):
        _guarded(partial(_queue_one, press, edition_id, begun), f"edition {edition_id}")
    return begun


def _queue_one(press: Press, edition_id: int, begun: list[int]) -> None:
    with press.db.step() as session:
        edition = get_edition(session, edition_id)
        publication = queue_scheduled(session, edition, actor=WORKER, now=press.now())
        session.flush()  # the id is what the push is known by
        found = publication.id if publication is not None else None
    if found is not None:
        begun.append(found)


class Timekeeper:
    """Sends scheduled editions out in their minute, whatever else this process is at: a sweep may be busy with a push that
    takes long, and the queue may not answer. `turn` is to be called every second."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._pool = ThreadPoolExecutor(PUSHES_AT_ONCE, thread_name_prefix="scheduled")

    def turn(self) -> None:
        for publication_id in queue_due(self._press):
            push = partial(run, self._press, publication_id)
            self._pool.submit(_guarded, push, f"publication {publication_id}")

    def close(self) -> None:
        """Waits for the pushes that are under way; what was not begun is found by the next sweep."""
        self._pool.shutdown(cancel_futures=True)


def sweep(press: Press) -> int:
    """Everything that is due now; returns how many publications were taken up."""
    queue_due(press)
    with press.db.look() as session:
        awake = list_awake(session, press.now())
    for publication_id in awake:
        _guarded(partial(run, press, publication_id), f"publication {publication_id}")
    return len(awake)
