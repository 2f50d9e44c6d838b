"""Who decides in a reviewer's place: named beforehand, and written down with the verdict

Revision ID: 0010
Follows: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORDS = ("deputy_for", "deputy_reason")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in WORDS:
        op.add_column("review", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "mandate",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("column_id", NUMBER, nullable=False),
        sa.Column("stage", NUMBER, nullable=True),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("for_user_id", NUMBER, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("created_by", NUMBER, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["column_id"], ["column.id"], name=op.f("fk_mandate_column_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mandate_user_id")),
        sa.ForeignKeyConstraint(["for_user_id"], ["user.id"], name=op.f("fk_mandate_for_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    op.create_index(op.f("ix_mandate_column_id_kind"), "mandate", ["column_id", "kind"])
    op.create_index(op.f("ix_mandate_user_id_kind"), "mandate", ["user_id", "kind"])


def downgrade() -> None:
    op.drop_table("mandate")
    for name in reversed(WORDS):
        op.drop_column("review", name)
