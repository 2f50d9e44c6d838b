"""Numbers of issues (期号) that begin anew each year: those that are there are of no year

Revision ID: 0023
Follows: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NUMBERED = sa.text("issue IS NOT NULL")
BEARS_ITS_NUMBER = sa.text("issue IS NOT NULL AND status IN ('in_review', 'approved', 'published')")
UNIQUE = "uq_article_issue"
YEARS = (
    ("column", "first_issue_year"),
    ("revision", "issue_year"),
    ("article", "issue_year"),
    ("article", "issue_given_year"),
)


def _index(keys: list[str]) -> None:
    name = op.f(f"ix_article_{'_'.join(keys)}")
    op.create_index(name, "article", keys, sqlite_where=NUMBERED, postgresql_where=NUMBERED)
    op.create_index(UNIQUE, "article", keys, unique=True,
                    sqlite_where=BEARS_ITS_NUMBER, postgresql_where=BEARS_ITS_NUMBER)  # fmt: skip


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for table, name in YEARS:
        op.add_column(table, sa.Column(name, number, nullable=False, server_default="0"))
    op.drop_index(UNIQUE, "article")
    op.drop_index("ix_article_column_id_issue", "article")
    _index(["column_id", "issue_year", "issue"])


def downgrade() -> None:
    op.drop_index(UNIQUE, "article")
    op.drop_index("ix_article_column_id_issue_year_issue", "article")
    _index(["column_id", "issue"])
    for table, name in reversed(YEARS):
        op.drop_column(table, name)
