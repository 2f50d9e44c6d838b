"""A process that ends with the one that started it, however that one ended: nobody can catch kill -9, but a pipe closes."""

from __future__ import annotations

import os
import signal
import threading

VARIABLE = "TONGXIN_LIFELINE"
"""Set for a process whose standard input is a pipe that its starter holds open and never writes to."""


def hold() -> None:
    """From now on the end of standard input is a termination signal, if the starter asked for that."""
    if VARIABLE in os.environ:
        threading.Thread(target=_wait, name="lifeline", daemon=True).start()


def _wait() -> None:
    # Straight from the descriptor: a thread that waits inside a buffer keeps the interpreter from ending.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
