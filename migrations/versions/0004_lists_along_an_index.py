"""The articles of one column, and of one person, newest change first, along an index

Revision ID: 0004
Follows: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_article_column_id_updated_at_id": ["column_id", "updated_at", "id"],
    "ix_article_created_by_updated_at_id": ["created_by", "updated_at", "id"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(op.f(name), "article", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(op.f(name), "article")
