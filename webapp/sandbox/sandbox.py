"""The sandbox as one object: config, settings, clock, store, files, faults, and the bell that wakes the background work."""

import threading
from pathlib import Path

from webapp.sandbox.config import AccountConfig, SandboxConfig
from webapp.sandbox.faults import Faults
from webapp.sandbox.pictures import Files
from webapp.sandbox.settings import Settings, initial
from webapp.sandbox.store import Store


class Sandbox:
    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.settings: Settings = initial(config)
        self.store = Store(config.state_path)
        self.files = Files(_picture_folder(config.state_path))
        self.faults = Faults()
        self.stopping = threading.Event()
        self._bell = threading.Condition()
        self._rings = 0
        self._public_url = (config.public_url or "").rstrip("/")

    @property
    def public_url(self) -> str:
        return self._public_url

    def listens_at(self, url: str) -> None:
        """Readers find the sandbox here, unless the config says where."""
        if not self._public_url:
            self._public_url = url.rstrip("/")

    def now(self) -> float:
        return self.config.clock() + self.settings.clock_offset_seconds

    def account(self, appid: str) -> AccountConfig | None:
        return next((account for account in self.config.accounts if account.appid == appid), None)

    def ring(self) -> None:
        """Something became due, or may have: the background work looks again."""
        with self._bell:
            self._rings += 1
            self._bell.notify_all()

    @property
    def rings(self) -> int:
        return self._rings

    def wait_for_ring(self, since: int, timeout_seconds: float) -> None:
        """Returns at once when the bell has rung since `rings` was read."""
        with self._bell:
            self._bell.wait_for(lambda: self._rings != since, timeout_seconds)

    def pause(self, seconds: float) -> None:
        """Real seconds; ends early when the sandbox stops."""
        self.stopping.wait(seconds)

    def reset(self) -> None:
        with self.store.transaction():
            self.store.clear()
        self.files.clear()
        self.faults.clear()
        self.settings = initial(self.config)

    def stop(self) -> None:
        self.stopping.set()
        self.ring()


def _picture_folder(state_path: Path | None) -> Path | None:
    return None if state_path is None else state_path.with_name(state_path.name + ".files")


def original_id(appid: str) -> str:
    """The `gh_…` name by which events address an account."""
    return f"gh_{appid[-12:]}"
