"""Notices to people, how they want to be told outside, the institution's channels, and what is on its way to them

Revision ID: 0014
Follows: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _of(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("article_id", NUMBER, nullable=True),
        sa.Column("entry_id", NUMBER, nullable=True),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        _of("notice", "user_id", "user"),
        _of("notice", "article_id", "article"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_user_id_id"), "notice", ["user_id", "id"])
    op.create_index(op.f("ix_notice_user_id_read_at"), "notice", ["user_id", "read_at"])
    op.create_index(op.f("ix_notice_article_id_entry_id"), "notice", ["article_id", "entry_id"])
    op.create_index(op.f("ix_notice_about"), "notice", ["about"])


def upgrade() -> None:
    _notices()
    op.create_table(
        "notice_preference",
        sa.Column("user_id", NUMBER, nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        _of("notice_preference", "user_id", "user"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_preference")),
    )
    op.create_table(
        "notice_channel",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("hint", sa.String(length=255), nullable=False),
        sa.Column("locked_address", sa.Text(), nullable=False),
        sa.Column("locked_secret", sa.Text(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_channel")),
    )
    op.create_table(
        "notice_message",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("user_id", NUMBER, nullable=True),
        sa.Column("channel_id", NUMBER, nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("more", NUMBER, nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        _of("notice_message", "user_id", "user"),
        _of("notice_message", "channel_id", "notice_channel"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_message")),
    )
    for columns in (["state", "due_at"], ["user_id", "state"], ["channel_id", "state"]):
        op.create_index(op.f(f"ix_notice_message_{'_'.join(columns)}"), "notice_message", columns)


def downgrade() -> None:
    for table in ("notice_message", "notice_channel", "notice_preference", "notice"):
        op.drop_table(table)
