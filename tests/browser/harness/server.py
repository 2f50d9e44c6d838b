"""A page with the editor on it, served as the application serves it: same files, same content security policy.

The server stands for the desk's own endpoints (upload, paste clean-up, autosave, preview) and answers as a test tells it
to. It listens on loopback at a port that the system chooses.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

HERE = Path(__file__).parent
STATIC = HERE.parents[2] / "webapp" / "static"
NONCE = "harness-nonce"
POLICY = (
    f"default-src 'self'; script-src 'self' 'nonce-{NONCE}'; style-src 'self' 'nonce-{NONCE}'; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'"
)
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
}
KEPT = (TYPES[".js"], TYPES[".css"])
"""What a browser need not ask for again, as with the application."""


@dataclass
class Answers:
    """What the endpoints say next, and what they were asked: method, path, body, headers.

    Whoever holds an endpoint lets its answers wait until they are released, so that no test races the clock.
    """

    upload: int = 200
    imported: Any = None
    autosave: tuple[int, dict[str, Any]] = (200, {})
    preview_html: str = "<p>预览</p>"
    asked: list[tuple[str, str, Any, dict[str, str]]] = field(default_factory=list)
    count: int = 0
    _held: dict[str, threading.Event] = field(default_factory=dict)

    def hold(self, endpoint: str) -> None:
        """What is asked of `endpoint` from now on waits until it is let go."""
        self._held[endpoint] = threading.Event()

    def let_go(self, endpoint: str) -> None:
        """Answers what waits, and what comes later at once."""
        self._held.pop(endpoint).set()

    def wait(self, endpoint: str) -> None:
        gate = self._held.get(endpoint)
        if gate is not None:
            gate.wait(20)

    def bodies(self, path: str) -> list[Any]:
        return [body for _, asked, body, _ in self.asked if asked.startswith(path)]


def picture(name: str, size: tuple[int, int] = (960, 600)) -> bytes:
    """A PNG with hills on it, different for each name, so that a person sees what stands where."""
    seed = sum(name.encode())
    width, height = size
    image = Image.new("RGB", size, (244 - seed % 24, 238, 226))
    draw = ImageDraw.Draw(image)
    for layer in range(4):
        shade = 190 - 38 * layer
        top = height * (0.35 + 0.15 * layer)
        crest = [
            (x, top + height * 0.09 * ((x * (layer + 2) // 97 + seed) % 5) / 4)
            for x in range(0, width + 96, 96)
        ]
        draw.polygon([*crest, (width, height), (0, height)], fill=(shade, shade, shade + 4))
    draw.ellipse((width * 0.7, height * 0.12, width * 0.78, height * 0.25), fill=(183, 52, 44))
    stored = io.BytesIO()
    image.save(stored, "PNG")
    return stored.getvalue()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def answers(self) -> Answers:
        return self.server.answers  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Tests read `asked`; the terminal stays quiet."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/media/"):
            self._send(200, picture(path), "image/png")
        elif path.startswith("/static/"):
            self._send_file(STATIC, path.removeprefix("/static/"))
        else:
            self._send_file(HERE, path.lstrip("/") or "editor.html")

    def do_POST(self) -> None:
        body = self._body()
        self._note(body)
        getattr(self, "_" + self.path.strip("/").partition("/")[0])(body)

    def do_PUT(self) -> None:
        body = self._body()
        self._note(body)
        self.answers.wait("autosave")
        self._send_json(*self.answers.autosave)

    def _note(self, body: Any) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.answers.asked.append((self.command, self.path, body, headers))

    def _upload(self, body: bytes) -> None:
        self.answers.wait("upload")
        if self.answers.upload != 200:
            self._send_json(self.answers.upload, {"message": "图片超过 10 MB。"})
            return
        self.answers.count += 1
        asset = f"asset-{self.answers.count}"
        self._send_json(
            200, {"id": asset, "url": f"/media/{asset}.png", "width": 960, "height": 600}
        )

    def _import(self, body: Any) -> None:
        self.answers.wait("import")
        if self.answers.imported is None:
            self._send_json(503, {})
        else:
            self._send_json(200, self.answers.imported)

    def _preview(self, body: Any) -> None:
        html = self.answers.preview_html
        self.answers.wait("preview")
        units = {"title": len(body["title"]), "author": 0, "digest": 0}
        reply = {"html": html, "characters": 2, "units": units, "findings": []}
        self._send_json(200, reply)

    def _body(self) -> Any:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Type", "").startswith("application/json"):
            return json.loads(raw)
        return raw

    def _send_file(self, folder: Path, name: str) -> None:
        file = (folder / name).resolve()
        if not file.is_relative_to(folder) or not file.is_file():
            self._send(404, b"", "text/plain")
            return
        body = file.read_bytes()
        if file.suffix == ".html":
            body = body.replace(b"{{nonce}}", NONCE.encode())
        self._send(200, body, TYPES.get(file.suffix, "application/octet-stream"))

    def _send_json(self, status: int, body: dict[str, Any]) -> None:
        self._send(status, json.dumps(body, ensure_ascii=False).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        if kind in KEPT:
            self.send_header("Cache-Control", "max-age=3600")
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = Answers()

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that closes a connection early is no fault of the test."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def served() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
