"""Tables of names kept at the desk beside the lexicons

Revision ID: 0030
Follows: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "word_list", sa.Column("kind", sa.String(length=16), nullable=False, server_default="terms")
    )


def downgrade() -> None:
    op.drop_column("word_list", "kind")
