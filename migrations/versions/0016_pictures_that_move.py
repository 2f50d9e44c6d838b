"""Pictures that move: what is there already counts as still until the same file is uploaded again

Revision ID: 0016
Follows: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    animated: sa.Column[bool] = sa.Column(
        "animated", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("asset", animated)


def downgrade() -> None:
    op.drop_column("asset", "animated")
