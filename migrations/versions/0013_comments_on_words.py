"""Comments that hang on the words of an article, and what is said in their threads

Revision ID: 0013
Follows: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "comment",
        sa.Column("id", number, nullable=False),
        sa.Column("article_id", number, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("revision", number, nullable=False),
        sa.Column("block", number, nullable=False),
        sa.Column("start", number, nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("before", sa.String(length=255), nullable=False),
        sa.Column("after", sa.String(length=255), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("opened_by", number, nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_by", number, nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_comment_article_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(
        op.f("ix_comment_article_id_state_id"), "comment", ["article_id", "state", "id"]
    )
    op.create_table(
        "remark",
        sa.Column("id", number, nullable=False),
        sa.Column("comment_id", number, nullable=False),
        sa.Column("user_id", number, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_remark_comment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
    )
    op.create_index(op.f("ix_remark_comment_id_id"), "remark", ["comment_id", "id"])


def downgrade() -> None:
    op.drop_table("remark")
    op.drop_table("comment")
