from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.columns.models import Campaign, Column
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict, Invalid, NotFound, Stale
from webapp.users.permissions import Actor, Permission


def list_columns(session: Session) -> list[Column]:
    """All of them, archived ones too: for what is counted, granted and reviewed."""
    return list(session.scalars(select(Column).order_by(Column.position, Column.id)))


def list_open_columns(session: Session) -> list[Column]:
    """Those that take new articles, in the order that the desk has given them."""
    return [column for column in list_columns(session) if column.archived_at is None]


def find_column(session: Session, slug: str) -> Column | None:
    return session.scalar(select(Column).where(Column.slug == slug))


def get_column(session: Session, slug: str) -> Column:
    column = find_column(session, slug)
    if column is None:
        known = "、".join(c.slug for c in list_columns(session))
        raise NotFound(
            f"没有名为“{slug}”的专栏，什么也没有改动；现有专栏：{known or '（还没有）'}。"
        )
    return column


def list_campaigns(session: Session) -> list[Campaign]:
    """The newest first."""
    return list(session.scalars(select(Campaign).order_by(Campaign.id.desc())))


def find_campaign(session: Session, slug: str) -> Campaign | None:
    return session.scalar(select(Campaign).where(Campaign.slug == slug))


def get_campaign(session: Session, slug: str) -> Campaign:
    campaign = find_campaign(session, slug)
    if campaign is None:
        raise NotFound(f"没有代号为“{slug}”的专题，什么也没有改动；请从“专栏”页进去。")
    return campaign


def _add_campaign(
    session: Session, values: Mapping[str, Any], actor: Actor, now: datetime
) -> Campaign:
    campaign = Campaign(created_at=now, **values)
    session.add(campaign)
    session.flush()  # its columns need its id
    record(session, "campaign.add", Subject(kind="campaign", id=campaign.id), actor=actor.name,
           now=now, details={"slug": campaign.slug})  # fmt: skip
    return campaign


def _add_column(session: Session, values: Mapping[str, Any], actor: Actor, now: datetime) -> Column:
    column = Column(created_at=now, **values)
    session.add(column)
    session.flush()  # the id goes into the audit trail
    record(session, "column.add", Subject(kind="column", id=column.id), actor=actor.name,
           now=now, details={"slug": column.slug})  # fmt: skip
    return column


def load_columns(session: Session, path: Path, *, actor: Actor, now: datetime) -> list[Column]:
    """Create the columns of the file that are not there yet; those that are stay as the desk has made them."""
    config = tomllib.loads(path.read_text("utf-8"))
    campaign = find_campaign(session, config["campaign"]["slug"])
    if campaign is None:
        campaign = _add_campaign(session, config["campaign"], actor, now)
    return [
        _add_column(
            session, {**values, "campaign_id": campaign.id, "position": position}, actor, now
        )
        for position, values in enumerate(config["column"], start=1)
        if find_column(session, values["slug"]) is None
    ]


def create_column(
    session: Session,
    values: Mapping[str, Any],
    *,
    campaign: Mapping[str, Any] | None,
    actor: Actor,
    now: datetime,
) -> Column:
    """Behind all the others. `values` are parsed fields of the form, with `campaign_id` unless a new `campaign` is made with
    it. Raises Invalid when a slug is taken."""
    actor.require(Permission.COLUMN_MANAGE)
    _refuse_taken("slug", find_column(session, values["slug"]))
    if campaign is not None:
        _refuse_taken("campaign_slug", find_campaign(session, campaign["slug"]))
        values = {**values, "campaign_id": _add_campaign(session, campaign, actor, now).id}
    last = session.scalar(select(func.max(Column.position))) or 0
    return _add_column(session, {**values, "position": last + 1}, actor, now)


def _refuse_taken(field: str, holder: Column | Campaign | None) -> None:
    if holder is not None:
        message = f"代号“{holder.slug}”已经给了“{holder.name}”，专栏还没有建；请换一个。"
        raise Invalid.of_field(field, message, code="column.slug_taken")


def change_campaign(
    session: Session, campaign: Campaign, values: Mapping[str, str], *, actor: Actor, now: datetime
) -> None:
    """`values` are parsed fields of its form."""
    actor.require(Permission.COLUMN_MANAGE)
    before = {key: getattr(campaign, key) for key in values}
    for key, value in values.items():
        setattr(campaign, key, value)
    record(session, "campaign.change", Subject(kind="campaign", id=campaign.id), actor=actor.name,
           now=now, details={"before": before, "after": dict(values)})  # fmt: skip


def change_column(
    session: Session, column: Column, values: Mapping[str, Any], *, actor: Actor, now: datetime
) -> None:
    """`values` are parsed fields of the settings form. Raises Invalid for what cannot be."""
    stages = values.get("stages", column.stages)
    if not 1 <= stages <= 3:
        raise Invalid.of_field("stages", "审次要在 1 到 3 之间。")
    if not str(values.get("name", column.name)).strip():
        raise Invalid.of_field("name", "专栏要有名称。")
    before = {key: getattr(column, key) for key in values}
    for key, value in values.items():
        setattr(column, key, value)
    record(session, "column.change", Subject(kind="column", id=column.id), actor=actor.name,
           now=now, details={"before": before, "after": dict(values)})  # fmt: skip


def refuse_archived(column: Column) -> None:
    """Raises Conflict."""
    if column.archived_at is not None:
        raise Conflict(
            f"“{column.name}”已经归档，不收新稿，没有建立稿件；"
            "请换一个专栏，或请管理员在“专栏”页把它恢复。",
            code="column.archived",
        )


def archive(session: Session, column: Column, *, actor: Actor, now: datetime) -> None:
    """No new articles from now on; what is there goes on. Raises Conflict when it is archived already."""
    actor.require(Permission.COLUMN_MANAGE, column.id)
    if column.archived_at is not None:
        raise Conflict(f"“{column.name}”已经归档了，没有改动。", code="column.archived")
    column.archived_at = now
    record(session, "column.archive", Subject(kind="column", id=column.id), actor=actor.name,
           now=now, details={"name": column.name})  # fmt: skip


def bring_back(session: Session, column: Column, *, actor: Actor, now: datetime) -> None:
    """To where it stood in the order. Raises Conflict when it is not archived."""
    actor.require(Permission.COLUMN_MANAGE, column.id)
    if column.archived_at is None:
        raise Conflict(f"“{column.name}”没有归档，没有改动。", code="column.open")
    column.archived_at = None
    record(session, "column.bring_back", Subject(kind="column", id=column.id), actor=actor.name,
           now=now, details={"name": column.name})  # fmt: skip


def arrange(
    session: Session, slugs: Sequence[str], *, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """The order in which columns stand wherever they are listed: all the open ones, each once; archived ones stay where
    they are among them. Returns the order before. Raises Stale when the open columns are not these (any more)."""
    actor.require(Permission.COLUMN_MANAGE)
    columns = list_columns(session)
    before = tuple(column.slug for column in columns if column.archived_at is None)
    if sorted(before) != sorted(slugs):
        raise Stale(
            "专栏刚有增减，次序没有改动；下面是现在的样子，请再排一次。", code="column.order"
        )
    if before == tuple(slugs):
        return before
    by_slug = {column.slug: column for column in columns}
    following = iter(slugs)
    for position, column in enumerate(columns, start=1):
        placed = by_slug[next(following)] if column.archived_at is None else column
        placed.position = position
    moved = by_slug[max(before, key=lambda slug: abs(before.index(slug) - slugs.index(slug)))]
    record(session, "column.arrange", Subject(kind="column", id=moved.id), actor=actor.name, now=now,
           details={"before": "、".join(before), "after": "、".join(slugs)})  # fmt: skip
    return before


def count_published(session: Session, column_id: int, change: int) -> None:
    """Move the counter in the database itself, so that two at once both count."""
    session.execute(
        update(Column)
        .where(Column.id == column_id)
        .values(published_count=Column.published_count + change)
    )
