"""What the pages of pushes show: the board, and one edition with what may be done about it now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, CompoundSelect, and_, or_, select, union_all
from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.queries import Filters, list_articles
from webapp.articles.workflow import State as ArticleState
from webapp.editions.models import Edition
from webapp.editions.queries import holding_editions
from webapp.editions.workflow import Delivery, State
from webapp.kernel.clock import local
from webapp.publishing.models import Publication, PublicationStep
from webapp.publishing.queries import find_publication, list_steps
from webapp.publishing.service import takes_links
from webapp.publishing.workflow import ACTIVE
from webapp.publishing.workflow import State as PushState
from webapp.users.permissions import Actor, Permission

LANE_MAX = 50
LATEST_OUT = 6
READY_MAX = 60

MEANINGS: Mapping[Delivery, str] = {
    Delivery.DRAFT: "存进公众号的草稿箱。读者看不到；要在公众号后台点发布才会发出。",
    Delivery.PUBLISH: "在公众号上公开。谁都能读到，不推送到粉丝的消息里，也不占群发次数。",
    Delivery.MASS: "推送到全部粉丝的消息里。占一次群发次数；发出以后，看过的人收不回。",
    Delivery.MANUAL: "不调用微信接口。系统备好可以直接粘贴的稿子，由人在公众号后台发布，再把链接填回来。",
}

# The dot that stands for a state; templates put the word beside it.
DOTS: Mapping[State, str] = {
    State.PLANNED: "draft",
    State.QUEUED: "active",
    State.PUSHING: "active",
    State.DRAFTED: "ready",
    State.PUBLISHED: "done",
    State.FAILED: "wrong",
    State.NEEDS_ATTENTION: "wrong",
    State.WITHDRAWN: "off",
}


@dataclass(frozen=True, kw_only=True)
class Lane:
    title: str
    nothing: str
    editions: Sequence[Edition]


_LANES: tuple[tuple[str, str, Collection[State]], ...] = (
    ("已排期", "没有排着的推送。", {State.PLANNED}),
    ("进行中", "现在没有在推的。", {State.QUEUED, State.PUSHING}),
    ("要处理", "一切正常。", {State.FAILED, State.NEEDS_ATTENTION}),
    ("已发出", "还没有发出过。", {State.DRAFTED, State.PUBLISHED}),
)
OUT = (State.DRAFTED, State.PUBLISHED)
_OPEN = tuple(s for s in State if s not in (State.DRAFTED, State.PUBLISHED, State.WITHDRAWN))


def board(session: Session) -> tuple[Lane, ...]:
    """Two queries for the editions: those that are open, soonest first, and the latest that are out."""
    open_ones = session.scalars(
        select(Edition)
        .where(or_(Edition.status.in_(_OPEN), _is_stuck()))
        .order_by(Edition.scheduled_at.is_(None), Edition.scheduled_at, Edition.id)
        .limit(LANE_MAX)
    ).all()
    out = session.scalars(
        select(Edition)
        .where(Edition.id.in_(_latest_out()))
        .order_by(Edition.id.desc())
        .limit(LATEST_OUT)
    ).all()
    everything = (*open_ones, *out)
    return tuple(
        Lane(title=t, nothing=n, editions=[e for e in everything if _lane_of(e) in states])
        for t, n, states in _LANES
    )


def _is_stuck() -> ColumnElement[bool]:
    """Out, and something is still to be done by a person: a withdrawal that no call can do."""
    return and_(Edition.status.in_(OUT), Edition.error_code > "")


def _latest_out() -> CompoundSelect[int]:
    """The latest of each state, each along its index; the latest of all are among them."""
    return union_all(
        *(
            select(Edition.id)
            .where(Edition.status == state, Edition.error_code == "")
            .order_by(Edition.id.desc())
            .limit(LATEST_OUT)
            .subquery()
            .select()
            for state in OUT
        )
    )


def _lane_of(edition: Edition) -> State:
    is_stuck = edition.status in OUT and edition.error_code
    return State.NEEDS_ATTENTION if is_stuck else State(edition.status)


# One edition


def may_read(edition: Edition, actor: Actor) -> bool:
    """Whose columns a person may not all read, of that they are told that it is there, and no titles."""
    return all(
        actor.may(Permission.ARTICLE_READ, place.article.column_id) for place in edition.articles
    )


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An edition, its push, and which acts stand open to this person."""

    edition: Edition
    publication: Publication | None
    steps: Sequence[PublicationStep]
    may_push: bool
    may_plan: bool

    @property
    def is_moving(self) -> bool:
        """A worker has something to do: the page asks again by itself."""
        push = self.publication
        return push is not None and push.state in ACTIVE and push.wake_at is not None

    @property
    def is_withdrawing(self) -> bool:
        return self.publication is not None and self.publication.state == PushState.WITHDRAWING

    @property
    def can_push(self) -> bool:
        return self.may_push and self.edition.status == State.PLANNED

    @property
    def can_retry(self) -> bool:
        again = (State.FAILED, State.NEEDS_ATTENTION)
        return self.may_push and self.edition.status in again and not self.is_withdrawing

    @property
    def can_link(self) -> bool:
        push = self.publication
        return self.may_push and push is not None and takes_links(push)

    @property
    def can_withdraw(self) -> bool:
        takes = (State.PLANNED, State.FAILED, State.NEEDS_ATTENTION, State.DRAFTED, State.PUBLISHED)
        under_way = self.is_withdrawing and self.is_moving
        return self.may_push and self.edition.status in takes and not under_way

    @property
    def can_confirm_withdrawn(self) -> bool:
        return self.may_push and self.is_withdrawing and not self.is_moving

    @property
    def can_reschedule(self) -> bool:
        return self.may_plan and self.edition.status == State.PLANNED

    @property
    def has_package(self) -> bool:
        return self.edition.delivery == Delivery.MANUAL and self.edition.status == State.DRAFTED

    @property
    def fingerprint(self) -> str:
        """Changes when what is shown changes: an unchanged page need not be sent again."""
        push = self.publication
        last = self.steps[-1] if self.steps else None
        parts = (self.edition.status, push.state if push else "", push.error_code if push else "",
                 self.is_moving, len(self.steps), last.state if last else "")  # fmt: skip
        return ".".join(str(part) for part in parts)


def standing_of(session: Session, edition: Edition, actor: Actor) -> Standing:
    columns = {place.article.column_id for place in edition.articles}
    publication = find_publication(session, edition.id)
    return Standing(
        edition=edition,
        publication=publication,
        steps=list_steps(session, publication.id) if publication else [],
        may_push=all(actor.may(Permission.EDITION_PUSH, c) for c in columns),
        may_plan=all(actor.may(Permission.EDITION_WRITE, c) for c in columns),
    )


# What may be put together


def ready_articles(session: Session, *, words: str, column_ids: tuple[int, ...]) -> list[Article]:
    """Approved, and in no edition yet; newest change first."""
    filters = Filters(status=ArticleState.APPROVED, q=words, column_ids=column_ids)
    found = list_articles(session, filters, limit=READY_MAX).items
    held = holding_editions(session, [a.id for a in found])
    return [a for a in found if a.id not in held]


def chosen_articles(session: Session, ids: Sequence[int], actor: Actor) -> list[Article]:
    """In the order of `ids`; what is not there or not this person's to read is left out."""
    found = {a.id: a for a in session.scalars(select(Article).where(Article.id.in_(ids)))}
    chosen = (found[i] for i in ids if i in found)
    return [a for a in chosen if actor.may(Permission.ARTICLE_READ, a.column_id)]


def default_schedule(now: datetime, zone: ZoneInfo) -> str:
    """The earliest that the schedule field takes, as it writes times."""
    soon = local(now, zone) + timedelta(minutes=5)
    return soon.strftime("%Y-%m-%dT%H:%M")
