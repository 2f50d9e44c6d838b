"""RFC 9457: how an error looks to a program."""

from __future__ import annotations

import json
from typing import Any

from flask import Response

from webapp.kernel.errors import Invalid, TongxinError

MIME = "application/problem+json"


def problem(status: int, code: str, message: str, /, **more: Any) -> Response:
    body = {"type": f"urn:tongxin:{code}", "title": message, "status": status, "code": code, **more}
    return Response(json.dumps(body, ensure_ascii=False), status=status, mimetype=MIME)


def problem_of(error: TongxinError, status: int) -> Response:
    more: dict[str, Any] = {}
    if isinstance(error, Invalid) and error.fields:
        more["errors"] = [{"field": f.field, "message": f.message} for f in error.fields]
    return problem(status, error.code, error.message, **more, **error.extra)
