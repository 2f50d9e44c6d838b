"""What a new article of a column starts from; no column has one yet

Revision ID: 0018
Follows: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("column", sa.Column("template", sa.JSON()))


def downgrade() -> None:
    op.drop_column("column", "template")
