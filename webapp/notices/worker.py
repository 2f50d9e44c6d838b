"""What was gathered is sent when it is due, one message a turn; what nobody's act brings about is told of by `watching`."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.kernel.db import Database
from webapp.kernel.errors import Unavailable
from webapp.kernel.secrets import SecretBox
from webapp.kernel.settings import Settings
from webapp.notices.models import NoticeChannel, NoticeMessage
from webapp.notices.queries import find_due, preferences_of
from webapp.notices.senders import Destination, Letter, NotDelivered, deliver
from webapp.notices.watching import tell_owed, tell_silence
from webapp.notices.workflow import ChannelKind, MessageState, Mode, retry_at
from webapp.users.models import User

log = logging.getLogger(__name__)

WATCH_EVERY = timedelta(hours=1)


def letter_of(message: NoticeMessage, settings: Settings) -> Letter:
    lines = [f"{sentence}\n{settings.public_url}{path}" for sentence, path in message.lines]
    if message.more:
        lines.append(f"另有 {message.more} 条，见 {settings.public_url}/notices")
    number = len(message.lines) + message.more
    first = str(message.lines[0][0])
    subject = f"【同心】{first[:60]}" if number == 1 else f"【同心】{number} 条提醒"
    return Letter(subject=subject.replace("\n", " "), text="\n\n".join(lines))


def _destination(session: Session, message: NoticeMessage, box: SecretBox) -> Destination | None:
    """None: there is nobody to send it to any more."""
    if message.channel_id is not None:
        channel = session.get_one(NoticeChannel, message.channel_id)
        secret = box.open(channel.locked_secret) if channel.locked_secret else ""
        kind, address = ChannelKind(channel.kind), box.open(channel.locked_address)
        return Destination(kind=kind, address=address, secret=secret) if channel.active else None
    user = session.get_one(User, message.user_id)
    mode, address = preferences_of(session, [user])[user.id]
    if mode is Mode.OFF or not address or not user.active:
        return None
    return Destination(kind=ChannelKind.EMAIL, address=address)


@dataclass
class Courier:
    db: Database
    box: SecretBox
    settings: Settings
    now: Callable[[], datetime]
    watched_at: datetime | None = None

    def turn(self) -> bool:
        """True: there may be more to do."""
        self._watch()
        begun = self._begin()
        if begun is None:
            return False
        message_id, to, letter = begun
        error = ""
        if to is not None:
            try:
                deliver(to, letter, settings=self.settings, now=self.now())
            except NotDelivered as failed:
                error = failed.message
        self._end(message_id, error)
        return True

    def _begin(self) -> tuple[int, Destination | None, Letter] | None:
        """The intent: from here on nobody else takes it, until the lease is over."""
        with self.db.step() as session:
            message = find_due(session, self.now())
            if message is None:
                return None
            message.state, message.started_at = MessageState.SENDING, self.now()
            message.attempts += 1
            try:
                to = _destination(session, message, self.box)
            except Unavailable as locked:
                message.state, message.error = MessageState.FAILED, locked.message
                return None
            return message.id, to, letter_of(message, self.settings)

    def _end(self, message_id: int, error: str) -> None:
        now = self.now()
        with self.db.step() as session:
            message = session.get(NoticeMessage, message_id)
            if message is None:
                return  # its channel was deleted while it was on its way
            message.error = error
            if not error:
                message.state, message.finished_at = MessageState.SENT, now
                return
            again = retry_at(message.attempts, now)
            message.state = MessageState.FAILED if again is None else MessageState.WAITING
            message.due_at = again or message.due_at
        log.warning("notice message %s was not delivered, attempt %s: %s", message_id,
                    message.attempts, error)  # fmt: skip

    def _watch(self) -> None:
        now = self.now()
        if self.watched_at and now - self.watched_at < WATCH_EVERY:
            return
        self.watched_at = now
        with self.db.step() as session:
            tell_silence(session, settings=self.settings, now=now)
            tell_owed(session, settings=self.settings, now=now)
