"""Numbers of issues (期号): no column numbers its issues until somebody says so

Revision ID: 0017
Follows: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

NUMBERED = sa.text("issue IS NOT NULL")
BEARS_ITS_NUMBER = sa.text("issue IS NOT NULL AND status IN ('in_review', 'approved', 'published')")
INDEX = "ix_article_column_id_issue"
UNIQUE = "uq_article_issue"


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("column", sa.Column("first_issue", number))
    op.add_column(
        "column",
        sa.Column("issue_format", sa.String(length=40), nullable=False, server_default="第{n}期"),
    )
    op.add_column("revision", sa.Column("issue", number))
    for name in ("issue", "issue_given"):
        op.add_column("article", sa.Column(name, number))
    keys = ["column_id", "issue"]
    op.create_index(INDEX, "article", keys, sqlite_where=NUMBERED, postgresql_where=NUMBERED)
    op.create_index(UNIQUE, "article", keys, unique=True,
                    sqlite_where=BEARS_ITS_NUMBER, postgresql_where=BEARS_ITS_NUMBER)  # fmt: skip


def downgrade() -> None:
    op.drop_index(UNIQUE, "article")
    op.drop_index(INDEX, "article")
    for name in ("issue_given", "issue"):
        op.drop_column("article", name)
    op.drop_column("revision", "issue")
    for name in ("issue_format", "first_issue"):
        op.drop_column("column", name)
