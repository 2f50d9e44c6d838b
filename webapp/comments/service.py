"""The acts on comments. None of them touches the article: what is approved stays approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.articles.content import parse_content
from webapp.articles.models import Article
from webapp.articles.queries import find_autosave
from webapp.comments.anchors import Anchor, anchor_at, find_chosen, passages_of
from webapp.comments.models import Comment, Remark
from webapp.comments.queries import count_open, find_body
from webapp.comments.workflow import (
    OPEN_MAX,
    QUOTE_MAX_CHARACTERS,
    REMARKS_MAX,
    Person,
    State,
    find_mentions,
    parse_text,
)
from webapp.document.model import Document
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict, Invalid
from webapp.users.permissions import Actor, Permission
from webapp.users.service import people_with

EXCERPT_CHARACTERS = 100


@dataclass(frozen=True, kw_only=True)
class Spot:
    """The words that somebody chose, with what stands around them; or, without words, the whole passage `block`."""

    quote: str = ""
    before: str = ""
    after: str = ""
    block: int | None = None


def people_of(session: Session, article: Article) -> list[Person]:
    """Who can see this article, and may be named with @."""
    found = people_with(session, Permission.ARTICLE_READ, article.column_id)
    return [Person(id=u.id, username=u.username, display_name=u.display_name) for u in found]


def may_comment(article: Article, actor: Actor) -> bool:
    return actor.may(Permission.ARTICLE_COMMENT, article.column_id)


def text_to_read(session: Session, article: Article, *, writing: bool) -> Document:
    """The head revision's body; while `writing` what is being written on top of it, if there is something."""
    if writing:
        saved = find_autosave(session, article.id)
        if saved is not None and saved.base_revision == article.revision:
            return parse_content(saved.content).body
    body = find_body(session, article.id, article.revision)
    assert body is not None  # an article begins with a revision
    return body


def _texts(session: Session, article: Article, actor: Actor) -> Iterator[Document]:
    """What this person may have before them."""
    if actor.may(Permission.ARTICLE_WRITE, article.column_id):
        yield text_to_read(session, article, writing=True)
    yield text_to_read(session, article, writing=False)


def _anchor(session: Session, article: Article, spot: Spot, actor: Actor) -> Anchor:
    for body in _texts(session, article, actor):
        passages = passages_of(body)
        if spot.quote:
            around = (spot.quote, spot.before, spot.after)
            chosen = find_chosen(passages, *around, spot.block) or find_chosen(passages, *around)
        else:
            is_there = spot.block is not None and spot.block < len(passages)
            chosen = (spot.block, 0, 0) if spot.block is not None and is_there else None
        if chosen is not None:
            return anchor_at(passages, article.revision, *chosen, quote_max=QUOTE_MAX_CHARACTERS)
    raise Invalid.of_field(
        "quote", "正文里没有找到这几个字，批注没有记下；可以选得短些，或改为批注整段。",
        code="comment.no_place",
    )  # fmt: skip


def add(
    session: Session, article: Article, spot: Spot, text: str, *, actor: Actor, now: datetime
) -> Comment:
    """Open a thread. Raises Invalid when its words are not in the text, Conflict when there are OPEN_MAX open ones."""
    actor.require(Permission.ARTICLE_COMMENT, article.column_id)
    text = parse_text(text)
    if count_open(session, article.id) >= OPEN_MAX:
        raise Conflict(f"这篇稿件已有 {OPEN_MAX} 条没办结的批注，没有再记；请先办结一些。")
    anchor = _anchor(session, article, spot, actor)
    comment = Comment(
        article_id=article.id,
        state=State.OPEN,
        revision=anchor.revision,
        block=anchor.block,
        start=anchor.start,
        quote=anchor.quote,
        before=anchor.before,
        after=anchor.after,
        passage=anchor.passage,
        is_whole=anchor.is_whole,
        opened_by=actor.id,
        opened_at=now,
    )
    session.add(comment)
    session.flush()  # the remark needs its id
    _say(session, article, comment, "comment.add", text, actor=actor, now=now)
    return comment


def reply(
    session: Session, article: Article, comment: Comment, text: str, *, actor: Actor, now: datetime
) -> Remark:
    """To a resolved thread as well: it stays resolved."""
    actor.require(Permission.ARTICLE_COMMENT, article.column_id)
    text = parse_text(text)
    said = session.scalar(
        select(func.count()).select_from(Remark).where(Remark.comment_id == comment.id)
    )
    if (said or 0) >= REMARKS_MAX:
        raise Conflict(f"这条批注已有 {REMARKS_MAX} 次回复，没有再记；请另起一条。")
    return _say(session, article, comment, "comment.reply", text, actor=actor, now=now)


def _say(
    session: Session,
    article: Article,
    comment: Comment,
    action: str,
    text: str,
    *,
    actor: Actor,
    now: datetime,
) -> Remark:
    mentions = find_mentions(text, people_of(session, article)) if "@" in text else ()
    remark = Remark(comment_id=comment.id, user_id=actor.id, text=text, mentions=list(mentions), at=now)  # fmt: skip
    session.add(remark)
    session.flush()  # its id is part of its address
    record(session, action, Subject(kind="article", id=article.id), actor=actor.name, now=now,
           details={"comment_id": comment.id, "excerpt": comment.quote[:EXCERPT_CHARACTERS],
                    "comment": text[:EXCERPT_CHARACTERS], "mentions": list(mentions)})  # fmt: skip
    return remark


def _turn(
    session: Session, article: Article, comment: Comment, state: State, *, actor: Actor, now: datetime
) -> None:  # fmt: skip
    actor.require(Permission.ARTICLE_COMMENT, article.column_id)
    if comment.state == state:
        return
    is_resolved = state is State.RESOLVED
    comment.state = state
    comment.resolved_by, comment.resolved_at = (actor.id, now) if is_resolved else (None, None)
    record(session, "comment.resolve" if is_resolved else "comment.reopen",
           Subject(kind="article", id=article.id), actor=actor.name, now=now,
           details={"comment_id": comment.id, "excerpt": comment.quote[:EXCERPT_CHARACTERS]})  # fmt: skip


def resolve(
    session: Session, article: Article, comment: Comment, *, actor: Actor, now: datetime
) -> None:
    """Doing it again changes nothing."""
    _turn(session, article, comment, State.RESOLVED, actor=actor, now=now)


def reopen(
    session: Session, article: Article, comment: Comment, *, actor: Actor, now: datetime
) -> None:
    _turn(session, article, comment, State.OPEN, actor=actor, now=now)
