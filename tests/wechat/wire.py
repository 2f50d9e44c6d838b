"""A server for faults of the wire alone: what the platform *means* is played by the sandbox, not here."""

from __future__ import annotations

import json
import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

APPID = "wx5a4db0c000000001"
SECRET = "s3cr3t-0f-th3-acc0unt"
TOKEN = "T0K3N_that_must_not_leak"

Answer = Callable[["Handler"], None]


@dataclass
class Wire:
    url: str = ""
    asked: list[tuple[str, bytes]] = field(default_factory=list)
    """Path with query, and body, of every request that was read."""
    answers: dict[str, Answer] = field(default_factory=dict)
    released: Event = field(default_factory=Event)

    def paths(self) -> list[str]:
        return [path.split("?")[0] for path, _ in self.asked]


class Handler(BaseHTTPRequestHandler):
    wire: Wire
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.wire.asked.append((self.path, body))
        path = self.path.split("?")[0].removeprefix("/cgi-bin")
        self.wire.answers.get(path, gives_token)(self)

    do_GET = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def says(
    body: object, *, status: int = 200, kind: str = "application/json", **headers: str
) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def hangs(handler: Handler) -> None:
    handler.wire.released.wait(10)
    handler.close_connection = True


def hangs_up(handler: Handler) -> None:
    """A TCP reset in place of an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.shutdown(socket.SHUT_RD)
    handler.connection.close()
    handler.close_connection = True


def stops_halfway(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"media_id":')
    handler.close_connection = True


def drips(handler: Handler) -> None:
    """A byte every 50 ms: each read is in time, the answer never comes to an end."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.wire.released.wait(0.05):
        try:
            handler.wfile.write(b" ")
        except OSError:
            break
    handler.close_connection = True


gives_token = says({"access_token": TOKEN, "expires_in": 7200})


@contextmanager
def running_wire(tls: ssl.SSLContext | None = None, **answers: Answer) -> Iterator[Wire]:
    """`draft__add=hangs` answers for `/cgi-bin/draft/add`."""
    wire = Wire(answers={f"/{name.replace('__', '/')}": a for name, a in answers.items()})
    handler = type("BoundHandler", (Handler,), {"wire": wire})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    # An answer to a client that has gone is the point of these tests, not worth a trace.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    wire.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield wire
    finally:
        wire.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def closed_port() -> int:
    """A port of this host on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
