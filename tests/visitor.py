"""Someone who comes with a browser: a client that keeps cookies and sends the form token of the page it is on."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import PASSWORD

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

    def forget_form_token(self) -> None:
        self._form_token = ""


def signed_in(app: Flask, name: str, **parts: str) -> Visitor:
    visitor = Visitor(app, **parts)
    answer = visitor.sign_in(name)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    return visitor
