"""Which of a person's windows wrote the rolling copy: two windows are as two people; what lies there already is anybody's

Revision ID: 0020
Follows: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    window: sa.Column[str] = sa.Column("window", sa.String(32), nullable=False, server_default="")
    op.add_column("autosave", window)


def downgrade() -> None:
    op.drop_column("autosave", "window")
