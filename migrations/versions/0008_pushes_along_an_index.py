"""Pushes of one state, of a month, in trouble, and by what the platform calls them, along an index

Revision ID: 0008
Follows: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = (
    ("edition", ["status", "id"]),
    ("edition", ["scheduled_at"]),
    ("edition", ["finished_at"]),
    ("edition", ["status", "error_code", "id"]),
    ("publication", ["media_id"]),
    ("publication", ["wechat_article_id"]),
)


def upgrade() -> None:
    for table, columns in INDEXES:
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns)


def downgrade() -> None:
    for table, columns in INDEXES:
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table)
