"""SQLite's index of words without the places of the words, which nobody asks for, and with the first characters

A third of the size, and a common word or a single character is read off it at once. PostgreSQL's index stays as it is.

Revision ID: 0005
Follows: 0004
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LEAN = "detail=none, columnsize=0, prefix='1'"
FULL = "detail=full, columnsize=1"


def _make_anew(options: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute(
        f"CREATE VIRTUAL TABLE article_fts_new USING fts5(grams, tokenize='unicode61', {options})"
    )
    op.execute("INSERT INTO article_fts_new (rowid, grams) SELECT rowid, grams FROM article_fts")
    op.execute("DROP TABLE article_fts")
    op.execute("ALTER TABLE article_fts_new RENAME TO article_fts")


def upgrade() -> None:
    _make_anew(LEAN)


def downgrade() -> None:
    _make_anew(FULL)
