"""Holds every answer against the description of the interface: status, content type and shape."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from werkzeug.test import TestResponse

from webapp.kernel.openapi import describe

_PLACE = re.compile(r"\{\w+\}")


class Witness:
    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self.document: dict[str, Any] = describe(app)
        self._rules = [
            (re.compile(_PLACE.sub("[^/]+", path)), operations)
            for path, operations in self.document["paths"].items()
        ]
        self._validator = cache(self._make_validator)

    def _make_validator(self, reference: str) -> Draft202012Validator:
        whole = {"$ref": reference, "components": self.document["components"]}
        return Draft202012Validator(whole)

    def operation_of(self, method: str, path: str) -> dict[str, Any] | None:
        for rule, operations in self._rules:
            if rule.fullmatch(path.partition("?")[0]):
                found: dict[str, Any] | None = operations.get(method.lower())
                return found
        return None

    def check(self, method: str, path: str, answer: TestResponse) -> None:
        operation = self.operation_of(method, path)
        if operation is None:
            assert answer.status_code in (404, 405), (method, path, answer.status)
            return
        known = operation["responses"]
        assert str(answer.status_code) in known, (method, path, answer.status, answer.text[:300])
        [(mime, content)] = known[str(answer.status_code)]["content"].items()
        assert answer.mimetype == mime, (method, path, answer.mimetype)
        body = answer.get_json(force=True)
        wrong = sorted(self._validator(content["schema"]["$ref"]).iter_errors(body), key=str)
        assert not wrong, (method, path, [f"{e.json_path}: {e.message[:200]}" for e in wrong])
