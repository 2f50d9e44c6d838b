"""The acts of a publisher, and the moves that the worker records. One function assigns `.state`: `advance`."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.articles.embargo import embargo_words
from webapp.articles.queries import head_revision
from webapp.articles.service import advance as advance_article
from webapp.articles.service import compose_head
from webapp.articles.workflow import Action as ArticleAction
from webapp.articles.workflow import State as ArticleState
from webapp.editions.models import Edition, EditionArticle
from webapp.editions.service import advance as advance_edition
from webapp.editions.workflow import Action as EditionAction
from webapp.editions.workflow import Delivery
from webapp.editions.workflow import State as EditionState
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import ChecksumMismatch, Conflict, FieldError, Invalid, TongxinError
from webapp.publishing.models import Posting, Publication
from webapp.publishing.queries import find_publication, list_postings
from webapp.publishing.workflow import ACTIVE, EDITION_ACTIONS, Action, State, next_state
from webapp.users.permissions import Actor, Permission

Details = dict[str, object] | None
REASON_MAX_CHARACTERS = 500


def is_at_rest(publication: Publication) -> bool:
    """Drafted, and the draft was all that was asked for."""
    return publication.state == State.DRAFTED and publication.edition.delivery in (
        Delivery.DRAFT,
        Delivery.MANUAL,
    )


def _hold(publication: Publication, held: bool) -> None:
    for place in publication.edition.articles:
        place.article.held = held


def _show(
    session: Session, publication: Publication, *, actor: Actor, now: datetime, details: Details
) -> None:
    """Let the edition show where its publication is."""
    edition = publication.edition
    shown = EDITION_ACTIONS.get(State(publication.state))
    if is_at_rest(publication):
        shown = EditionAction.DRAFT
    if shown is None:
        return
    if edition.status == EditionState.QUEUED and shown in (EditionAction.DRAFT, EditionAction.ASK):
        advance_edition(session, edition, EditionAction.BEGIN, actor=actor, now=now)
    advance_edition(session, edition, shown, actor=actor, now=now, details=details)


def advance(
    session: Session,
    publication: Publication,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    error: tuple[str, str] = ("", ""),
) -> State:
    """Take the publication along one arrow; the edition shows it, and its articles are held while it is on its way.
    `error`: stable code and sentence, kept until the next move."""
    after = next_state(State(publication.state), action)
    publication.state, publication.updated_at = after, now
    publication.tries = 0
    note_error(publication, *error)
    details: Details = {"code": error[0], "error": error[1]} if error[0] else None
    _show(session, publication, actor=actor, now=now, details=details)
    rests = is_at_rest(publication) or after not in ACTIVE
    publication.wake_at = None if rests else now
    if rests:
        publication.edition.finished_at = now
    _hold(publication, after not in (State.FAILED, State.PUBLISHED, State.WITHDRAWN))
    return after


def note_error(publication: Publication, code: str, message: str) -> None:
    """Shown with the edition until something else is known."""
    if (publication.error_code, publication.error) == (code, message):
        return  # so does the edition's, which most calls need not read
    publication.error_code, publication.error = code, message
    publication.edition.error_code, publication.edition.error = code, message


class Embargoed(Conflict):
    """Something in it may not go out yet (不早于)."""

    code = "push.embargo"


def refuse_early(session: Session, edition: Edition, now: datetime) -> None:
    """Raises Embargoed."""
    for place in edition.articles:
        until = place.article.embargo_until
        if until is not None and until > now:
            raise Embargoed(
                f"《{place.article.title}》{embargo_words(session, until)}，什么也没有发出；请到时再推。"
            )


def refuse_unready(session: Session, edition: Edition, now: datetime) -> None:
    """Raises Embargoed before its time, ChecksumMismatch unless every article is approved and would look exactly as it was
    approved."""
    refuse_early(session, edition, now)
    for place in edition.articles:
        article = place.article
        if article.status != ArticleState.APPROVED or article.revision != place.revision:
            raise ChecksumMismatch(
                f"《{article.title}》编入这次推送之后又改过，审定已作废；什么也没有发出，"
                "请重新送审，审定后另建推送。",
                code="push.not_approved",
            )
        if compose_head(session, article).checksum != place.checksum:
            raise ChecksumMismatch(
                f"《{article.title}》的版式、图片说明或署名在审定以后有了改动；什么也没有发出，请重新送审。",
                code="push.checksum",
            )


def _require_push(actor: Actor, edition: Edition) -> None:
    for place in edition.articles:
        actor.require(Permission.EDITION_PUSH, place.article.column_id)


def _begin(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> Publication:
    publication = Publication(
        edition_id=edition.id,
        edition=edition,
        account_id=edition.account_id,
        state=State.QUEUED,
        client_msg_id=new_client_msg_id(),
        requested_by=actor.id,
        created_at=now,
        updated_at=now,
        wake_at=now,
    )
    session.add(publication)
    note_error(publication, "", "")
    advance_edition(session, edition, EditionAction.QUEUE, actor=actor, now=now)
    _hold(publication, held=True)
    return publication


def new_client_msg_id() -> str:
    """32 ASCII characters: what the platform knows a mass send by."""
    return secrets.token_hex(16)


def queue(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> Publication:
    """Ask for the push. Asking again while it is under way, or after it is out, changes nothing. Asking again when a
    person was to look says: it is not out, go on.

    Raises ChecksumMismatch when what was approved is not what would go out, Embargoed before its time.
    """
    _require_push(actor, edition)
    publication = find_publication(session, edition.id)
    if publication is None:
        refuse_unready(session, edition, now)
        return _begin(session, edition, actor=actor, now=now)
    if publication.state == State.FAILED:
        refuse_unready(session, edition, now)
    if publication.state in (State.FAILED, State.NEEDS_ATTENTION):
        publication.confirmed_at = now
        publication.requested_by = actor.id
        advance(session, publication, Action.REQUEUE, actor=actor, now=now)
    elif publication.state in (State.WITHDRAWING, State.WITHDRAWN):
        next_state(State(publication.state), Action.REQUEUE)
    return publication


def queue_scheduled(
    session: Session, edition: Edition, *, actor: Actor, now: datetime
) -> Publication | None:
    """The moment of a planned edition has come. One that may not go out is shown as not sent, with the reason. None: not by
    us; someone else was first, or it was moved meanwhile."""
    if find_publication(session, edition.id) is not None or edition.status != EditionState.PLANNED:
        return None
    if edition.scheduled_at is None or edition.scheduled_at > now:
        return None
    try:
        refuse_unready(session, edition, now)
    except TongxinError as refusal:
        publication = _begin(session, edition, actor=actor, now=now)
        advance(session, publication, Action.FAIL, actor=actor, now=now,
                error=(refusal.code, refusal.message))  # fmt: skip
        return publication
    return _begin(session, edition, actor=actor, now=now)


def _post(session: Session, publication: Publication, place: EditionArticle, now: datetime) -> None:
    article = place.article
    session.add(
        Posting(
            article_id=article.id,
            edition_id=publication.edition_id,
            column_id=article.column_id,
            channel="wechat",
            author=article.author,
            unit=head_revision(session, article).source,
            url=place.url,
            published_at=now,
        )
    )


def _keep_links(publication: Publication, links: Mapping[int, str]) -> None:
    publication.links = [[index, url] for index, url in sorted(links.items())]
    for place in publication.edition.articles:
        place.url = place.article.url = links.get(place.position, "")


def publish(
    session: Session,
    publication: Publication,
    links: Mapping[int, str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """It is out: record the links (index from 1 → address), count the articles, let them go."""
    _keep_links(publication, links)
    for place in publication.edition.articles:
        _post(session, publication, place, now)
        advance_article(session, place.article, ArticleAction.PUBLISH, actor=actor, now=now,
                        details={"edition": publication.edition_id, "url": place.url})  # fmt: skip
    advance(session, publication, Action.PUBLISH, actor=actor, now=now)


_LINK = re.compile(r"https?://[^\s<>\"']{1,1000}")
_PLATFORM_LINK = re.compile(r"https://mp\.weixin\.qq\.com/[^\s<>\"']{1,1000}")


def takes_links(publication: Publication) -> bool:
    """A person may hand in the links: of what was published by hand, or mass-sent without telling them."""
    if publication.state == State.PUBLISHED:
        return any(not place.url for place in publication.edition.articles)
    return is_at_rest(publication) or publication.state in (State.NEEDS_ATTENTION, State.FAILED)


def record_published(
    session: Session,
    edition: Edition,
    urls: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    any_host: bool = False,
) -> None:
    """A person published it at the console and hands in the links, one an article, in order. `any_host` is for the
    sandbox, whose articles do not lie at mp.weixin.qq.com. Raises Conflict where no links are wanted, Invalid."""
    _require_push(actor, edition)
    publication = find_publication(session, edition.id)
    if publication is None or not takes_links(publication):
        raise Conflict("这次推送现在不用补链接，没有改动。", code="publication.state")
    links = _parse_links(urls, len(edition.articles), _LINK if any_host else _PLATFORM_LINK)
    if publication.state == State.PUBLISHED:
        _fill_in_links(session, publication, links, actor=actor, now=now)
    else:
        publish(session, publication, links, actor=actor, now=now)


def _parse_links(urls: Sequence[str], wanted: int, pattern: re.Pattern[str]) -> dict[int, str]:
    links = {position: url.strip() for position, url in enumerate(urls, start=1)}
    wrong = [
        FieldError(
            f"urls.{i - 1}", "链接要以 https://mp.weixin.qq.com/ 开头，请从公众号文章页复制。"
        )
        for i, url in links.items()
        if not pattern.fullmatch(url)
    ]
    if wrong or len(links) != wanted or len(set(links.values())) != wanted:
        raise Invalid(
            f"这次推送有 {wanted} 篇，每篇要一个自己的公众号文章链接；没有记下，请核对。",
            code="push.links",
            fields=wrong,
        )
    return links


def _fill_in_links(
    session: Session,
    publication: Publication,
    links: Mapping[int, str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    _keep_links(publication, links)
    url_of = {place.article_id: place.url for place in publication.edition.articles}
    for posting in list_postings(session, publication.edition_id):
        posting.url = url_of[posting.article_id]
    record(session, "edition.links", Subject(kind="edition", id=publication.edition_id),
           actor=actor.name, now=now, details={"links": publication.links})  # fmt: skip


def withdraw(
    session: Session, edition: Edition, reason: str, *, actor: Actor, now: datetime
) -> Publication | None:
    """Take it back. What never left goes at once; what is in the draft box or out is taken down by the worker. Asking
    again lets the worker try again.

    Raises Invalid without a reason, Conflict while it is on its way out.
    """
    _require_push(actor, edition)
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX_CHARACTERS:
        raise Invalid.of_field(
            "reason", f"撤回要写明理由（最长 {REASON_MAX_CHARACTERS} 字）；没有撤回。"
        )
    publication = find_publication(session, edition.id)
    if publication is None:
        advance_edition(session, edition, EditionAction.WITHDRAW, actor=actor, now=now,
                        details={"reason": reason})  # fmt: skip
        edition.withdraw_reason = reason
        return None
    if publication.state == State.DRAFTED and not is_at_rest(publication):
        raise Conflict(
            "推送正在进行，现在不能撤回；没有改动，请等它结束。", code="publication.state"
        )
    if publication.state == State.WITHDRAWING:
        publication.wake_at = publication.wake_at or now
    elif publication.state != State.WITHDRAWN:
        advance(session, publication, Action.WITHDRAW, actor=actor, now=now)
        edition.withdraw_reason = reason
        record(session, "edition.withdraw_asked", Subject(kind="edition", id=edition.id),
               actor=actor.name, now=now, details={"reason": reason})  # fmt: skip
    return publication


def finish_withdrawal(
    session: Session, publication: Publication, *, actor: Actor, now: datetime
) -> None:
    """It is down, or a person says so: take the articles off the count."""
    for posting in list_postings(session, publication.edition_id):
        posting.withdrawn_at = now
    for place in publication.edition.articles:
        if place.article.status == ArticleState.PUBLISHED:
            advance_article(session, place.article, ArticleAction.WITHDRAW, actor=actor, now=now,
                            details={"edition": publication.edition_id,
                                     "reason": publication.edition.withdraw_reason})  # fmt: skip
    advance(session, publication, Action.WITHDRAWN, actor=actor, now=now)


def confirm_withdrawn(session: Session, edition: Edition, *, actor: Actor, now: datetime) -> None:
    """A person took it down at the console."""
    _require_push(actor, edition)
    publication = find_publication(session, edition.id)
    if publication is None or publication.state != State.WITHDRAWING:
        raise Conflict("这次推送不在撤回中，没有改动。", code="publication.state")
    finish_withdrawal(session, publication, actor=actor, now=now)
