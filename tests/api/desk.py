"""Someone who uses the REST interface."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.witness import Witness


class Caller:
    """`witness`, where there is one, holds every answer against the description of the interface."""

    def __init__(self, client: FlaskClient, token: str, witness: Witness | None = None) -> None:
        self._client = client
        self._token = token
        self._witness = witness

    def call(self, method: str, path: str, **parts: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self._token}", **parts.pop("headers", {})}
        answer = self._client.open(f"/api/v1{path}", method=method, headers=headers, **parts)
        if self._witness is not None:
            self._witness.check(method, f"/api/v1{path}", answer)
        return answer

    def get(self, path: str, **parts: Any) -> TestResponse:
        return self.call("GET", path, **parts)

    def post(self, path: str, **parts: Any) -> TestResponse:
        return self.call("POST", path, **parts)

    def patch(self, path: str, **parts: Any) -> TestResponse:
        return self.call("PATCH", path, **parts)


def said(response: TestResponse) -> dict[str, Any]:
    """A problem's body, after making sure that it is one: RFC 9457, with a code and a Chinese sentence."""
    assert response.mimetype == "application/problem+json", response.get_data(as_text=True)
    problem = response.get_json(force=True)
    assert problem["status"] == response.status_code
    assert problem["code"]
    assert any("\u4e00" <= c <= "\u9fff" for c in problem["title"])
    return problem
