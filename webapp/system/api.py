from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app

from webapp.kernel.openapi import describe
from webapp.users.access import public

bp = Blueprint("system_api", __name__)


@bp.get("/openapi.json")
@public
def openapi() -> dict[str, Any]:
    return describe(current_app._get_current_object())  # type: ignore[attr-defined]
