"""How many came out, kept beside the ledger by the database itself

One row for each way of counting, its key, and the month (UTC, YYYY-MM; '' for all time). A trigger keeps it in step with the
ledger, in the transaction that posts, whoever posts: a page then adds up some dozens of rows however long the ledger is.
What was withdrawn is not taken off here: that depends on the day that is asked about.

Revision ID: 0006
Follows: 0005
"""

# ruff: noqa: S608 -- put together from the constants below

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# The channel's rows come first: two pushes at once then queue up at one and the same row, and cannot block each other.
KEYS = {
    "channel": "{row}.channel",
    "column": "CAST({row}.column_id AS {text})",
    "author": "{row}.author",
    "unit": "{row}.unit",
}
CAUSES = ("INSERT", "DELETE", "UPDATE OF channel, column_id, author, unit, published_at")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _month(row: str) -> str:
    if _is_sqlite():
        return f"substr({row}.published_at, 1, 7)"
    return f"to_char({row}.published_at AT TIME ZONE 'UTC', 'YYYY-MM')"


def _keys(row: str) -> str:
    return " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, {key.format(row=row, text='text')} AS key"
        for kind, key in KEYS.items()
    )


def _months(row: str) -> str:
    return f"SELECT '' AS month UNION ALL SELECT {_month(row)}"


def _add(row: str) -> str:
    return (
        "INSERT INTO posting_count (kind, month, key, number)"
        f" SELECT k.kind, m.month, k.key, 1 FROM ({_keys(row)}) AS k CROSS JOIN ({_months(row)}) AS m"
        " WHERE true ON CONFLICT (kind, month, key)"
        " DO UPDATE SET number = posting_count.number + 1;"
    )


def _take(row: str) -> str:
    return (
        "UPDATE posting_count SET number = number - 1"
        f" WHERE month IN ('', {_month(row)}) AND (kind, key) IN ({_keys(row)});"
    )


def _fill() -> None:
    for kind, key in KEYS.items():
        keyed = key.format(row="posting", text="text")
        for month in ("''", _month("posting")):
            op.execute(
                "INSERT INTO posting_count (kind, month, key, number)"
                f" SELECT '{kind}', {month}, {keyed}, count(*) FROM posting GROUP BY 2, 3"
            )


def _watch_sqlite() -> None:
    for cause in CAUSES:
        act = cause.split()[0]
        steps = {"INSERT": _add("NEW"), "DELETE": _take("OLD")}.get(act, _take("OLD") + _add("NEW"))
        op.execute(
            f"CREATE TRIGGER posting_count_{act.lower()} AFTER {cause} ON posting BEGIN {steps} END"
        )


def _watch_postgres() -> None:
    op.execute(
        "CREATE FUNCTION posting_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP IN ('DELETE', 'UPDATE') THEN {_take('OLD')} END IF;"
        f" IF TG_OP IN ('INSERT', 'UPDATE') THEN {_add('NEW')} END IF;"
        " IF TG_OP = 'TRUNCATE' THEN DELETE FROM posting_count; END IF;"
        " RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER posting_count AFTER {' OR '.join(CAUSES)} ON posting"
        " FOR EACH ROW EXECUTE FUNCTION posting_count()"
    )
    op.execute(
        "CREATE TRIGGER posting_count_truncate AFTER TRUNCATE ON posting"
        " EXECUTE FUNCTION posting_count()"
    )


def upgrade() -> None:
    op.create_table(
        "posting_count",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "month", "key", name=op.f("pk_posting_count")),
        sqlite_with_rowid=False,
    )
    _fill()
    if _is_sqlite():
        _watch_sqlite()
    else:
        _watch_postgres()


def downgrade() -> None:
    if _is_sqlite():
        for cause in CAUSES:
            op.execute(f"DROP TRIGGER posting_count_{cause.split()[0].lower()}")
    else:
        op.execute("DROP TRIGGER posting_count ON posting")
        op.execute("DROP TRIGGER posting_count_truncate ON posting")
        op.execute("DROP FUNCTION posting_count()")
    op.drop_table("posting_count")
