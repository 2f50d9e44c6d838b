"""A leader without an account decides with a link

Taken back, a verdict by link is kept under whoever made the link, with the signer's name in the comment.

Revision ID: 0011
Follows: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _links() -> None:
    op.create_table(
        "review_link",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("round", NUMBER, nullable=False),
        sa.Column("stage", NUMBER, nullable=False),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("token_checksum", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("name_key", sa.String(length=255), nullable=False),
        sa.Column("phone_key", sa.String(length=64), nullable=False),
        sa.Column("phone_tail", sa.String(length=4), nullable=False),
        sa.Column("made_by", NUMBER, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["article.id"],
            name=op.f("fk_review_link_article_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_link")),
        sa.UniqueConstraint("token_checksum", name=op.f("uq_review_link_token_checksum")),
    )
    op.create_index(op.f("ix_review_link_article_id_id"), "review_link", ["article_id", "id"])
    op.create_index(
        op.f("ix_review_link_made_by_article_id"), "review_link", ["made_by", "article_id"]
    )


def upgrade() -> None:
    _links()
    with op.batch_alter_table("review") as batch:
        batch.alter_column("reviewer_id", existing_type=NUMBER, nullable=True)
        batch.add_column(sa.Column("link_id", NUMBER, nullable=True))
        for name in ("signer_name", "signer_title"):
            batch.add_column(
                sa.Column(name, sa.String(length=255), nullable=False, server_default="")
            )
        batch.create_foreign_key(op.f("fk_review_link_id"), "review_link", ["link_id"], ["id"])


def downgrade() -> None:
    op.execute(
        "UPDATE review SET comment = comment || '（持链接签批：' || signer_name || '，' || signer_title || '）',"
        " reviewer_id = (SELECT made_by FROM review_link WHERE review_link.id = review.link_id)"
        " WHERE link_id IS NOT NULL"
    )
    with op.batch_alter_table("review") as batch:
        batch.drop_constraint(op.f("fk_review_link_id"), type_="foreignkey")
        for name in ("signer_title", "signer_name", "link_id"):
            batch.drop_column(name)
        batch.alter_column("reviewer_id", existing_type=NUMBER, nullable=False)
    op.drop_table("review_link")
