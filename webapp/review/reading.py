"""What a reviewer reads before deciding: the text as it would go out, what changed since it was last reviewed, what the
checks say, and whether this person may decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from webapp.articles.checking import find_problems
from webapp.articles.comparison import Comparison, compare
from webapp.articles.composition import Composed
from webapp.articles.content import Content, content_of
from webapp.articles.models import Article, Revision
from webapp.articles.queries import get_revision, head_revision
from webapp.articles.service import compose_revision
from webapp.articles.workflow import State
from webapp.checks.model import Finding
from webapp.kernel.errors import ChecksumMismatch, TongxinError
from webapp.proofreading.models import Disposition
from webapp.proofreading.queries import dispositions_by_fingerprint
from webapp.proofreading.service import may_answer
from webapp.review.models import Review
from webapp.review.queries import Seal, list_reviews, seals_of
from webapp.review.service import case_of
from webapp.review.standing import deputies_of, find_mandate, leaders_of, mandates_of
from webapp.review.workflow import Case, MandateKind, refuse_other_text, refuse_unless_may_decide
from webapp.users.permissions import Actor, Permission
from webapp.users.service import display_names, reviewers_of


@dataclass(frozen=True, kw_only=True)
class Reading:
    article: Article
    revision: Revision
    content: Content
    composed: Composed
    reviews: Sequence[Review]
    seals: tuple[Seal, ...]
    findings: tuple[Finding, ...]
    answers: Mapping[str, Sequence[Disposition]]
    """Fingerprint → what was answered, the writer's first."""
    people: Mapping[int, str]
    """The names of those who answered."""
    since: int | None
    """The revision that was reviewed before this one."""
    changes: Comparison | None
    may_allow: bool
    """Whether this person may let a phrase pass for good."""
    refusal: TongxinError | None
    """Why this person may not decide now; None when they may."""
    stands_for: str | None
    """In whose place they would decide, by name; None: by their own right."""
    may_answer_findings: bool
    as_deputy: bool
    """Named for it, or asked to."""

    @property
    def may_decide(self) -> bool:
        may = self.article.status == State.IN_REVIEW and self.refusal is None
        return may and (self.stands_for is None or self.as_deputy)

    @property
    def may_deputise(self) -> bool:
        """The way is open, and not yet taken."""
        may = self.article.status == State.IN_REVIEW and self.refusal is None
        return may and self.stands_for is not None and not self.as_deputy

    @property
    def may_answer(self) -> bool:
        """Findings are answered by whoever decides."""
        return self.may_decide and self.may_answer_findings

    @property
    def unanswered(self) -> int:
        """Findings that may be left, and of which nobody has said anything."""
        return sum(
            f.severity == "should" and f.fingerprint not in self.answers for f in self.findings
        )


def _reviewed_before(article: Article, reviews: Iterable[Review]) -> int | None:
    """The newest revision, other than the one at hand, that a reviewer decided on."""
    return max((r.revision for r in reviews if r.revision != article.revision), default=None)


def _changes(
    session: Session, article: Article, content: Content, since: int | None
) -> Comparison | None:
    if since is None:
        return None
    return compare(content_of(get_revision(session, article.id, since)), content)


def find_refusal(actor: Actor, case: Case) -> TongxinError | None:
    """What `review.service.decide` would refuse with, before a word is typed."""
    try:
        actor.require(Permission.ARTICLE_REVIEW)
        refuse_unless_may_decide(actor, case)
        refuse_other_text(case, case.under_review)
    except TongxinError as refused:
        return refused
    return None


def may_decide(session: Session, article: Article, actor: Actor, now: datetime) -> bool:
    """The stage that it lies before: by right, in another's place, or as a leader of what is urgent."""
    if article.status != State.IN_REVIEW:
        return False
    return find_refusal(actor, case_of(session, article, actor, now)) is None


def may_lead(session: Session, article: Article, actor: Actor, now: datetime) -> bool:
    """Decide what is urgent."""
    return article.urgent and may_decide(session, article, actor, now)


def may_deputise(session: Session, article: Article, actor: Actor, now: datetime) -> bool:
    """In another's place, and nothing speaks against it."""
    if article.status != State.IN_REVIEW or not actor.may(Permission.ARTICLE_REVIEW):
        return False
    case = case_of(session, article, actor, now)
    return case.stands_for is not None and find_refusal(actor, case) is None


def _is_named(session: Session, article: Article, actor: Actor, case: Case, now: datetime) -> bool:
    if case.stands_for is None:
        return False
    mandates = mandates_of(session, actor, now, MandateKind.DEPUTY)
    return find_mandate(mandates, article, case.writers) is not None


def read_article(
    session: Session,
    article: Article,
    actor: Actor,
    *,
    now: datetime,
    as_of: date,
    as_deputy: bool = False,
) -> Reading:
    """`as_of`: the institution's day, for rules that are dated. `as_deputy`: to decide in another's place, where that is
    open."""
    revision = head_revision(session, article)
    content, composed = content_of(revision), compose_revision(session, article, revision)
    reviews = list_reviews(session, article.id)
    since = _reviewed_before(article, reviews)
    answers = dispositions_by_fingerprint(session, article.id)
    case = case_of(session, article, actor, now, stands_now=composed.checksum)
    refusal = find_refusal(actor, case)
    return Reading(
        article=article,
        revision=revision,
        content=content,
        composed=composed,
        reviews=reviews,
        seals=seals_of(article, reviews),
        findings=find_problems(session, article.column, content, composed, as_of=as_of),
        answers=answers,
        people=display_names(session, [one.user_id for kept in answers.values() for one in kept]),
        since=since,
        changes=_changes(session, article, content, since),
        may_allow=actor.may(Permission.ARTICLE_WRITE),
        refusal=refusal,
        stands_for=case.stands_for,
        may_answer_findings=may_answer(article, actor, may_decide=refusal is None),
        as_deputy=as_deputy or _is_named(session, article, actor, case, now),
    )


def waits_for(session: Session, article: Article, now: datetime) -> str:
    """Who may decide the stage that is next, by name; the named deputies too."""
    if article.urgent:
        leaders = leaders_of(session, article.column_id, now)
        return "、".join(dict.fromkeys(m.user.display_name for m in leaders))
    people = reviewers_of(session, article.column_id, article.stage)
    deputies = deputies_of(session, article.column_id, article.stage, now)
    names = [
        *(p.display_name for p in people),
        *(f"{d.user.display_name}（代审）" for d in deputies),
    ]
    return "、".join(dict.fromkeys(names))


def is_changed_underneath(refusal: TongxinError | None) -> bool:
    return isinstance(refusal, ChecksumMismatch)
