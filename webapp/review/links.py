"""A decision by someone without an account: a link for one article, one stage, one text and one named person, used once.

Whoever holds the link decides with it, so whoever makes it must be held back: one stage of a submission at most is decided
by link, the maker decides no other stage of the article, and where there is only one stage the maker must not have written
on it. The leader of an urgent article is named by administrators, so only they make that link, and none for what they wrote.
Thus nobody takes an article through alone. Who made it stands on the 审签单 and in the audit trail.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.queries import get_article, writers_of
from webapp.articles.service import compose_head
from webapp.articles.workflow import State
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from webapp.kernel.secrets import SecretBox, new_token, token_checksum
from webapp.review.countersigning import settle_owed, text_stands
from webapp.review.identity import name_key, parse_phone, phone_key
from webapp.review.models import Review, ReviewLink
from webapp.review.owed import owed_of
from webapp.review.service import COUNTERSIGN_WITHIN, settle
from webapp.review.workflow import COUNTERSIGNS, VERDICTS, Decision, Way, parse_comment
from webapp.users.permissions import Actor, Permission
from webapp.users.service import display_names

NAME_MAX_CHARACTERS = 20
TITLE_MAX_CHARACTERS = 40
LINKS_MAX = 50
_MAKERS = (Permission.ARTICLE_WRITE, Permission.EDITION_WRITE, Permission.USER_MANAGE)


class LinkState(StrEnum):
    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    CHANGED = "changed"
    """Edited, recalled or returned since, or the stage was decided otherwise."""


LINK_WORDS = {
    LinkState.OPEN: "等对方定",
    LinkState.USED: "已定",
    LinkState.REVOKED: "已收回",
    LinkState.EXPIRED: "已过期",
    LinkState.CHANGED: "稿件已变，作废",
}


@dataclass(frozen=True, kw_only=True)
class Signer:
    name: str
    title: str
    phone: str


def parse_signer(name: str, title: str, phone: str) -> Signer:
    name, title = " ".join(name.split()), " ".join(title.split())
    if not 2 <= len(name) <= NAME_MAX_CHARACTERS:
        raise Invalid.of_field("name", f"要写明姓名，2 到 {NAME_MAX_CHARACTERS} 字，印章上用它。")
    if not title or len(title) > TITLE_MAX_CHARACTERS:
        raise Invalid.of_field("title", f"要写明职务，最长 {TITLE_MAX_CHARACTERS} 字。")
    return Signer(name=name, title=title, phone=parse_phone(phone))


def may_make(actor: Actor, column_id: int) -> bool:
    return any(actor.may(permission, column_id) for permission in _MAKERS)


def _refuse_same_person(
    session: Session, article: Article, names: str, phone: str, stage: int
) -> None:
    """Raises Forbidden: they wrote on it, or decided another stage of it."""
    writers = display_names(session, writers_of(session, article))
    if names in {name_key(name) for name in writers.values()}:
        raise Forbidden("这个人写过或改过这篇稿件，不能审；什么也没有改动。", code="review.own")
    others = session.scalars(
        select(Review).where(Review.article_id == article.id, Review.stage != stage)
    ).all()
    links = session.scalars(
        select(ReviewLink).where(ReviewLink.id.in_([r.link_id for r in others if r.link_id]))
    )
    if names in {name_key(r.signer) for r in others} or phone in {link.phone_key for link in links}:
        raise Forbidden(
            "这个人已审过这篇稿件的另一个审次，一个人只能审一个；什么也没有改动。",
            code="review.second_stage",
        )


def _refuse_urgent_maker(actor: Actor, writers: Collection[int]) -> None:
    """The one decision lets it go out, so that who names the leaders names this one too."""
    if not actor.may(Permission.USER_MANAGE):
        raise Forbidden(
            "这是急件，由谁来定是管理员指定的，签批链接也要管理员来做；没有制作。",
            code="link.urgent",
        )
    if actor.id in writers:
        raise Forbidden(
            "写过这篇稿件的人不能为急件制作签批链接；没有制作，请另一位管理员来做。",
            code="link.urgent",
        )


def _refuse_maker(
    session: Session, article: Article, actor: Actor, writers: Collection[int]
) -> None:
    if article.urgent and article.status == State.IN_REVIEW:
        _refuse_urgent_maker(actor, writers)
    if article.column.stages == 1 and actor.id in writers:
        raise Forbidden(
            "这个专栏只有一审，写稿的人不能自己制作签批链接；没有制作，请另一位编辑或发布人员来做。",
            code="link.only_stage",
        )
    reviews = select(Review).where(Review.article_id == article.id)
    decided = session.scalars(reviews.where(Review.reviewer_id == (actor.id or 0))).first()
    if decided is not None:
        raise Forbidden("您审过这篇稿件，不能再为它制作签批链接；没有制作。", code="link.decided")
    other = reviews.where(Review.round == article.round, Review.link_id.is_not(None))
    if session.scalars(other).first() is not None:
        raise Forbidden(
            "这次送审已有一个审次由链接签批，其余的要用账号审；没有制作。", code="link.second"
        )


def stages_to_sign(session: Session, article: Article) -> list[int]:
    """The one that is next; of an urgent article that was approved, those that are still to be countersigned."""
    if article.status == State.IN_REVIEW:
        return [article.stage]
    return [row.stage for row in owed_of(session, article)]


def way_of(link: ReviewLink, article: Article) -> Way:
    if not article.urgent:
        return Way.PLAIN
    return Way.URGENT if link.stage == article.column.stages else Way.COUNTERSIGN


def make_link(
    session: Session,
    article: Article,
    signer: Signer,
    *,
    stage: int | None = None,
    box: SecretBox,
    lasts: timedelta,
    actor: Actor,
    now: datetime,
) -> tuple[ReviewLink, str]:
    """For one stage (the first of `stages_to_sign` unless given) and the text that stands there. The token itself is shown this
    once and not kept. Raises Forbidden, or Conflict when there is nothing to decide."""
    if not may_make(actor, article.column_id):
        raise Forbidden("制作签批链接要是编辑、发布或管理员；没有制作。")
    if lasts <= timedelta(0):
        raise Forbidden("这个安装不用签批链接；没有制作。", code="link.off")
    stages = stages_to_sign(session, article)
    if not stages or stage not in (None, *stages):
        raise Conflict("这一审次现在没有要定的，没有制作链接；请刷新后再看。", code="article.state")
    stage = stage or stages[0]
    checksum = article.review_checksum or ""
    if not _text_stands(article, checksum, compose_head(session, article).checksum):
        raise Conflict(
            "送审以后版式或图片说明变了，没有制作链接；请收回后重新送审。",
            code="review.changed_underneath",
        )
    writers, names = writers_of(session, article), name_key(signer.name)
    if names == name_key(actor.title):
        raise Forbidden("不能为自己制作签批链接；没有制作。", code="link.own")
    _refuse_maker(session, article, actor, writers)
    phone = phone_key(box, signer.phone)
    _refuse_same_person(session, article, names, phone, stage)
    token = new_token()
    link = ReviewLink(
        article_id=article.id, round=article.round, stage=stage, revision=article.revision,
        checksum=checksum, token_checksum=token_checksum(token), name=signer.name,
        title=signer.title, name_key=names, phone_key=phone, phone_tail=signer.phone[-4:],
        made_by=actor.id, made_at=now, expires_at=now + lasts,
    )  # fmt: skip
    session.add(link)
    session.flush()  # the id goes into the audit trail
    record(session, "link.make", Subject(kind="article", id=article.id), actor=actor.name, now=now,
           details={**_details(link), "maker_wrote": actor.id in writers})  # fmt: skip
    return link, token


def _details(link: ReviewLink) -> dict[str, object]:
    return {
        "link": link.id, "signer": link.name, "title": link.title, "phone_tail": link.phone_tail,
        "stage": link.stage, "checksum": link.checksum, "expires": link.expires_at.isoformat(),
    }  # fmt: skip


def list_links(session: Session, article_id: int) -> list[ReviewLink]:
    """Newest first."""
    query = select(ReviewLink).where(ReviewLink.article_id == article_id)
    return list(session.scalars(query.order_by(ReviewLink.id.desc()).limit(LINKS_MAX)))


def get_link(session: Session, token: str) -> ReviewLink:
    """Raises NotFound for a token that was never made."""
    query = select(ReviewLink).where(ReviewLink.token_checksum == token_checksum(token))
    if (link := session.scalar(query)) is None:
        raise NotFound("没有这个签批链接：可能抄得不全，请向发给您的人再要一次。")
    return link


def revoke_link(
    session: Session, article: Article, link_id: int, *, actor: Actor, now: datetime
) -> None:
    """By anybody who could have made it."""
    link = session.get(ReviewLink, link_id)
    if link is None or link.article_id != article.id:
        raise NotFound("没有这个签批链接，没有改动。")
    if not may_make(actor, article.column_id):
        raise Forbidden("收回签批链接要是编辑、发布或管理员；没有改动。")
    if link.used_at is not None or link.revoked_at is not None:
        raise Conflict("这个链接已经用过或收回了，没有改动。", code="link.state")
    link.revoked_at = now
    record(session, "link.revoke", Subject(kind="article", id=article.id), actor=actor.name,
           now=now, details=_details(link))  # fmt: skip


def find_states(
    session: Session, article: Article, links: Sequence[ReviewLink], now: datetime
) -> list[LinkState]:
    """Of links to this article."""
    stands_now = compose_head(session, article).checksum
    owed = {row.stage for row in owed_of(session, article)} if article.urgent else set()
    return [_state_of(link, article, stands_now, owed, now) for link in links]


def _is_open(link: ReviewLink, article: Article, stands_now: str, owed: Collection[int]) -> bool:
    if way_of(link, article) is Way.COUNTERSIGN:
        waits = link.stage in owed
    else:
        waits = article.status == State.IN_REVIEW and link.stage == article.stage
    same_text = link.checksum == article.review_checksum and link.round == article.round
    return waits and same_text and _text_stands(article, link.checksum, stands_now)


def _text_stands(article: Article, checksum: str, stands_now: str) -> bool:
    if article.status == State.IN_REVIEW:
        return stands_now == checksum
    return text_stands(article, checksum, stands_now)


def _state_of(
    link: ReviewLink, article: Article, stands_now: str, owed: Collection[int], now: datetime
) -> LinkState:
    if link.used_at is not None:
        return LinkState.USED
    if link.revoked_at is not None:
        return LinkState.REVOKED
    if not _is_open(link, article, stands_now, owed):
        return LinkState.CHANGED
    return LinkState.EXPIRED if now >= link.expires_at else LinkState.OPEN


_REFUSALS = {
    LinkState.USED: "这个链接已经用过一次，您的意见早已记下；这一次没有再记。",
    LinkState.REVOKED: "这个链接已被收回，意见没有记下；有疑问请问发给您的人。",
    LinkState.EXPIRED: "这个链接过期了，意见没有记下；请向发给您的人要一个新的。",
    LinkState.CHANGED: "发出链接以后，稿件改动、退回或已由别人定了，您看到的不是现在这一版；意见没有记下，请向发给您的人要新的链接。",
}


def refusal_of(state: LinkState) -> Conflict:
    """Of a link that is no longer open. Gone where it ended by itself or was ended, and nothing else happened."""
    kind = Gone if state in (LinkState.REVOKED, LinkState.EXPIRED) else Conflict
    return kind(_REFUSALS[state], code=f"link.{state}")


def decide_by_link(
    session: Session,
    token: str,
    decision: Decision,
    *,
    comment: str,
    countersign_within: timedelta = COUNTERSIGN_WITHIN,
    now: datetime,
) -> Review:
    """Once. Raises Invalid for a word that is not this way's, Conflict when the link is no longer good, Forbidden when the separation of duties speaks against it."""
    link = get_link(session, token)
    article = get_article(session, link.article_id)
    [state] = find_states(session, article, [link], now)
    if state is not LinkState.OPEN:
        raise refusal_of(state)
    way = way_of(link, article)
    if decision not in (COUNTERSIGNS if way is Way.COUNTERSIGN else VERDICTS):
        raise Invalid("请选下面两个按钮中的一个，意见没有记下。", code="link.decision")
    comment = parse_comment(decision, comment)
    _refuse_same_person(session, article, link.name_key, link.phone_key, link.stage)
    _refuse_second_link(session, article, link)
    review = Review(
        article_id=article.id, revision=article.revision, round=article.round, stage=link.stage,
        reviewer_id=None, way=way, link_id=link.id, signer_name=link.name, signer_title=link.title,
        decision=decision, comment=comment, checksum=link.checksum, at=now,
    )  # fmt: skip
    link.used_at = now
    signer = Actor(id=None, name=f"link:{link.id}", display_name=link.name)
    if way is Way.COUNTERSIGN:
        row = next(row for row in owed_of(session, article) if row.stage == link.stage)
        settle_owed(session, row, review, actor=signer, now=now)
        return review
    session.add(review)
    session.flush()  # the unique index speaks now, before the state moves
    settle(session, article, review, countersign_within=countersign_within, actor=signer, now=now)
    return review


def _refuse_second_link(session: Session, article: Article, link: ReviewLink) -> None:
    """Two links may have been made for two stages before either was used."""
    query = select(Review).where(
        Review.article_id == article.id, Review.round == link.round, Review.link_id.is_not(None)
    )
    if session.scalars(query).first() is not None:
        raise Forbidden(
            "这次送审已有一个审次由链接签批，这个链接不能再用；意见没有记下。", code="link.second"
        )
