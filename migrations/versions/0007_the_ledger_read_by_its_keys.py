"""The ledger along an index for each key that a figure can be opened by, for an edition, and for what was withdrawn

Revision ID: 0007
Follows: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_posting_published_at_id": ["published_at", "id"],
    "ix_posting_column_id_published_at_id": ["column_id", "published_at", "id"],
    "ix_posting_author_published_at_id": ["author", "published_at", "id"],
    "ix_posting_unit_published_at_id": ["unit", "published_at", "id"],
    "ix_posting_withdrawn_at_published_at": ["withdrawn_at", "published_at"],
    "ix_posting_edition_id": ["edition_id"],
}
BEFORE = "ix_posting_published_at_withdrawn_at_column_id_author"


def upgrade() -> None:
    op.drop_index(op.f(BEFORE), "posting")
    for name, columns in INDEXES.items():
        op.create_index(op.f(name), "posting", columns)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(op.f(name), "posting")
    op.create_index(
        op.f(BEFORE), "posting", ["published_at", "withdrawn_at", "column_id", "author"]
    )
