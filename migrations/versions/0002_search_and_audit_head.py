"""The index of grams, in the database's own full-text engine, and the head of the audit chain

Revision ID: 0002
Follows: 0001
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE article_fts USING fts5(grams, tokenize='unicode61')")
    else:
        op.execute(
            "CREATE TABLE article_fts (article_id bigint PRIMARY KEY"
            " REFERENCES article (id) ON DELETE CASCADE, grams tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_article_fts_grams ON article_fts USING gin (grams)")
    op.execute(
        "INSERT INTO audit_head (id, entries, checksum) VALUES"
        " (1, 0, '0000000000000000000000000000000000000000000000000000000000000000')"
    )


def downgrade() -> None:
    op.execute("DELETE FROM audit_head")
    op.execute("DROP TABLE article_fts")
