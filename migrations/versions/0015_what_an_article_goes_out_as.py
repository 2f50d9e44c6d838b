"""What an article goes out as: an article, or a picture message; what is there already is an article

Revision ID: 0015
Follows: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("article", "revision")


def upgrade() -> None:
    for table in TABLES:
        form = sa.Column("form", sa.String(length=8), nullable=False, server_default="news")
        op.add_column(table, form)


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "form")
