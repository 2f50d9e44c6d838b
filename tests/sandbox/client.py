"""The API as a script would call it: bytes without a Content-Type, answers decoded as UTF-8."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from PIL import Image

from tests.sandbox.server import APPID, SECRET, RunningSandbox


def picture(kind: str = "PNG", width: int = 90, height: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (183, 52, 44)).save(out, kind)
    return out.getvalue()


def noise(size: int) -> bytes:
    """A picture of about `size` bytes."""
    side = int((size / 3) ** 0.5) + 1
    out = io.BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").save(out, "BMP")
    return out.getvalue()


class Api:
    def __init__(
        self, sandbox: RunningSandbox, *, appid: str = APPID, secret: str = SECRET
    ) -> None:
        self.sandbox, self.appid, self.secret = sandbox, appid, secret
        self.http = requests.Session()
        self.token: str | None = None

    def url(self, path: str) -> str:
        root = "" if path.startswith("/") else "/cgi-bin/"
        return f"{self.sandbox.base_url}{root}{path}"

    def send(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        data = (
            body
            if isinstance(body, bytes | type(None))
            else json.dumps(body, ensure_ascii=False).encode()
        )
        data = options.pop("data", data)
        params = {"access_token": self.stable()} | options.pop("params", {})
        return self.http.post(
            self.url(path), data=data, params=params, timeout=options.pop("timeout", 10), **options
        )

    def post(self, path: str, body: Any = None, **options: Any) -> dict[str, Any]:
        return json.loads(self.send(path, body, **options).content)

    def get(self, path: str, **params: str) -> dict[str, Any]:
        reply = self.http.get(
            self.url(path), params={"access_token": self.stable()} | params, timeout=10
        )
        return json.loads(reply.content)

    def ask_token(self, **changes: str) -> dict[str, Any]:
        params = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret,
        } | changes
        return self.http.get(self.url("token"), params=params, timeout=10).json()

    def ask_stable(self, **changes: Any) -> dict[str, Any]:
        body = {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret,
        } | changes
        return self.http.post(self.url("stable_token"), data=json.dumps(body), timeout=10).json()

    def stable(self) -> str:
        if self.token is None:
            self.token = self.ask_stable()["access_token"]
        return self.token

    def upload(self, path: str, data: bytes, name: str = "a.png", **params: str) -> dict[str, Any]:
        return self.post(path, files={"media": (name, data)}, params=params)

    def image(self, data: bytes | None = None) -> str:
        """The media_id of a permanent picture."""
        return self.upload("material/add_material", data or picture(), type="image")["media_id"]

    def content_image(self) -> str:
        return self.upload("media/uploadimg", picture())["url"]

    def article(self, **changes: Any) -> dict[str, Any]:
        fields = {"title": "同心抗疫", "author": "宣传处", "content": "<p>逆行的早晨</p>"}
        return (
            fields
            | ({} if "thumb_media_id" in changes else {"thumb_media_id": self.image()})
            | changes
        )

    def draft(self, *articles: dict[str, Any]) -> str:
        reply = self.post("draft/add", {"articles": list(articles) or [self.article()]})
        assert "media_id" in reply, reply
        return reply["media_id"]

    def add(self, **changes: Any) -> dict[str, Any]:
        """The answer to one article with these fields."""
        return self.post("draft/add", {"articles": [self.article(**changes)]})

    def stored(self, content: str) -> str:
        """What a text looks like after storage."""
        media_id = self.draft(self.article(content=content))
        return self.post("draft/get", {"media_id": media_id})["news_item"][0]["content"]

    def publish(self, media_id: str | None = None) -> dict[str, Any]:
        """A finished job, as freepublish/get tells it."""
        job = self.post("freepublish/submit", {"media_id": media_id or self.draft()})
        assert job["errcode"] == 0, job
        return self.post("freepublish/get", {"publish_id": job["publish_id"]})

    def close(self) -> None:
        self.http.close()


class Receiver:
    """A callback server: keeps what came, answers as told."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], str]] = []
        self.failures_left = 0
        self.echo = True
        self.url = ""
        self.hang = Event()

    def wait(self, count: int = 1, seconds: float = 5) -> list[tuple[dict[str, str], str]]:
        until = monotonic() + seconds
        while len(self.posts) < count and monotonic() < until:
            sleep(0.01)
        assert len(self.posts) >= count, f"{len(self.posts)} of {count} posts came"
        return self.posts


@contextmanager
def receiver() -> Iterator[Receiver]:
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            self._answer(query["echostr"].encode() if kept.echo else b"no")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            kept.posts.append((dict(parse_qsl(urlsplit(self.path).query)), body))
            if kept.failures_left:
                kept.failures_left -= 1
                self.send_error(500)
                return
            self._answer(b"success")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}/wechat"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
