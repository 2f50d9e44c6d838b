"""An article's story in sentences, from the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.kernel.audit import AuditEntry
from webapp.kernel.clock import local
from webapp.kernel.db import zone_of
from webapp.notices.queries import told_by_entry
from webapp.system.words import ACTION_WORDS
from webapp.users.models import User

ENTRIES_MAX = 100
EXCERPT_SHOWN = 20

Mood = Literal["", "done", "wrong"]


@dataclass(frozen=True, kw_only=True)
class Event:
    at: datetime
    who: str
    what: str
    comment: str = ""
    mood: Mood = ""
    told: Sequence[str] = ()
    """Names of those who were told of it."""


_MOODS: Mapping[str, Mood] = {"article.publish": "done", "article.withdraw": "wrong"}


def _in_place(details: Mapping[str, Any]) -> str:
    if not details.get("deputy_reason"):
        return ""
    whom = f"代{details['deputy_for']}，" if details.get("deputy_for") else ""
    return f"（代审：{whom}{details['deputy_reason']}）"


def _embargo(details: Mapping[str, Any], zone: ZoneInfo) -> str:
    if not details.get("after"):
        return "取消“不早于”"
    until = local(datetime.fromisoformat(details["after"]), zone)
    return f"定下不早于{until:%Y年%-m月%-d日 %H:%M}"


def _what(action: str, details: Mapping[str, Any], zone: ZoneInfo) -> tuple[str, Mood]:
    stage = details.get("stage_name", "")
    match action:
        case "article.edit":
            return f"存第 {details.get('revision', '')} 版", ""
        case "article.submit":
            return f"送审（第 {details.get('round', 1)} 轮）", ""
        case "article.pass_stage" | "article.approve":
            return f"{stage}通过{_in_place(details)}", "done"
        case "article.return":
            return f"{stage}退回{_in_place(details)}", "wrong"
        case "article.submit_urgent":
            return f"按急件送审（第 {details.get('round', 1)} 轮）", ""
        case "article.approve_urgent":
            return f"按急件审定（{stage}）", "done"
        case "article.embargo":
            return _embargo(details, zone), ""
        case "article.countersign":
            return f"{stage}补签{_in_place(details)}", "done"
        case "article.object":
            return f"{stage}补签时提出异议{_in_place(details)}", "wrong"
        case "link.make":
            wrote = "；制作的人写过这篇稿件" if details.get("maker_wrote") else ""
            return (
                f"请{details.get('signer', '')}（{details.get('title', '')}）持链接签批{wrote}",
                "",
            )
        case "link.revoke":
            return f"收回给{details.get('signer', '')}的签批链接", ""
        case _:
            what, mood = ACTION_WORDS.get(action, action), _MOODS.get(action, "")
            words = details.get("excerpt", "") if action.startswith("comment.") else ""
            return f"{what}“{words[:EXCERPT_SHOWN]}”" if words else what, mood


def _names(session: Session, usernames: set[str]) -> dict[str, str]:
    query = select(User.username, User.display_name).where(User.username.in_(usernames))
    return {row.username: row.display_name for row in session.execute(query)}


def _who_else(entry: AuditEntry) -> str:
    """Somebody without an account."""
    if entry.actor.startswith("link:"):
        return f"{entry.details.get('signer', '')}（持链接）"
    return "系统" if entry.actor.startswith("system:") else entry.actor


def list_events(session: Session, article_id: int) -> list[Event]:
    """Newest first; three statements."""
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "article", AuditEntry.subject_id == str(article_id))
        .order_by(AuditEntry.id.desc())
        .limit(ENTRIES_MAX)
    ).all()
    names = _names(session, {e.actor for e in entries})
    told = told_by_entry(session, article_id)
    events = []
    for entry in entries:
        what, mood = _what(entry.action, entry.details, zone_of(session))
        who = names.get(entry.actor) or _who_else(entry)
        comment = entry.details.get("comment", "")
        events.append(
            Event(
                at=entry.at,
                who=who,
                what=what,
                comment=comment,
                mood=mood,
                told=told.get(entry.id, ()),
            )
        )
    return events
