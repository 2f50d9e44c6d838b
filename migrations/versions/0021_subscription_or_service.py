"""Whether an official account is a subscription or a service account: how often it may mass-send

Revision ID: 0021
Follows: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kind: sa.Column[str] = sa.Column(
        "kind", sa.String(16), nullable=False, server_default="subscription"
    )
    op.add_column("account", kind)


def downgrade() -> None:
    op.drop_column("account", "kind")
