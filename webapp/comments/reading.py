"""Threads as they are shown: who said what, and where their words stand in the text that lies before the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.comments.anchors import Finder, Passage, Place
from webapp.comments.models import Comment, Remark
from webapp.comments.queries import find_body, list_open_first, remarks_by_comment
from webapp.comments.service import may_comment, text_to_read
from webapp.comments.workflow import OPEN_MAX, State
from webapp.document.model import Document
from webapp.users.permissions import Actor
from webapp.users.service import display_names

SHOWN_MAX = OPEN_MAX + 50
"""The open ones, and the newest of the resolved; the rest is in the interface's pages."""


@dataclass(frozen=True, kw_only=True)
class Thread:
    comment: Comment
    remarks: Sequence[Remark]
    place: Place
    words: str
    """What stands at the place now, without blanks, cut short; and how often the same stands before it."""
    nth: int


@dataclass(frozen=True, kw_only=True)
class Reading:
    article: Article
    open: Sequence[Thread]
    """In the order of the text; those whose passage is gone come first, since somebody must look."""
    resolved: Sequence[Thread]
    """The newest first."""
    passages: Sequence[Passage]
    names: Mapping[int, str]
    may_comment: bool
    is_writing: bool


def threads_of(session: Session, comments: Sequence[Comment], finder: Finder) -> list[Thread]:
    remarks = remarks_by_comment(session, comments)
    found = []
    for comment in comments:
        place = finder.find(comment.anchor)
        words, nth = finder.words_at(place)
        said = remarks[comment.id]
        found.append(Thread(comment=comment, remarks=said, place=place, words=words, nth=nth))
    return found


def finder_of(session: Session, article: Article, *, writing: bool = False) -> Finder:
    body = text_to_read(session, article, writing=writing)
    return Finder(body, lambda number: find_body(session, article.id, number))


def names_in(session: Session, threads: Sequence[Thread]) -> dict[int, str]:
    said = [r.user_id for t in threads for r in t.remarks]
    return display_names(session, [*said, *(t.comment.resolved_by for t in threads)])


def _by_place(thread: Thread) -> tuple[int, int, int]:
    place = thread.place
    block = -1 if place.block is None else place.block
    return block, place.start or 0, thread.comment.id


def read_comments(
    session: Session,
    article: Article,
    actor: Actor,
    *,
    writing: bool = False,
    body: Document | None = None,
) -> Reading:
    """`writing`: as they stand in what is being written, not in the head revision. `body`: that text, if it is at hand."""
    body = body or text_to_read(session, article, writing=writing)
    finder = Finder(body, lambda number: find_body(session, article.id, number))
    comments = list_open_first(session, article.id, SHOWN_MAX)
    threads = threads_of(session, comments, finder)
    return Reading(
        article=article,
        open=sorted((t for t in threads if t.comment.state == State.OPEN), key=_by_place),
        resolved=[t for t in threads if t.comment.state != State.OPEN],
        passages=finder.passages,
        names=names_in(session, threads),
        may_comment=may_comment(article, actor),
        is_writing=writing,
    )
