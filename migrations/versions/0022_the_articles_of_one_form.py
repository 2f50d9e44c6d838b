"""The articles of one form, and of one form in a column, newest change first, along an index

Revision ID: 0022
Follows: 0021
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_article_form_updated_at_id": ["form", "updated_at", "id"],
    "ix_article_column_id_form_updated_at_id": ["column_id", "form", "updated_at", "id"],
}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        op.create_index(op.f(name), "article", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(op.f(name), "article")
