from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from webapp.kernel.errors import NotFound
from webapp.kernel.paging import DEFAULT_LIMIT, Page, decode_cursor, encode_cursor
from webapp.notices.models import Notice, NoticeChannel, NoticeMessage, NoticePreference
from webapp.notices.workflow import LEASE, ChannelKind, MessageState, Mode
from webapp.users.models import User

COUNTED_MAX = 100
CHANNELS_MAX = 20
_PLACEHOLDER = "@users.invalid"


def count_unread(session: Session, user_id: int) -> int:
    """At most COUNTED_MAX; from the index alone."""
    unread = select(Notice.user_id).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    counted = unread.limit(COUNTED_MAX).subquery()
    return session.scalar(select(func.count()).select_from(counted)) or 0


def list_notices(
    session: Session, user_id: int, *, cursor: str | None = None, limit: int = DEFAULT_LIMIT
) -> Page[Notice]:
    """Newest first."""
    query = select(Notice).where(Notice.user_id == user_id).order_by(Notice.id.desc())
    if cursor:
        (last,) = decode_cursor(cursor, int)
        query = query.where(Notice.id < last)
    rows = session.scalars(query.limit(limit + 1)).all()
    items = rows[:limit]
    return Page(items=items, next_cursor=encode_cursor(items[-1].id) if len(rows) > limit else None)


def get_notice(session: Session, user_id: int, notice_id: int) -> Notice:
    """One's own; another's is as if it were not there."""
    found = session.get(Notice, notice_id)
    if found is None or found.user_id != user_id:
        raise NotFound("没有这条提醒，它可能已被清理。")
    return found


def told_by_entry(session: Session, article_id: int) -> Mapping[int, list[str]]:
    """Audit entry → the names of those who were told of it. One statement."""
    rows = session.execute(
        select(Notice.entry_id, User.display_name)
        .join(User, User.id == Notice.user_id)
        .where(Notice.article_id == article_id, Notice.entry_id.is_not(None))
        .order_by(Notice.id)
    )
    found: dict[int, list[str]] = {}
    for entry_id, name in rows:
        found.setdefault(entry_id or 0, []).append(name)
    return found


def was_told(session: Session, about: str) -> bool:
    return session.scalar(select(Notice.id).where(Notice.about == about).limit(1)) is not None


def real_address(user: User) -> str:
    return "" if user.email.endswith(_PLACEHOLDER) else user.email


def preferences_of(
    session: Session, users: Collection[User]
) -> Mapping[int, tuple[Mode, str]]:  # fmt: skip
    """User → how they want to be told, and where ("": nowhere). One statement."""
    ids = [u.id for u in users]
    query = select(NoticePreference).where(NoticePreference.user_id.in_(ids))
    kept = {p.user_id: p for p in session.scalars(query)} if ids else {}
    return {
        u.id: (Mode(kept[u.id].mode), kept[u.id].address or real_address(u))
        if u.id in kept
        else (Mode.SOON, real_address(u))
        for u in users
    }


def list_channels(session: Session) -> list[NoticeChannel]:
    query = select(NoticeChannel).order_by(NoticeChannel.id).limit(CHANNELS_MAX)
    return list(session.scalars(query))


def get_channel(session: Session, channel_id: int) -> NoticeChannel:
    found = session.get(NoticeChannel, channel_id)
    if found is None:
        raise NotFound("没有这个提醒去处，它可能已被删掉。")
    return found


def newest_message_by_channel(session: Session) -> Mapping[int, NoticeMessage]:
    """Of those that were tried at least once."""
    newest = (
        select(func.max(NoticeMessage.id))
        .where(NoticeMessage.channel_id.is_not(None), NoticeMessage.attempts > 0)
        .group_by(NoticeMessage.channel_id)
    )
    rows = session.scalars(select(NoticeMessage).where(NoticeMessage.id.in_(newest)))
    return {row.channel_id: row for row in rows if row.channel_id is not None}


def find_gathering(
    session: Session, *, user_id: int | None = None, channel_id: int | None = None
) -> NoticeMessage | None:
    """The message that still gathers for this person or channel."""
    of = NoticeMessage.user_id == user_id if user_id else NoticeMessage.channel_id == channel_id
    return session.scalar(
        select(NoticeMessage)
        .where(of, NoticeMessage.state == MessageState.WAITING, NoticeMessage.attempts == 0)
        .limit(1)
    )


def find_due(session: Session, now: datetime) -> NoticeMessage | None:
    """The longest due, or one whose worker never came back."""
    waiting = (NoticeMessage.state == MessageState.WAITING) & (NoticeMessage.due_at <= now)
    lost = (NoticeMessage.state == MessageState.SENDING) & (NoticeMessage.started_at < now - LEASE)
    query = select(NoticeMessage).where(or_(waiting, lost)).order_by(NoticeMessage.due_at).limit(1)
    return session.scalar(query)


def is_webhook(channel: NoticeChannel) -> bool:
    return channel.kind != ChannelKind.EMAIL
