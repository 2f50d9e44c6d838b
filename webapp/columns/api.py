from __future__ import annotations

from typing import Any

from flask import Blueprint
from pydantic import BaseModel

from webapp.columns.models import Column
from webapp.columns.service import list_columns
from webapp.kernel.openapi import described
from webapp.kernel.web import read
from webapp.users.access import requires
from webapp.users.permissions import Permission

bp = Blueprint("columns_api", __name__)


class ColumnAnswer(BaseModel):
    slug: str
    name: str
    kind: str
    published_count: int
    target: int | None
    stages: int
    campaign: str
    archived: bool


class ColumnList(BaseModel):
    items: list[ColumnAnswer]
    next_cursor: str | None


def column_json(column: Column) -> dict[str, Any]:
    return {
        "slug": column.slug,
        "name": column.name,
        "kind": column.kind,
        "published_count": column.published_count,
        "target": column.target,
        "stages": column.stages,
        "campaign": column.campaign.name,
        "archived": column.archived_at is not None,
    }


@bp.get("/columns")
@requires(Permission.COLUMN_READ)
@described("专栏与各自的刊发篇数", ok={200: ColumnList})
def list_all() -> dict[str, Any]:
    return {"items": [column_json(c) for c in list_columns(read())], "next_cursor": None}
