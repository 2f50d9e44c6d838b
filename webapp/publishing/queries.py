from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from webapp.articles.models import ArticleAsset
from webapp.editions.models import EditionArticle
from webapp.kernel.errors import Conflict, NotFound
from webapp.media.models import Asset, Material
from webapp.publishing.models import Posting, Publication, PublicationStep
from webapp.publishing.workflow import ACTIVE, UNSETTLED, State, StepKind, StepState


class LeaseLost(Conflict):
    """Another worker has the publication by now: whoever is told so must stop at once."""

    code = "lease_lost"


_LOST = "推送已由另一个进程接手，本进程停下。"


def find_publication(session: Session, edition_id: int) -> Publication | None:
    return session.scalar(select(Publication).where(Publication.edition_id == edition_id))


def get_publication(session: Session, publication_id: int) -> Publication:
    """With its edition and the articles in it."""
    publication = session.get(Publication, publication_id)
    if publication is None:
        raise NotFound("没有这次推送。")
    return publication


def list_steps(session: Session, publication_id: int) -> list[PublicationStep]:
    """In the order they were begun."""
    return list(
        session.scalars(
            select(PublicationStep)
            .where(PublicationStep.publication_id == publication_id)
            .order_by(PublicationStep.id)
        )
    )


def find_unsettled(session: Session, publication_id: int, kind: StepKind) -> PublicationStep | None:
    """The newest step of this kind whose outcome is not known."""
    return session.scalar(
        select(PublicationStep)
        .where(
            PublicationStep.publication_id == publication_id,
            PublicationStep.kind == kind,
            PublicationStep.state.in_(UNSETTLED),
        )
        .order_by(PublicationStep.id.desc())
        .limit(1)
    )


def find_last(session: Session, publication_id: int, kind: StepKind) -> PublicationStep | None:
    return session.scalar(
        select(PublicationStep)
        .where(PublicationStep.publication_id == publication_id, PublicationStep.kind == kind)
        .order_by(PublicationStep.id.desc())
        .limit(1)
    )


def count_steps(
    session: Session,
    publication: Publication,
    kind: StepKind,
    *,
    state: StepState | None = None,
    error_code: str | None = None,
    subject: str | None = None,
) -> int:
    """Since the push was asked for, or a person last said: go on."""
    since = publication.confirmed_at or publication.created_at
    query = select(func.count(PublicationStep.id)).where(
        PublicationStep.publication_id == publication.id,
        PublicationStep.kind == kind,
        PublicationStep.started_at >= since,
    )
    if state is not None:
        query = query.where(PublicationStep.state == state)
    if error_code is not None:
        query = query.where(PublicationStep.error_code == error_code)
    if subject is not None:
        query = query.where(PublicationStep.subject == subject)
    return session.scalar(query) or 0


def first_begun(
    session: Session, publication_id: int, kind: StepKind, subject: str
) -> datetime | None:
    return session.scalar(
        select(func.min(PublicationStep.started_at)).where(
            PublicationStep.publication_id == publication_id,
            PublicationStep.kind == kind,
            PublicationStep.subject == subject,
        )
    )


def may_be_out(session: Session, publication: Publication) -> bool:
    """Something was asked of the platform that readers may see, or will, and its outcome is not known."""
    if publication.publish_id or publication.msg_id:
        return True
    return any(
        find_unsettled(session, publication.id, kind)
        for kind in (StepKind.ADD_DRAFT, StepKind.SUBMIT)
    )


def claim(
    session: Session, publication_id: int, owner: str, *, now: datetime, lease: timedelta
) -> bool:
    """Take the publication for `owner` unless someone else holds it or there is nothing to do yet. One statement, so that
    of many workers one wins."""
    taken = session.scalar(
        update(Publication)
        .where(
            Publication.id == publication_id,
            Publication.state.in_(ACTIVE),
            Publication.wake_at <= now,
            or_(Publication.lease_until.is_(None), Publication.lease_until <= now),
        )
        .values(lease_owner=owner, lease_until=now + lease)
        .returning(Publication.id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def renew(
    session: Session, publication_id: int, owner: str, *, now: datetime, lease: timedelta
) -> Publication:
    """The publication as it stands; its edition is read when it is asked for. Raises LeaseLost."""
    kept = session.scalar(
        update(Publication)
        .where(Publication.id == publication_id, Publication.lease_owner == owner)
        .values(lease_until=now + lease)
        .returning(Publication)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if kept is None:
        raise LeaseLost(_LOST)
    return kept


def where_it_stands(
    session: Session, publication_id: int, owner: str
) -> tuple[State, datetime | None]:
    """State and wake-up time. Raises LeaseLost."""
    row = session.execute(
        select(Publication.state, Publication.wake_at).where(
            Publication.id == publication_id, Publication.lease_owner == owner
        )
    ).one_or_none()
    if row is None:
        raise LeaseLost(_LOST)
    return State(row.state), row.wake_at


def release(session: Session, publication_id: int, owner: str) -> None:
    session.execute(
        update(Publication)
        .where(Publication.id == publication_id, Publication.lease_owner == owner)
        .values(lease_owner="", lease_until=None)
        .execution_options(synchronize_session=False)
    )


def list_awake(session: Session, now: datetime, limit: int = 50) -> list[int]:
    """Ids of publications with something to do that nobody holds."""
    return list(
        session.scalars(
            select(Publication.id)
            .where(
                Publication.wake_at <= now,
                Publication.state.in_(ACTIVE),
                or_(Publication.lease_until.is_(None), Publication.lease_until <= now),
            )
            .order_by(Publication.wake_at)
            .limit(limit)
        )
    )


def known_media_ids(session: Session, media_ids: Iterable[str], but: int) -> frozenset[str]:
    """Those of the drafts that other publications made."""
    rows = session.scalars(
        select(Publication.media_id).where(
            Publication.media_id.in_(list(media_ids)), Publication.id != but
        )
    )
    return frozenset(rows)


def known_article_ids(session: Session, ids: Iterable[str], but: int) -> frozenset[str]:
    rows = session.scalars(
        select(Publication.wechat_article_id).where(
            Publication.wechat_article_id.in_(list(ids)), Publication.id != but
        )
    )
    return frozenset(rows)


def list_awaiting_outcome(session: Session, account_id: int) -> list[Publication]:
    return list(
        session.scalars(
            select(Publication).where(
                Publication.account_id == account_id,
                Publication.state.in_((State.SUBMITTING, State.SUBMITTED)),
            )
        )
    )


def list_postings(session: Session, edition_id: int) -> list[Posting]:
    return list(
        session.scalars(
            select(Posting).where(Posting.edition_id == edition_id, Posting.withdrawn_at.is_(None))
        )
    )


BODY, COVER = "body", "cover"
"""Why an account has a copy of a picture."""


def forget_covers(session: Session, publication: Publication) -> None:
    """The account's permanent copies of this edition's pictures, covers and those of picture messages, of which the platform
    says that one is gone. What an edition holds is not edited, so an article's pictures are those of the pinned revision."""
    covers = (
        select(Asset.checksum)
        .join(ArticleAsset, ArticleAsset.asset_id == Asset.id)
        .join(EditionArticle, EditionArticle.article_id == ArticleAsset.article_id)
        .where(EditionArticle.edition_id == publication.edition_id)
    )
    session.execute(
        delete(Material).where(
            Material.account_id == publication.account_id,
            Material.purpose == COVER,
            Material.asset_checksum.in_(covers),
        )
    )
