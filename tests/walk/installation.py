"""A whole installation as its operators run it: web, worker and sandbox, each a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from webapp.demo.people import DEMO, PASSWORD
from webapp.demo.run import demo_accounts, prepare
from webapp.kernel.clock import utc_now
from webapp.kernel.db import Database
from webapp.kernel.settings import load_settings
from webapp.users.service import create_token, get_user

SECRET = "a secret for a whole installation, long enough"
START_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    folder: Path
    environment: Mapping[str, str]
    port: int
    sandbox_port: int
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    def start(self, command: str) -> None:
        log = (self.folder / f"{command}.log").open("ab")
        self.parts[command] = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", command],
            env=dict(self.environment), stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()

    def kill(self, command: str) -> None:
        part = self.parts.pop(command)
        os.killpg(part.pid, signal.SIGKILL)
        part.wait()

    def stop(self) -> None:
        for part in self.parts.values():
            os.killpg(part.pid, signal.SIGTERM)
        for part in self.parts.values():
            try:
                part.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(part.pid, signal.SIGKILL)
                part.wait()

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """A command of the operator's."""
        return subprocess.run(
            [sys.executable, "-m", "webapp.cli", *arguments],
            env=dict(self.environment), input=given, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def token(self, username: str) -> str:
        """Written beside the running server, which a command would do too, but without starting Python again."""
        db = Database(self.environment["TONGXIN_DATABASE_URL"])
        with db.step() as session:
            token = create_token(session, get_user(session, username), actor=DEMO, now=utc_now())
        db.dispose()
        return token

    def published(self) -> list[dict]:
        """What a follower can read, as the sandbox has it."""
        return list(
            requests.get(f"{self.sandbox_url}/_sandbox/state", timeout=10).json()["published"]
        )


def wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(requests.RequestException):
            if requests.get(url, timeout=3).ok:
                return
        time.sleep(0.1)
    raise AssertionError(f"{url} did not answer")


@contextmanager
def running_installation(folder: Path, **settings: str) -> Iterator[Installation]:
    """Migrated, with the demo's people, account and bulletin."""
    port, sandbox_port = free_port(), free_port()
    given = {
        "instance": str(folder / "instance"),
        "secret_key": SECRET,
        "public_url": f"http://127.0.0.1:{port}",
        "wechat_api_base_url": f"http://127.0.0.1:{sandbox_port}",
        "poll_seconds": "0.5",
        "sweep_seconds": "0.5",
        "reconcile_seconds": "1",
        "lease_seconds": "20",
        "wechat_connect_timeout_seconds": "1",
        "wechat_read_timeout_seconds": "3",
        "sign_in_rate": "1000 per minute",
        "demo": "true",
        **settings,
    }
    environment = {
        **os.environ,
        **{f"TONGXIN_{key.upper()}": value for key, value in given.items()},
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
    }
    loaded = load_settings(**given)
    environment["TONGXIN_DATABASE_URL"] = loaded.database_url
    prepare(loaded, demo_accounts(port, sandbox_port))
    made = Installation(folder, environment, port, sandbox_port)
    try:
        for command in ("sandbox", "worker", "serve"):
            made.start(command)
        wait_for(f"{made.sandbox_url}/")
        wait_for(f"{made.url}/readyz")
        yield made
    finally:
        made.stop()


__all__ = ["PASSWORD", "Installation", "running_installation", "wait_for"]
