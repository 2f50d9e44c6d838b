"""The sandbox on a socket of its own, by waitress.

A hanging fault keeps a thread for as long as it hangs, hence the many threads.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from waitress import wasyncore
from waitress.server import create_server

from webapp.sandbox.app import create_sandbox
from webapp.sandbox.config import SandboxConfig

THREADS = 32
CONNECTIONS_MAX = 500
"""Clients that keep connections open must not shut others out; waitress's own limit is 100."""
STOP_SECONDS = 5.0


class SandboxServer:
    """`port` 0 takes a free one; `base_url` says which."""

    def __init__(self, config: SandboxConfig, host: str = "127.0.0.1", port: int = 8001) -> None:
        self.app = create_sandbox(config)
        self._server = create_server(
            self.app,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=CONNECTIONS_MAX,
            ident="sandbox",
            clear_untrusted_proxy_headers=True,
            max_request_body_size=64 * 1024 * 1024,
        )
        self.port = int(self._server.effective_port)
        self.base_url = f"http://{host}:{self.port}"
        self.sandbox = self.app.extensions["sandbox"]
        self.sandbox.listens_at(self.base_url)
        self._trigger = threading.Lock()
        self._ended = False
        self._background = self.app.extensions["sandbox_background"]

    def run(self) -> None:
        """Until `stop`, Ctrl-C or SystemExit."""
        self._background.start()
        try:
            while not self.sandbox.stopping.is_set():
                wasyncore.loop(timeout=1, use_poll=True, map=self._server._map, count=1)
        except (KeyboardInterrupt, SystemExit):
            pass
        finally:
            self._end()

    def stop(self) -> None:
        """From any thread. Whoever is still waiting for an answer gets none."""
        with self._trigger:
            self.sandbox.stop()
            if not self._ended:
                self._server.pull_trigger()

    def _end(self) -> None:
        """The workers go first: they pull the trigger too, and its descriptor is another file's once it is closed."""
        self.sandbox.stop()
        self._server.task_dispatcher.shutdown(timeout=STOP_SECONDS)
        with self._trigger:
            self._ended = True
            wasyncore.close_all(self._server._map)
        self._background.join(STOP_SECONDS)
        self.sandbox.store.close()


def serve(config: SandboxConfig, host: str = "127.0.0.1", port: int = 8001) -> None:
    """Blocks. A busy port raises OSError before anything else happens."""
    SandboxServer(config, host, port).run()


@contextmanager
def serving(
    config: SandboxConfig, host: str = "127.0.0.1", port: int = 0
) -> Iterator[SandboxServer]:
    """The same in a thread, for as long as the block lasts."""
    server = SandboxServer(config, host, port)
    thread = threading.Thread(target=server.run, name="sandbox-server", daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(STOP_SECONDS * 2)
