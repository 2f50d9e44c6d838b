"""Someone who comes with a browser: a client that keeps cookies and sends the form token of the page it is on."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, session
from flask_security.utils import login_user
from flask_wtf.csrf import generate_csrf
from werkzeug.http import parse_cookie
from werkzeug.test import TestResponse

from tests.cast import PASSWORD
from webapp.kernel.web import read
from webapp.users.service import get_user

_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class Visitor:
    def __init__(self, app: Flask, *, base_url: str = "http://localhost") -> None:
        self.client = app.test_client()
        self._base_url = base_url
        self._form_token = ""

    def open(self, method: str, path: str, **parts: Any) -> TestResponse:
        headers = {**parts.pop("headers", {})}
        if self._form_token:
            headers.setdefault("X-CSRFToken", self._form_token)
        return self.client.open(
            path, method=method, base_url=self._base_url, headers=headers, **parts
        )

    def get(self, path: str, **parts: Any) -> TestResponse:
        return self.open("GET", path, **parts)

    def post(self, path: str, **parts: Any) -> TestResponse:
        return self.open("POST", path, **parts)

    def look_at(self, path: str) -> TestResponse:
        """Open a page and keep its form token for what follows."""
        answer = self.get(path)
        found = _TOKEN.search(answer.get_data(as_text=True))
        assert found, f"{path} answered {answer.status} without a form token"
        self._form_token = found.group(1)
        return answer

    def sign_in(self, name: str, password: str = PASSWORD, next_: str = "") -> TestResponse:
        self.look_at("/login")
        form = {"username": name, "password": password} | ({"next": next_} if next_ else {})
        answer = self.post("/login", data=form)
        if answer.status_code == 302:
            self.look_at("/me")
        return answer

    def come_in(self, name: str) -> None:
        """Signed in as the form does it, without opening its pages: most tests begin here, and it is a tenth of the work."""
        app = self.client.application
        with app.test_request_context(
            base_url=self._base_url, environ_base=self.client.environ_base
        ):
            login_user(get_user(read(), name))
            self._form_token = generate_csrf()
            bearer = app.response_class()
            app.session_interface.save_session(app, session, bearer)
        cookie = parse_cookie(bearer.headers["Set-Cookie"])
        key = app.config["SESSION_COOKIE_NAME"]
        self.client.set_cookie(key, cookie[key], domain=urlsplit(self._base_url).hostname or "")

    def forget_form_token(self) -> None:
        self._form_token = ""


def signed_in(app: Flask, name: str, **parts: str) -> Visitor:
    visitor = Visitor(app, **parts)
    visitor.come_in(name)
    return visitor
