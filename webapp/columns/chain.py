"""Who reviews what: the people behind each stage of each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.columns.models import Column
from webapp.users.models import Grant, User
from webapp.users.permissions import Role


def reviewers_by_stage(
    session: Session, columns: Sequence[Column]
) -> Mapping[tuple[int, int], Sequence[str]]:
    """(column id, stage) → display names, in one query. A grant without column or stage covers all of them."""
    rows = session.execute(
        select(User.display_name, Grant.column_id, Grant.stage)
        .join(Grant, Grant.user_id == User.id)
        .where(User.active, Grant.role == Role.REVIEWER)
        .order_by(User.username)
    ).all()
    return {
        (column.id, stage): list(
            dict.fromkeys(
                row.display_name
                for row in rows
                if row.column_id in (None, column.id) and row.stage in (None, stage)
            )
        )
        for column in columns
        for stage in range(1, column.stages + 1)
    }
