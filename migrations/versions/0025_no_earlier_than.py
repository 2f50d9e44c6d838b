"""An article may say before which moment nothing takes it out (不早于)

Revision ID: 0025
Follows: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("article", sa.Column("embargo_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("article", "embargo_until")
