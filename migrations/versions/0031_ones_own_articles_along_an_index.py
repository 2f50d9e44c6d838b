"""One's own articles of a column, and of a state there, newest change first, along an index

Revision ID: 0031
Follows: 0030
"""

from __future__ import annotations

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_article_created_by_column_id_updated_at_id": [
        "created_by", "column_id", "updated_at", "id",
    ],
    "ix_article_created_by_column_id_status_updated_at_id": [
        "created_by", "column_id", "status", "updated_at", "id",
    ],
}  # fmt: skip


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(op.f(name), "article", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(op.f(name), "article")
