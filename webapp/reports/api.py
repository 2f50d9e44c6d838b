from __future__ import annotations

from typing import Any

from flask import Blueprint, request
from pydantic import BaseModel

from webapp.kernel.clock import local_date
from webapp.kernel.openapi import described
from webapp.kernel.web import context, now, read
from webapp.reports.exports import counts_json
from webapp.reports.forms import parse_by, parse_span
from webapp.reports.queries import count_published
from webapp.users.access import requires
from webapp.users.permissions import Permission

bp = Blueprint("reports_api", __name__)


class CountRow(BaseModel):
    key: str
    label: str
    count: int


class CountsAnswer(BaseModel):
    total: int
    rows: list[CountRow]
    sentence: str
    by: str
    as_of: str


@bp.get("/reports/counts")
@requires(Permission.REPORT_READ)
@described("刊发篇数", ok={200: CountsAnswer}, problems=(422,),
           query={"by": "column、month、author、unit 或 channel", "from": "起", "to": "止",
                  "as_of": "截至哪一天"})  # fmt: skip
def counts() -> dict[str, Any]:
    zone = context().settings.zone
    span = parse_span(request.args, local_date(now(), zone))
    return counts_json(count_published(read(), parse_by(request.args.get("by")), span, zone))
