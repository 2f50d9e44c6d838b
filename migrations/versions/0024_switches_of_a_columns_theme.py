"""A column may indent, justify and size its text otherwise than its theme does

Revision ID: 0024
Follows: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("column", sa.Column("first_line_indent", sa.Boolean(), nullable=True))
    op.add_column("column", sa.Column("justify", sa.Boolean(), nullable=True))
    op.add_column(
        "column",
        sa.Column("text_size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )


def downgrade() -> None:
    for name in ("text_size", "justify", "first_line_indent"):
        op.drop_column("column", name)
