"""What stands against a plan, told before anything is saved: mass sends that are used up, another edition at the same time, an
article in another edition, one that may not go out so early, an objection that nobody answered, a text that is not the
approved one any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.articles.embargo import embargo_words, is_embargoed
from webapp.articles.models import Article
from webapp.articles.queries import list_embargoed
from webapp.articles.service import changed_since_approval
from webapp.articles.workflow import State as ArticleState
from webapp.editions.models import Edition
from webapp.editions.queries import holding_editions
from webapp.editions.workflow import Delivery, State
from webapp.kernel.errors import Conflict
from webapp.publishing.models import Posting, Publication
from webapp.review.owed import list_objections
from webapp.wechat.models import Account

NEAR = timedelta(hours=1)
PLATFORM_ZONE = timezone(timedelta(hours=8))
"""The platform counts its days and months in China's time, wherever the institution is."""
MASS_A_DAY, MASS_A_MONTH = 1, 4
"""Of a subscription account, and of a service account (each follower receives so many); developers.weixin.qq.com, mass
sends, read 2026-11. More is refused with 45028."""
_ON_ITS_WAY = (State.QUEUED, State.PUSHING, State.NEEDS_ATTENTION)


@dataclass(frozen=True, kw_only=True)
class Concern:
    """`blocks`: it would certainly go wrong at that time, so it is not saved."""

    sentence: str
    blocks: bool = False
    article_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What somebody is about to do. `at` None: whenever a person pushes it. `edition_id`: it stands there already."""

    article_ids: Sequence[int]
    delivery: Delivery
    account: Account | None
    at: datetime | None
    edition_id: int | None = None


def plan_of(edition: Edition, at: datetime | None) -> Plan:
    return Plan(
        article_ids=[place.article_id for place in edition.articles],
        delivery=Delivery(edition.delivery),
        account=edition.account,
        at=at,
        edition_id=edition.id,
    )


# Mass sends


@dataclass(frozen=True, kw_only=True)
class MassSend:
    edition_id: int
    account_id: int
    at: datetime
    is_planned: bool


def _window(account: Account, at: datetime) -> tuple[datetime, datetime]:
    """The day or the month that a mass send at that moment counts in."""
    here = at.astimezone(PLATFORM_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    if account.kind != "service":
        return here, here + timedelta(days=1)
    first = here.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def list_mass_sends(session: Session, since: datetime, until: datetime) -> list[MassSend]:
    """Planned, on their way, and out, what was withdrawn later included: it was sent. Three statements. What somebody
    mass-sends at the platform's own console is not known here."""
    mass = (Edition.delivery == Delivery.MASS) & Edition.account_id.is_not(None)
    planned = select(Edition.id, Edition.account_id, Edition.scheduled_at).where(
        mass, Edition.status == State.PLANNED,
        Edition.scheduled_at >= since, Edition.scheduled_at < until,
    )  # fmt: skip
    under_way = (
        select(Edition.id, Edition.account_id, Publication.created_at)
        .join(Publication, Publication.edition_id == Edition.id)
        .where(mass, Edition.status.in_(_ON_ITS_WAY))
        .where(Publication.created_at >= since, Publication.created_at < until)
    )
    out = (
        select(Edition.id, Edition.account_id, func.min(Posting.published_at))
        .join(Posting, Posting.edition_id == Edition.id)
        .where(mass, Posting.published_at >= since, Posting.published_at < until)
        .group_by(Edition.id, Edition.account_id)
    )
    return [
        MassSend(edition_id=number, account_id=account_id, at=at, is_planned=query is planned)
        for query in (planned, under_way, out)
        for number, account_id, at in session.execute(query)
        if account_id is not None and at is not None
    ]


def find_quota(
    sends: Iterable[MassSend], account: Account, at: datetime, but: int | None = None
) -> Concern | None:
    """None while one is left, beside the edition `but`."""
    since, until = _window(account, at)
    taken = [
        send
        for send in sends
        if send.account_id == account.id and since <= send.at < until and send.edition_id != but
    ]
    is_service = account.kind == "service"
    if len(taken) < (MASS_A_MONTH if is_service else MASS_A_DAY):
        return None
    planned = sum(send.is_planned for send in taken)
    when = f"{since.month}月" if is_service else f"{since.month}月{since.day}日"
    how_many = f"服务号每月 {MASS_A_MONTH} 次" if is_service else f"订阅号每天 {MASS_A_DAY} 次"
    told = [f"已发 {len(taken) - planned} 次"] * (len(taken) > planned)
    told += [f"排着 {planned} 次"] * bool(planned)
    return Concern(
        sentence=f"“{account.name}”{when}的群发次数已用完（{how_many}，{'、'.join(told)}）；"
        "请换一个时间，或改选“发布”。",
        blocks=True,
    )


def _quota(session: Session, plan: Plan, now: datetime) -> list[Concern]:
    if plan.delivery is not Delivery.MASS or plan.account is None:
        return []
    at = plan.at or now
    sends = list_mass_sends(session, *_window(plan.account, at))
    found = find_quota(sends, plan.account, at, plan.edition_id)
    if found is None or plan.at is not None:
        return [found] if found else []
    return [Concern(sentence=found.sentence)]  # it may wait till tomorrow


# At the same time


def _near(session: Session, plan: Plan) -> list[Concern]:
    if plan.at is None or plan.account is None:
        return []
    moment = func.coalesce(Edition.finished_at, Edition.scheduled_at)
    query = (
        select(Edition.id, moment.label("at"), Edition.status)
        .where(
            Edition.account_id == plan.account.id,
            Edition.status.not_in((State.WITHDRAWN, State.FAILED)),
            Edition.scheduled_at.between(plan.at - NEAR, plan.at + NEAR)
            | Edition.finished_at.between(plan.at - NEAR, plan.at + NEAR),
            Edition.id != (plan.edition_id or 0),
        )
        .order_by(Edition.id)
        .limit(5)
    )
    return [
        near_concern(plan.account, number, at, plan.at, is_planned=status == State.PLANNED)
        for number, at, status in session.execute(query)
        if abs(at - plan.at) < NEAR
    ]


def near_concern(
    account: Account, number: int, at: datetime, wanted: datetime, *, is_planned: bool
) -> Concern:
    what = f"“{account.name}”的第 {number} 号推送"
    if is_planned and at == wanted:
        return Concern(sentence=f"{what}也排在这一分钟，先后说不准；请错开时间。", blocks=True)
    minutes = int(abs(at - wanted).total_seconds() // 60)
    return Concern(sentence=f"{what}与它前后只差 {minutes} 分钟。")


# The articles


def _embargoes(session: Session, plan: Plan, now: datetime) -> list[Concern]:
    waiting = list_embargoed(session, plan.article_ids, plan.at or now)
    return [early_concern(session, article, plan.at) for article in waiting]


def early_concern(session: Session, article: Article, at: datetime | None) -> Concern:
    """`at` None: it waits for a person, who may wait as long."""
    until = article.embargo_until or datetime.max.replace(tzinfo=UTC)
    words = f"《{article.title}》{embargo_words(session, until)}"
    if at is None:
        return Concern(sentence=f"{words}，到时才推得出去。")
    return Concern(sentence=f"{words}；请把时间改到那以后。", blocks=True)


def _articles(session: Session, plan: Plan) -> list[Concern]:
    held = holding_editions(session, plan.article_ids)
    found = [
        Concern(
            sentence=f"已在第 {edition.id} 号推送里，不会再发一次。",
            article_id=article_id,
        )
        for article_id, edition in held.items()
        if edition.id != plan.edition_id
    ]
    articles = list(session.scalars(select(Article).where(Article.id.in_(plan.article_ids))))
    changed = changed_since_approval(session, articles)
    return [*found, *objections(session, plan.article_ids), *(
        Concern(sentence=CHANGED, article_id=a.id) for a in articles if a.id in changed
    )]  # fmt: skip


CHANGED = "与审定的不再一样，发不出去；请重新送审。"


def objections(session: Session, article_ids: Sequence[int]) -> list[Concern]:
    return [
        Concern(
            sentence=f"{row.stage_name}补签时提出异议，还没有答复：{row.comment}",
            article_id=row.article_id,
        )
        for row in list_objections(session, of=article_ids)
    ]


def foresee(session: Session, plan: Plan, *, now: datetime) -> list[Concern]:
    """A fixed number of statements for as many articles as an edition may have."""
    return [*foresee_time(session, plan, now=now), *_articles(session, plan)]


def foresee_time(session: Session, plan: Plan, *, now: datetime) -> list[Concern]:
    """Only what hangs on when it goes out."""
    return [
        *_quota(session, plan, now),
        *_near(session, plan),
        *_embargoes(session, plan, now),
    ]


def refuse_clash(concerns: Iterable[Concern]) -> None:
    """Raises Conflict for what would certainly go wrong."""
    for concern in concerns:
        if concern.blocks:
            raise Conflict(f"{concern.sentence}没有改动。", code="edition.clash")


# The calendar


def foresee_many(
    session: Session, editions: Sequence[Edition], *, now: datetime
) -> Mapping[int, list[Concern]]:
    """Edition → what stands against it, of those that are planned. Four statements. Whether a theme or a caption changed
    is not looked at here: the edition's own page does."""
    planned = [e for e in editions if e.status == State.PLANNED]
    by_article = {p.article_id: e.id for e in planned for p in e.articles}
    found: dict[int, list[Concern]] = {e.id: [] for e in planned}
    for concern in objections(session, list(by_article)) if by_article else ():
        found[by_article[concern.article_id or 0]].append(concern)
    sends = _sends_around(session, planned)
    for edition in planned:
        found[edition.id] += _early(session, edition, now)
        found[edition.id] += _of_one(edition, planned, sends)
    return {number: concerns for number, concerns in found.items() if concerns}


def _sends_around(session: Session, planned: Sequence[Edition]) -> list[MassSend]:
    windows = [
        _window(e.account, e.scheduled_at)
        for e in planned
        if e.delivery == Delivery.MASS and e.account and e.scheduled_at
    ]
    if not windows:
        return []
    return list_mass_sends(session, min(w[0] for w in windows), max(w[1] for w in windows))


def _early(session: Session, edition: Edition, now: datetime) -> list[Concern]:
    at = edition.scheduled_at
    return [
        early_concern(session, place.article, at)
        for place in edition.articles
        if is_embargoed(place.article, at or now)
    ]


def _of_one(
    edition: Edition, planned: Sequence[Edition], sends: Sequence[MassSend]
) -> list[Concern]:
    account, at = edition.account, edition.scheduled_at
    found = [
        Concern(sentence=f"《{p.article.title}》{CHANGED}", article_id=p.article_id)
        for p in edition.articles
        if p.article.status != ArticleState.APPROVED
        or (p.article.revision, p.article.review_checksum) != (p.revision, p.checksum)
    ]
    if account is None or at is None:
        return found
    if edition.delivery == Delivery.MASS and (full := find_quota(sends, account, at, edition.id)):
        found.append(full)
    return found + [
        near_concern(account, other.id, other.scheduled_at, at, is_planned=True)
        for other in planned
        if other.id != edition.id
        and other.account_id == edition.account_id
        and other.scheduled_at is not None
        and abs(other.scheduled_at - at) < NEAR
    ]
