"""Which pictures an article's newest revision shows, so that where a picture stands is looked up and not searched for

Revision ID: 0009
Follows: 0008
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BATCH_ROWS = 500


def _figures(node: Any) -> Iterator[str]:
    if node.get("type") == "figure":
        yield node["attrs"]["asset"]
    for child in node.get("content", ()):
        yield from _figures(child)


def _fill() -> None:
    connection = op.get_bind()
    heads = sa.text(
        "SELECT article.id, article.cover_asset, revision.body FROM article"
        " JOIN revision ON revision.article_id = article.id AND revision.number = article.revision"
        " WHERE article.id > :last ORDER BY article.id LIMIT :rows"
    )
    add = sa.text("INSERT INTO article_asset (article_id, asset_id) VALUES (:article, :asset)")
    last = 0
    while rows := connection.execute(heads, {"last": last, "rows": BATCH_ROWS}).all():
        shown = []
        for article, cover, body in rows:
            document = json.loads(body) if isinstance(body, str) else body
            assets = {*_figures(document), *([cover] if cover else ())}
            shown += [{"article": article, "asset": asset} for asset in sorted(assets)]
        if shown:
            connection.execute(add, shown)
        last = rows[-1].id


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "article_asset",
        sa.Column("article_id", number, nullable=False),
        sa.Column("asset_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_article_asset_article_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_article_asset_asset_id")),
        sa.PrimaryKeyConstraint("article_id", "asset_id", name=op.f("pk_article_asset")),
    )
    op.create_index(op.f("ix_article_asset_asset_id"), "article_asset", ["asset_id"])
    _fill()


def downgrade() -> None:
    op.drop_table("article_asset")
