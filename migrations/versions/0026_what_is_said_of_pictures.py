"""What is said of pictures, in an index of words, and the pictures numbered in the order in which they came

Filled with the grams of the code that will ask for them: were they cut otherwise one day, the index would have to be made
anew in any case.

Revision ID: 0026
Follows: 0025
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from webapp.kernel.search import grams, normalise

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

SAID = sa.text(
    "SELECT asset.id AS asset_id, artwork.asset_id IS NOT NULL AS is_artwork, name, alt, credit,"
    " title, artist, transcription"
    " FROM asset LEFT JOIN artwork ON artwork.asset_id = asset.id ORDER BY asset.created_at, asset.id"
)
BATCH_ROWS = 1_000


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _row(number: int, said: Any) -> dict[str, Any]:
    words = "\n".join(
        part or ""
        for part in (said.name, said.alt, said.credit, said.title, said.artist, said.transcription)
    )
    return {
        "id": number,
        "asset_id": said.asset_id,
        "is_artwork": bool(said.is_artwork),
        "normalised": normalise(words),
        "grams": grams(words),
    }


def _fill() -> None:
    texts = sa.text(
        "INSERT INTO asset_text (id, asset_id, is_artwork, normalised)"
        " VALUES (:id, :asset_id, :is_artwork, :normalised)"
    )
    index = sa.text(
        "INSERT INTO asset_fts (rowid, grams) VALUES (:id, :grams)"
        if _is_sqlite()
        else "INSERT INTO asset_fts (asset_text_id, grams)"
        " VALUES (:id, array_to_tsvector(string_to_array(:grams, ' ')))"
    )
    connection = op.get_bind()
    pictures = connection.execute(SAID).all()
    for start in range(0, len(pictures), BATCH_ROWS):
        batch = pictures[start : start + BATCH_ROWS]
        rows = [_row(number, said) for number, said in enumerate(batch, start=start + 1)]
        connection.execute(texts, rows)
        connection.execute(index, rows)


def upgrade() -> None:
    op.create_table(
        "asset_text",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("asset_id", sa.String(length=64), nullable=False),
        sa.Column("is_artwork", sa.Boolean(), nullable=False),
        sa.Column("normalised", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.id"],
            name=op.f("fk_asset_text_asset_id"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asset_text")),
        sa.UniqueConstraint("asset_id", name=op.f("uq_asset_text_asset_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_asset_text_is_artwork_id"), "asset_text", ["is_artwork", "id"])
    if _is_sqlite():
        op.execute(
            "CREATE VIRTUAL TABLE asset_fts USING"
            " fts5(grams, tokenize='unicode61', detail=none, columnsize=0, prefix='1')"
        )
        _fill()
        return
    op.execute(
        "CREATE TABLE asset_fts (asset_text_id bigint PRIMARY KEY"
        " REFERENCES asset_text (id) ON DELETE CASCADE, grams tsvector NOT NULL)"
    )
    _fill()
    op.execute("CREATE INDEX ix_asset_fts_grams ON asset_fts USING gin (grams)")
    op.execute(
        "SELECT setval(pg_get_serial_sequence('asset_text', 'id'),"
        " GREATEST((SELECT max(id) FROM asset_text), 1), EXISTS (SELECT FROM asset_text))"
    )


def downgrade() -> None:
    op.execute("DROP TABLE asset_fts")
    op.drop_table("asset_text")
