"""How many came out up to the end of each month, instead of in it

Of a span there were as many rows to add up as it has months, for every author; now there are two to look at, one for each of
its ends. A month's row stands where anything came out in it, so what is asked about a moment is the last row before it. Whoever
posts adds to the newest month only; what is posted for an earlier one adds to all since.

Revision ID: 0029
Follows: 0028
"""

# ruff: noqa: S608 -- put together from the constants below

from __future__ import annotations

from collections.abc import Callable

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# The channel's rows come first: two pushes at once then queue up at one and the same row, and cannot block each other.
KEYS = {
    "channel": "{row}.channel",
    "column": "CAST({row}.column_id AS text)",
    "author": "{row}.author",
    "unit": "{row}.unit",
}
CAUSES = ("INSERT", "DELETE", "UPDATE OF channel, column_id, author, unit, published_at")
INDEX = "ix_posting_count_kind_key_month_number"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _month(row: str) -> str:
    if _is_sqlite():
        return f"substr({row}.published_at, 1, 7)"
    return f"to_char({row}.published_at AT TIME ZONE 'UTC', 'YYYY-MM')"


def _keys(row: str) -> str:
    return " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, {key.format(row=row)} AS key" for kind, key in KEYS.items()
    )


def _add_up_to(row: str) -> str:
    """To all time; a row for the month, which begins with what came out before; to the month and all since."""
    before = (
        "SELECT p.number FROM posting_count AS p WHERE p.kind = k.kind AND p.key = k.key"
        f" AND p.month > '' AND p.month < {_month(row)} ORDER BY p.month DESC LIMIT 1"
    )
    return (
        "INSERT INTO posting_count (kind, month, key, number)"
        f" SELECT k.kind, '', k.key, 1 FROM ({_keys(row)}) AS k"
        " WHERE true ON CONFLICT (kind, month, key)"
        " DO UPDATE SET number = posting_count.number + 1;"
        " INSERT INTO posting_count (kind, month, key, number)"
        f" SELECT k.kind, {_month(row)}, k.key, COALESCE(({before}), 0) FROM ({_keys(row)}) AS k"
        " WHERE true ON CONFLICT (kind, month, key) DO NOTHING;"
        " UPDATE posting_count SET number = number + 1"
        f" WHERE month >= {_month(row)} AND (kind, key) IN ({_keys(row)});"
    )


def _take_up_to(row: str) -> str:
    return (
        "UPDATE posting_count SET number = number - 1"
        f" WHERE (month = '' OR month >= {_month(row)}) AND (kind, key) IN ({_keys(row)});"
    )


def _add_in(row: str) -> str:
    """As migration 0006 has it: to all time, and to the month."""
    return (
        "INSERT INTO posting_count (kind, month, key, number)"
        f" SELECT k.kind, m.month, k.key, 1 FROM ({_keys(row)}) AS k"
        f" CROSS JOIN (SELECT '' AS month UNION ALL SELECT {_month(row)}) AS m"
        " WHERE true ON CONFLICT (kind, month, key)"
        " DO UPDATE SET number = posting_count.number + 1;"
    )


def _take_in(row: str) -> str:
    return (
        "UPDATE posting_count SET number = number - 1"
        f" WHERE month IN ('', {_month(row)}) AND (kind, key) IN ({_keys(row)});"
    )


def _watch(add: Callable[[str], str], take: Callable[[str], str]) -> None:
    """The triggers of migration 0006, which do this now."""
    if not _is_sqlite():
        op.execute(
            "CREATE OR REPLACE FUNCTION posting_count() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF TG_OP IN ('DELETE', 'UPDATE') THEN {take('OLD')} END IF;"
            f" IF TG_OP IN ('INSERT', 'UPDATE') THEN {add('NEW')} END IF;"
            " IF TG_OP = 'TRUNCATE' THEN DELETE FROM posting_count; END IF;"
            " RETURN NULL; END $$"
        )
        return
    for cause in CAUSES:
        act = cause.split()[0]
        steps = {"INSERT": add("NEW"), "DELETE": take("OLD")}.get(act, take("OLD") + add("NEW"))
        name = f"posting_count_{act.lower()}"
        op.execute(f"DROP TRIGGER {name}")
        op.execute(f"CREATE TRIGGER {name} AFTER {cause} ON posting BEGIN {steps} END")


def _fill(number: str) -> None:
    """The rows of the months, anew from the ledger; `number`: of those that came out in a month, `n`."""
    op.execute("DELETE FROM posting_count WHERE month > ''")
    for kind, key in KEYS.items():
        op.execute(
            "INSERT INTO posting_count (kind, month, key, number)"
            f" SELECT '{kind}', month, key, {number} FROM ("
            f"SELECT {_month('posting')} AS month, {key.format(row='posting')} AS key, count(*) AS n"
            " FROM posting GROUP BY 1, 2) AS counted"
        )


def upgrade() -> None:
    # With the number: SQLite prefers the primary key, along which it would meet every other author's months, to what it must
    # look up twice.
    op.create_index(INDEX, "posting_count", ["kind", "key", "month", "number"])
    _fill("sum(n) OVER (PARTITION BY key ORDER BY month)")
    _watch(_add_up_to, _take_up_to)


def downgrade() -> None:
    _watch(_add_in, _take_in)
    _fill("n")
    op.drop_index(INDEX, "posting_count")
