"""Servers on this machine that hear what is sent: a group chat's and a mail server."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Chat:
    """`answers`: what it says in turn, (status, JSON); then that all is well."""

    origin: str = ""
    heard: list[tuple[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)


@contextmanager
def chat_server() -> Iterator[Chat]:
    chat = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            chat.heard.append((self.path, json.loads(body)))
            status, told = chat.answers.pop(0) if chat.answers else (200, {"errcode": 0, "code": 0})
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{chat.origin}/elsewhere")
            self.end_headers()
            self.wfile.write(json.dumps(told).encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        chat.origin = f"http://127.0.0.1:{server.server_port}"
        yield chat
        server.shutdown()


@dataclass
class Post:
    port: int = 0
    letters: list[Message] = field(default_factory=list)
    is_refusing: bool = False


@contextmanager
def mail_server() -> Iterator[Post]:
    post = Post()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

        def handle(self) -> None:
            self.say("220 here")
            while line := self.rfile.readline().decode().strip():
                verb = line.upper().split()[0]
                if verb == "DATA":
                    self.say("354 go on")
                    self.take()
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("451 later" if verb == "RCPT" and post.is_refusing else "250 ok")

        def take(self) -> None:
            lines = iter(self.rfile.readline, b".\r\n")
            post.letters.append(message_from_bytes(b"".join(lines), policy=default))
            self.say("250 taken")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        post.port = server.server_address[1]
        yield post
        server.shutdown()
