from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from webapp.articles.api import payload, readable
from webapp.articles.models import Article
from webapp.comments.forms import parse_new, parse_state, parse_text
from webapp.comments.models import Comment
from webapp.comments.queries import get_comment, list_comments
from webapp.comments.reading import Thread, finder_of, names_in, threads_of
from webapp.comments.service import add, reopen, reply, resolve
from webapp.kernel.openapi import described
from webapp.kernel.paging import parse_limit
from webapp.kernel.web import now, read, writes
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission

bp = Blueprint("comments_api", __name__)


class RemarkAnswer(BaseModel):
    by: str
    text: str
    mentions: list[int]
    time: str


class CommentAnswer(BaseModel):
    """`block` counts the passages from 0, `start` and `end` the characters in it, in the newest revision; null where the
    passage, or the words, no longer stand. `changed`: 原文已改动, `quote` is as it was read."""

    id: int
    state: str
    quote: str
    whole: bool
    revision: int
    block: int | None
    start: int | None
    end: int | None
    changed: bool
    remarks: list[RemarkAnswer]
    opened_at: str
    resolved_by: str | None
    resolved_at: str | None


class CommentList(BaseModel):
    items: list[CommentAnswer]
    next_cursor: str | None


class CommentInput(BaseModel):
    """`quote`: words of the text; `before` and `after` tell which, where they stand more than once. Or `block` alone, for
    the whole passage. @name in `text` calls a person who can see the article."""

    text: str
    quote: str = ""
    before: str = ""
    after: str = ""
    block: int | None = None


class RemarkInput(BaseModel):
    text: str


def _thread_json(thread: Thread, names: dict[int, str]) -> dict[str, Any]:
    comment, place = thread.comment, thread.place
    resolved_at = comment.resolved_at
    return {
        "id": comment.id,
        "state": comment.state,
        "quote": comment.quote,
        "whole": comment.is_whole,
        "revision": comment.revision,
        "block": place.block,
        "start": place.start,
        "end": place.end,
        "changed": place.is_changed,
        "remarks": [
            {"by": names.get(r.user_id or 0, ""), "text": r.text, "mentions": r.mentions,
             "time": r.at.isoformat()}
            for r in thread.remarks
        ],
        "opened_at": comment.opened_at.isoformat(),
        "resolved_by": names.get(comment.resolved_by or 0) if resolved_at else None,
        "resolved_at": resolved_at.isoformat() if resolved_at else None,
    }  # fmt: skip


def _told(session: Session, article: Article, comments: Sequence[Comment]) -> list[dict[str, Any]]:
    threads = threads_of(session, comments, finder_of(session, article))
    names = names_in(session, threads)
    return [_thread_json(thread, names) for thread in threads]


@bp.get("/articles/<int:article_id>/comments")
@requires(Permission.ARTICLE_READ)
@described("批注，新的在前", ok={200: CommentList}, problems=(404, 422),
           query={"state": "open、resolved 或 all（默认）", "limit": "每页条数", "cursor": "翻页标记"})  # fmt: skip
def list_all(article_id: int) -> dict[str, Any]:
    session = read()
    article = readable(session, article_id)
    page = list_comments(session, article.id, state=parse_state(request.args.get("state")),
                         cursor=request.args.get("cursor"), limit=parse_limit(request.args.get("limit")))  # fmt: skip
    return {"items": _told(session, article, page.items), "next_cursor": page.next_cursor}


@bp.post("/articles/<int:article_id>/comments")
@requires(Permission.ARTICLE_COMMENT)
@described("添批注", json=CommentInput, ok={201: CommentAnswer}, problems=(404,))
@writes
def create(session: Session, article_id: int) -> Response:
    article = readable(session, article_id)
    spot, text = parse_new(payload())
    comment = add(session, article, spot, text, actor=current_actor(), now=now())
    response = jsonify(_told(session, article, [comment])[0])
    response.status_code = 201
    return response


@bp.post("/articles/<int:article_id>/comments/<int:comment_id>/replies")
@requires(Permission.ARTICLE_COMMENT)
@described("回复批注", json=RemarkInput, ok={201: CommentAnswer}, problems=(404,))
@writes
def answer(session: Session, article_id: int, comment_id: int) -> Response:
    article = readable(session, article_id)
    comment = get_comment(session, article.id, comment_id)
    reply(session, article, comment, parse_text(payload()), actor=current_actor(), now=now())
    response = jsonify(_told(session, article, [comment])[0])
    response.status_code = 201
    return response


@bp.post("/articles/<int:article_id>/comments/<int:comment_id>/resolve")
@requires(Permission.ARTICLE_COMMENT)
@described("办结批注", ok={200: CommentAnswer}, problems=(404,))
@writes
def settle(session: Session, article_id: int, comment_id: int) -> Response:
    article = readable(session, article_id)
    comment = get_comment(session, article.id, comment_id)
    resolve(session, article, comment, actor=current_actor(), now=now())
    return jsonify(_told(session, article, [comment])[0])


@bp.post("/articles/<int:article_id>/comments/<int:comment_id>/reopen")
@requires(Permission.ARTICLE_COMMENT)
@described("重开批注", ok={200: CommentAnswer}, problems=(404,))
@writes
def open_again(session: Session, article_id: int, comment_id: int) -> Response:
    article = readable(session, article_id)
    comment = get_comment(session, article.id, comment_id)
    reopen(session, article, comment, actor=current_actor(), now=now())
    return jsonify(_told(session, article, [comment])[0])
