"""Telling people, what they do with what they were told, and where the institution wants to hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session, lazyload

from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict
from webapp.kernel.secrets import SecretBox
from webapp.notices.models import Notice, NoticeChannel, NoticeMessage, NoticePreference
from webapp.notices.queries import CHANNELS_MAX, find_gathering, list_channels, preferences_of
from webapp.notices.workflow import (
    KIND_NAMES,
    LINES_MAX,
    PERSONAL,
    ChannelKind,
    Kind,
    MessageState,
    Mode,
    next_due,
)
from webapp.users.models import User
from webapp.users.permissions import Actor, Permission


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long messages gather, in minutes, and the institution's hour for what comes once a day."""

    minutes: float
    hour: int
    zone: ZoneInfo


@dataclass(frozen=True, kw_only=True)
class News:
    kind: Kind
    text: str
    path: str
    detail: str = ""
    by: str = ""
    article_id: int | None = None
    entry_id: int | None = None
    about: str | None = None

    @property
    def sentence(self) -> str:
        return f"{KIND_NAMES[self.kind]}：{self.text}{f'——{self.detail}' if self.detail else ''}"


def tell(session: Session, news: News, ids: Sequence[int], *, timing: Timing, now: datetime) -> int:
    """In the product, and to what is being gathered for outside. Returns how many were told: who is switched off is not."""
    active = select(User).where(User.id.in_(ids), User.active).order_by(User.id)
    query = active.options(lazyload(User.grants))
    people = list(session.scalars(query)) if ids else []
    for user in people:
        session.add(
            Notice(
                user_id=user.id,
                kind=news.kind,
                text=news.text,
                detail=news.detail,
                path=news.path,
                by=news.by,
                article_id=news.article_id,
                entry_id=news.entry_id,
                about=news.about,
                at=now,
            )
        )
    for user_id, (mode, address) in preferences_of(session, people).items():
        due = next_due(mode, now, minutes=timing.minutes, hour=timing.hour, zone=timing.zone)
        if address and due is not None:
            _gather(session, news.sentence, news.path, due, now, user_id=user_id)
    if news.kind not in PERSONAL and people:
        _tell_channels(session, news, [u.display_name for u in people], timing, now)
    return len(people)


def _tell_channels(
    session: Session, news: News, names: Sequence[str], timing: Timing, now: datetime
) -> None:
    due = next_due(Mode.SOON, now, minutes=timing.minutes, hour=timing.hour, zone=timing.zone)
    assert due is not None  # soon is never off
    for channel in list_channels(session):
        if channel.active and news.kind in channel.kinds:
            sentence = f"{news.sentence}（{'、'.join(names)}）"
            _gather(session, sentence, news.path, due, now, channel_id=channel.id)


def _gather(
    session: Session, sentence: str, path: str, due: datetime, now: datetime, **of: int
) -> None:
    """Into the message that still gathers, which keeps its time; else a new one begins."""
    message = find_gathering(session, **of)
    if message is None:
        session.add(
            NoticeMessage(**of, state=MessageState.WAITING, lines=[[sentence, path]],
                          created_at=now, due_at=due)
        )  # fmt: skip
        session.flush()
    elif len(message.lines) < LINES_MAX:
        message.lines = [*message.lines, [sentence, path]]
    else:
        message.more += 1


# What a person does with what they were told


def mark(session: Session, notice: Notice, is_read: bool, *, now: datetime) -> None:
    notice.read_at = (notice.read_at or now) if is_read else None


def mark_all_read(session: Session, user_id: int, *, now: datetime) -> int:
    """Returns how many were unread."""
    unread = (Notice.user_id == user_id) & Notice.read_at.is_(None)
    number = len(session.scalars(update(Notice).where(unread).values(read_at=now).returning(Notice.id)).all())  # fmt: skip
    session.expire_all()
    return number


def unmark_all(session: Session, user_id: int, at: datetime) -> None:
    """Takes `mark_all_read` of that moment back."""
    those = (Notice.user_id == user_id) & (Notice.read_at == at)
    session.execute(update(Notice).where(those).values(read_at=None))
    session.expire_all()


def prefer(session: Session, mode: Mode, address: str, *, actor: Actor, now: datetime) -> None:
    assert actor.id is not None  # a part of the system reads no mail
    kept = session.get(NoticePreference, actor.id) or NoticePreference(user_id=actor.id)
    kept.mode, kept.address = mode, address
    session.add(kept)
    if mode is Mode.OFF and (gathering := find_gathering(session, user_id=actor.id)):
        session.delete(gathering)
    record(session, "notice.prefer", Subject(kind="user", id=actor.id), actor=actor.name, now=now,
           details={"mode": mode})  # fmt: skip


# Where the institution wants to hear of it


@dataclass(frozen=True, kw_only=True)
class Wanted:
    kind: ChannelKind
    name: str
    address: str
    secret: str
    kinds: tuple[Kind, ...]
    hint: str
    """What of the address may be shown."""


def add_channel(
    session: Session, wanted: Wanted, *, box: SecretBox, actor: Actor, now: datetime
) -> NoticeChannel:
    """Raises Conflict when there are CHANNELS_MAX."""
    actor.require(Permission.USER_MANAGE)
    if len(list_channels(session)) >= CHANNELS_MAX:
        raise Conflict(f"提醒去处最多 {CHANNELS_MAX} 个，没有添加；请先删掉不用的。")
    channel = NoticeChannel(
        kind=wanted.kind,
        name=wanted.name,
        hint=wanted.hint,
        locked_address=box.lock(wanted.address),
        locked_secret=box.lock(wanted.secret) if wanted.secret else "",
        kinds=[str(k) for k in wanted.kinds],
        created_at=now,
    )
    session.add(channel)
    session.flush()  # the id goes into the audit trail
    record(session, "notice.channel_add", Subject(kind="notice_channel", id=channel.id),
           actor=actor.name, now=now, details={"name": wanted.name, "kind": wanted.kind})  # fmt: skip
    return channel


def switch_channel(
    session: Session, channel: NoticeChannel, active: bool, *, actor: Actor, now: datetime
) -> None:
    actor.require(Permission.USER_MANAGE)
    channel.active = active
    record(session, "notice.channel_on" if active else "notice.channel_off",
           Subject(kind="notice_channel", id=channel.id), actor=actor.name, now=now,
           details={"name": channel.name})  # fmt: skip


def delete_channel(
    session: Session, channel: NoticeChannel, *, actor: Actor, now: datetime
) -> None:
    """For good, with its address and secret, what is gathered for it and what was sent: there is no way back."""
    actor.require(Permission.USER_MANAGE)
    record(session, "notice.channel_delete", Subject(kind="notice_channel", id=channel.id),
           actor=actor.name, now=now, details={"name": channel.name, "kind": channel.kind})  # fmt: skip
    session.delete(channel)
