"""Urgent articles: asked for with a reason, decided by a leader, countersigned by the others

Revision ID: 0012
Follows: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _of_article(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["article_id"], ["article.id"], name=op.f(f"fk_{table}_article_id"), ondelete="CASCADE"
    )


def upgrade() -> None:
    op.add_column(
        "article", sa.Column("urgent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "review", sa.Column("way", sa.String(length=16), nullable=False, server_default="")
    )
    op.create_table(
        "urgent_request",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("round", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", NUMBER, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT, nullable=True),
        _of_article("urgent_request"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urgent_request")),
    )
    op.create_index(
        op.f("ix_urgent_request_article_id_round"),
        "urgent_request",
        ["article_id", "round"],
        unique=True,
    )
    op.create_table(
        "countersign",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("article_id", NUMBER, nullable=False),
        sa.Column("round", NUMBER, nullable=False),
        sa.Column("stage", NUMBER, nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", NUMBER, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        _of_article("countersign"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countersign")),
    )
    for columns, unique in (
        (["article_id", "round", "stage"], True),
        (["settled_at", "due_at"], False),
        (["decision", "answered_at"], False),
    ):
        name = op.f(f"ix_countersign_{'_'.join(columns)}")
        op.create_index(name, "countersign", columns, unique=unique)


def downgrade() -> None:
    op.drop_table("countersign")
    op.drop_table("urgent_request")
    op.drop_column("review", "way")
    op.drop_column("article", "urgent")
