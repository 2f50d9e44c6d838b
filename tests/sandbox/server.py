"""The real sandbox on a free port, for any test that needs an official account.

with running_sandbox() as sandbox:
    sandbox.fault(path="draft/add", kind="drop_after")
    ...
    assert len(sandbox.state()["drafts"]) == 1
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from webapp.sandbox.config import AccountConfig, Profile, SandboxConfig
from webapp.sandbox.server import SandboxServer, serving

APPID = "wx5a4db0c0000000001"
SECRET = "5ec2e700000000000000000000000001"
CALLBACK_TOKEN = "callback-token"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def account(**changes: Any) -> AccountConfig:
    """A verified subscription account, unless told otherwise."""
    fields: dict[str, Any] = {
        "appid": APPID,
        "secret": SECRET,
        "name": "同心沙盒",
        "profile": Profile.VERIFIED_SUBSCRIPTION,
        "callback_token": CALLBACK_TOKEN,
        "aes_key": AES_KEY,
    }
    return AccountConfig(**(fields | changes))


def quick_config(**changes: Any) -> SandboxConfig:
    """Jobs end at once and callbacks are tried again after 50 ms."""
    fields: dict[str, Any] = {
        "accounts": (account(),),
        "publish_delay_seconds": 0,
        "mass_delay_seconds": 0,
        "callback_gap_seconds": 0.05,
        "callback_timeout_seconds": 2,
    }
    return SandboxConfig(**(fields | changes))


@dataclass
class RunningSandbox:
    server: SandboxServer | None  # None when it runs in another process
    base_url: str
    _http: requests.Session = field(default_factory=requests.Session)

    def state(self) -> dict[str, Any]:
        return self._json(self._http.get(f"{self.base_url}/_sandbox/state", timeout=10))

    def fault(self, **fields: Any) -> None:
        self._json(self._http.post(f"{self.base_url}/_sandbox/faults", json=fields, timeout=10))

    def settings(self, **fields: Any) -> dict[str, Any]:
        url = f"{self.base_url}/_sandbox/settings"
        return self._json(self._http.post(url, json=fields, timeout=10))

    def reset(self) -> None:
        self._json(self._http.post(f"{self.base_url}/_sandbox/reset", timeout=10))

    def advance(self, seconds: float) -> None:
        """Moves the sandbox's clock on."""
        now = self.settings()["clock_offset_seconds"]
        self.settings(clock_offset_seconds=now + seconds)

    def comment(self, url: str, content: str) -> None:
        """Writes as a reader on the page at `url`, which has comments open."""
        reply = self._http.post(f"{url}/comments", data={"content": content}, timeout=10)
        assert reply.ok, reply.text

    def close(self) -> None:
        self._http.close()

    @staticmethod
    def _json(reply: requests.Response) -> dict[str, Any]:
        assert reply.ok, reply.text
        return reply.json()


@contextmanager
def running_sandbox(config: SandboxConfig | None = None) -> Iterator[RunningSandbox]:
    with serving(config or quick_config()) as server:
        running = RunningSandbox(server, server.base_url)
        try:
            yield running
        finally:
            running.close()
