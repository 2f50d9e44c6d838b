"""To whom an act is told: exactly those who must do something now, or whose own article or words it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.queries import get_article, writers_of
from webapp.comments.models import Comment
from webapp.editions.models import Edition
from webapp.kernel.audit import AuditEntry
from webapp.notices.workflow import Kind
from webapp.review.models import Review
from webapp.review.owed import list_owed
from webapp.review.standing import counts_for, deputies_of, leaders_of
from webapp.users.permissions import Permission
from webapp.users.service import people_with, reviewers_of

TITLE_CHARACTERS = 60


@dataclass(frozen=True, kw_only=True)
class Told:
    """`path`: where it leads. The one who acted is taken out later."""

    kind: Kind
    people: frozenset[int]
    text: str
    path: str
    detail: str = ""
    article_id: int | None = None
    about: str | None = None


def _titled(article: Article) -> str:
    return f"《{article.title[:TITLE_CHARACTERS] or '无标题'}》"


def _deciders(session: Session, article: Article, entry: AuditEntry) -> frozenset[int]:
    """Who may decide the stage that is next: not those who wrote in it, nor who decided another stage of it. Of an urgent one its leaders."""
    writers = writers_of(session, article)
    if article.urgent:
        leaders = leaders_of(session, article.column_id, entry.at)
        return frozenset(m.user_id for m in leaders) - writers
    decided = session.scalars(
        select(Review.reviewer_id).where(
            Review.article_id == article.id, Review.stage != article.stage
        )
    )
    named = {u.id for u in reviewers_of(session, article.column_id, article.stage)}
    deputies = deputies_of(session, article.column_id, article.stage, entry.at)
    named |= {m.user_id for m in deputies if counts_for(m, article, writers)}
    return frozenset(named - writers - set(decided))


def _publishers(session: Session, column_ids: Iterable[int]) -> set[int]:
    return {
        user.id
        for column_id in set(column_ids)
        for user in people_with(session, Permission.EDITION_PUSH, column_id)
    }


def _to_review(session: Session, entry: AuditEntry) -> Told:
    article = get_article(session, int(entry.subject_id))
    stage, passed = article.column.stage_name(article.stage), entry.action == "article.pass_stage"
    return Told(
        kind=Kind.PASSED if passed else Kind.SUBMITTED,
        people=_deciders(session, article, entry) if article.stage else frozenset(),
        text=f"{_titled(article)}{'是急件，等负责人定' if article.urgent else '等' + stage}",
        path=f"/articles/{article.id}/review",
        article_id=article.id,
    )


def _returned(session: Session, entry: AuditEntry) -> Told:
    article = get_article(session, int(entry.subject_id))
    return Told(
        kind=Kind.RETURNED,
        people=writers_of(session, article),
        text=f"{_titled(article)}被{entry.details.get('stage_name', '审核')}退回",
        detail=str(entry.details.get("comment", "")),
        path=f"/articles/{article.id}",
        article_id=article.id,
    )


def _approved(session: Session, entry: AuditEntry) -> Told:
    article = get_article(session, int(entry.subject_id))
    publishers = _publishers(session, [article.column_id])
    return Told(
        kind=Kind.APPROVED,
        people=writers_of(session, article) | publishers,
        text=f"{_titled(article)}审定了，可以编入推送",
        path=f"/articles/{article.id}",
        article_id=article.id,
    )


def _to_countersign(session: Session, entry: AuditEntry) -> Told:
    article = get_article(session, int(entry.subject_id))
    owed = [o for o in list_owed(session) if o.countersign.article_id == article.id]
    latest = max((one.countersign.due_at for one in owed), default=entry.at)
    hours = round((latest - entry.at).total_seconds() / 3600)
    return Told(
        kind=Kind.COUNTERSIGN,
        people=frozenset(user.id for one in owed for user in one.people),
        text=f"{_titled(article)}是急件，已由负责人审定，请在 {hours:g} 小时内补签",
        path=f"/articles/{article.id}/review",
        article_id=article.id,
    )


def _objected(session: Session, entry: AuditEntry) -> Told:
    article = get_article(session, int(entry.subject_id))
    return Told(
        kind=Kind.OBJECTION,
        people=frozenset(_publishers(session, [article.column_id])),
        text=f"{_titled(article)}补签时有人提出异议，请决定是否撤回",
        detail=str(entry.details.get("comment", "")),
        path=f"/articles/{article.id}/review",
        article_id=article.id,
    )


def _commented(session: Session, entry: AuditEntry) -> Told:
    article = get_article(session, int(entry.subject_id))
    comment_id = int(entry.details["comment_id"])
    named = frozenset(map(int, entry.details.get("mentions", ())))
    opened_by = session.scalar(select(Comment.opened_by).where(Comment.id == comment_id))
    is_reply = entry.action == "comment.reply" and opened_by is not None and opened_by not in named
    return Told(
        kind=Kind.REPLY if is_reply and not named else Kind.MENTION,
        people=named | ({opened_by} if is_reply and opened_by is not None else set()),
        text=f"{_titled(article)}的批注“{str(entry.details.get('excerpt', ''))[:30]}”",
        detail=str(entry.details.get("comment", "")),
        path=f"/articles/{article.id}/review#comment-{comment_id}",
        article_id=article.id,
    )


_OUTCOMES = {
    "edition.publish": "刊发了",
    "edition.fail": "没有推成",
    "edition.ask": "推送要人看一看",
}


def _pushed(session: Session, entry: AuditEntry) -> Told:
    edition = session.get_one(Edition, int(entry.subject_id))
    articles = [place.article for place in edition.articles]
    people = _publishers(session, (a.column_id for a in articles))
    for article in articles:
        people |= writers_of(session, article)
    more = f"等 {len(articles)} 篇" if len(articles) > 1 else ""
    return Told(
        kind=Kind.PUBLISHED if entry.action == "edition.publish" else Kind.TROUBLE,
        people=frozenset(people),
        text=f"{_titled(articles[0]) if articles else '推送'}{more}{_OUTCOMES[entry.action]}",
        detail="" if entry.action == "edition.publish" else edition.error,
        path=f"/editions/{edition.id}",
        article_id=articles[0].id if len(articles) == 1 else None,
    )


RULES: Mapping[str, tuple[Callable[[Session, AuditEntry], Told], ...]] = {
    "article.submit": (_to_review,),
    "article.pass_stage": (_to_review,),
    "article.return": (_returned,),
    "article.approve": (_approved,),
    "article.approve_urgent": (_approved, _to_countersign),
    "article.object": (_objected,),
    "comment.add": (_commented,),
    "comment.reply": (_commented,),
    **dict.fromkeys(_OUTCOMES, (_pushed,)),
}
"""Act in the audit trail → who is told of what."""
