"""What the platform tells by itself. An event is a knock, not a fact: the publication looks at the platform now instead of at
its next turn, and what it finds there counts. Only the links of a mass send are taken from the event, because no call gives
them (https://developers.weixin.qq.com/doc/service/guide/product/message/Batch_Sends.html, read 2026-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.kernel.audit import Subject, record
from webapp.publishing.models import Publication
from webapp.publishing.queries import get_publication, list_postings
from webapp.publishing.workflow import State
from webapp.wechat.callback import Event, MassFinished, PublishFinished
from webapp.wechat.gateway import ArticleLink
from webapp.wechat.models import Account

_AWAITING = frozenset({State.SUBMITTING, State.SUBMITTED})
PLATFORM = "system:wechat"


def note_event(session: Session, account: Account, event: Event, now: datetime) -> tuple[int, ...]:
    """Ids of the publications to wake once this is committed. Repeated events, and those of what did not leave from here,
    change nothing; an id that is not known yet (its answer is still on the way) wakes all that wait."""
    match event:
        case PublishFinished():
            named = _find(session, account, event.result.publish_id, Publication.publish_id)
        case MassFinished():
            named = _find(session, account, event.msg_id, Publication.msg_id)
        case _:
            return ()
    if named is None:
        return _wake_all(session, account, now)
    publication = get_publication(session, named)
    if isinstance(event, MassFinished) and event.succeeded:
        _keep_links(session, publication, event.items, now)
    if publication.state not in _AWAITING:
        return ()
    publication.wake_at = now
    return (publication.id,)


def _find(
    session: Session, account: Account, value: str, column: InstrumentedAttribute[str]
) -> int | None:
    if not value:
        return None
    return session.scalar(
        select(Publication.id).where(Publication.account_id == account.id, column == value)
    )


def _wake_all(session: Session, account: Account, now: datetime) -> tuple[int, ...]:
    """The moment alone is written: whoever holds one of them keeps it, and a push that has ended by now stays ended."""
    ids = session.scalars(
        update(Publication)
        .where(Publication.account_id == account.id, Publication.state.in_(_AWAITING))
        .values(wake_at=now)
        .returning(Publication.id)
        .execution_options(synchronize_session=False)
    )
    return tuple(ids)


def _keep_links(
    session: Session, publication: Publication, items: Sequence[ArticleLink], now: datetime
) -> None:
    links = {item.index: item.url for item in items if item.url}
    if publication.state in _AWAITING:
        publication.links = [[index, url] for index, url in sorted(links.items())]
    elif publication.state == State.PUBLISHED and links:
        _fill_in(session, publication, links, now)


def _fill_in(
    session: Session, publication: Publication, links: dict[int, str], now: datetime
) -> None:
    """The question was answered before this event came, and that answer has no links."""
    filled: dict[int, str] = {}
    for place in publication.edition.articles:
        if not place.url and links.get(place.position):
            place.url = place.article.url = links[place.position]
            filled[place.article_id] = place.url
    if not filled:
        return
    for posting in list_postings(session, publication.edition_id):
        posting.url = posting.url or filled.get(posting.article_id, "")
    publication.links = [[index, url] for index, url in sorted(links.items())]
    record(session, "edition.links", Subject(kind="edition", id=publication.edition_id),
           actor=PLATFORM, now=now, details={"links": publication.links})  # fmt: skip
