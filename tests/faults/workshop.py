"""Workers that can be killed: `python -m tests.faults.workshop` reads one order a line, forks a worker for it, and answers
with its process id and then with how it ended. A worker sweeps until nothing is due; told to, it sends itself SIGKILL right
before or right after its Nth commit that writes. An order to rehearse is worked off without a fork, so that the workers after
it find their statements compiled."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

import webapp.tables  # noqa: F401  every model
from tests.clock import FakeClock
from tests.publishing.pressroom import settings_for
from webapp.kernel.web import Context, create_context
from webapp.publishing.worker import sweep
from webapp.serving import make_press

SWEEPS_MAX = 20


@dataclass(frozen=True, kw_only=True)
class Order:
    database_url: str
    instance: str
    base_url: str
    moment: str
    when: Literal["before", "after", "never"] = "never"
    commit: int = 0
    is_rehearsal: bool = False

    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_commit(when: str, number: int) -> None:
    """Sessions that only read are not counted: nothing is lost with them."""
    count = 0

    def wrote(session: Session, *_: Any) -> None:
        session.info["wrote"] = True

    def executed(state: ORMExecuteState) -> None:
        if state.is_update or state.is_insert or state.is_delete:
            state.session.info["wrote"] = True

    def before(session: Session) -> None:
        nonlocal count
        if session.info.get("wrote") or session.new or session.dirty or session.deleted:
            session.info["wrote"] = True
            count += 1
            if count == number and when == "before":
                die()

    def after(session: Session) -> None:
        if session.info.pop("wrote", False) and count == number and when == "after":
            die()

    event.listen(Session, "after_flush", wrote)
    event.listen(Session, "do_orm_execute", executed)
    event.listen(Session, "before_commit", before)
    event.listen(Session, "after_commit", after)


clock = FakeClock()


@cache
def context_of(database_url: str, instance: str, base_url: str) -> Context:
    return create_context(settings_for(database_url, Path(instance), base_url), clock=clock)


def work(order: Order) -> None:
    clock.moment = datetime.fromisoformat(order.moment)
    context = context_of(order.database_url, order.instance, order.base_url)
    if order.when != "never":
        die_at_commit(order.when, order.commit)
    press = make_press(context)
    for _ in range(SWEEPS_MAX):
        if not sweep(press):
            break
    context.db.dispose()


def work_in_a_fork(order: Order) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            work(order)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    say(pid=pid)
    _, status = os.waitpid(pid, 0)
    say(ended=os.waitstatus_to_exitcode(status))


def say(**words: int) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def main() -> None:
    for line in sys.stdin:
        order = Order(**json.loads(line))
        if order.is_rehearsal:
            work(order)
            say(ended=0)
        else:
            work_in_a_fork(order)


if __name__ == "__main__":
    main()
