"""Comments beside the text: as a part of the writing and the review page, and on a page of their own."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.articles.api import readable
from webapp.articles.models import Article
from webapp.comments.forms import parse_new, parse_text
from webapp.comments.models import Comment
from webapp.comments.queries import get_comment
from webapp.comments.reading import read_comments
from webapp.comments.service import add, people_of, reopen, reply, resolve
from webapp.comments.workflow import TEXT_MAX_CHARACTERS
from webapp.kernel.errors import Conflict, Invalid, TongxinError
from webapp.kernel.toast import tell
from webapp.kernel.web import now, read, transaction
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission

bp = Blueprint("comments", __name__)

Sent = str | Response


def _wants_part() -> bool:
    """The writing page's script exchanges the list alone."""
    return request.headers.get("HX-Request") == "true"


def _show(article: Article, *, wrong: str = "", text: str = "") -> str:
    reading = read_comments(read(), article, current_actor(), writing=_wants_part())
    template = "comments/_threads.html" if _wants_part() else "comments/index.html"
    return render_template(template, comments=reading, article=article, comment_wrong=wrong,
                           comment_text=text, comment_max=TEXT_MAX_CHARACTERS)  # fmt: skip


@bp.get("/articles/<int:article_id>/comments")
@requires(Permission.ARTICLE_READ)
def index(article_id: int) -> str:
    return _show(readable(read(), article_id))


@bp.get("/articles/<int:article_id>/comments/people")
@requires(Permission.ARTICLE_COMMENT)
def people(article_id: int) -> Response:
    """Who can be named with @, asked for when somebody begins to write."""
    session = read()
    found = people_of(session, readable(session, article_id))
    return jsonify([{"name": p.display_name, "username": p.username} for p in found])


def _back(article: Article, comment: Comment) -> Sent:
    """To where the form stood, with the thread in sight."""
    if _wants_part():
        return _show(article)
    place = "review" if request.form.get("at") == "review" else "comments"
    return redirect(f"/articles/{article.id}/{place}#comment-{comment.id}", 303)


def _found(session: Session, article_id: int, comment_id: int) -> tuple[Article, Comment]:
    article = readable(session, article_id)
    return article, get_comment(session, article.id, comment_id)


@bp.post("/articles/<int:article_id>/comments")
@requires(Permission.ARTICLE_COMMENT)
def create(article_id: int) -> Sent:
    """What cannot be kept is shown again with its reason, and nothing typed is lost."""
    try:
        spot, text = parse_new(request.form)
        with transaction() as session:
            article = readable(session, article_id)
            comment = add(session, article, spot, text, actor=current_actor(), now=now())
    except (Invalid, Conflict) as wrong:
        raise _refused(article_id, wrong) from None
    return _back(article, comment)


def _refused(article_id: int, wrong: TongxinError) -> TongxinError:
    fields = getattr(wrong, "fields", ())
    message = fields[0].message if fields else wrong.message
    return wrong.shown_on(
        _show(readable(read(), article_id), wrong=message, text=request.form.get("text", ""))
    )


@bp.post("/articles/<int:article_id>/comments/<int:comment_id>/reply")
@requires(Permission.ARTICLE_COMMENT)
def answer(article_id: int, comment_id: int) -> Sent:
    try:
        with transaction() as session:
            article, comment = _found(session, article_id, comment_id)
            reply(session, article, comment, parse_text(request.form), actor=current_actor(),
                  now=now())  # fmt: skip
    except (Invalid, Conflict) as wrong:
        raise _refused(article_id, wrong) from None
    return _back(article, comment)


@bp.post("/articles/<int:article_id>/comments/<int:comment_id>/resolve")
@requires(Permission.ARTICLE_COMMENT)
def settle(article_id: int, comment_id: int) -> Sent:
    with transaction() as session:
        article, comment = _found(session, article_id, comment_id)
        resolve(session, article, comment, actor=current_actor(), now=now())
    if not _wants_part():
        tell(_("这条批注办结了。"), undo=f"/articles/{article_id}/comments/{comment_id}/reopen",
             fields={"at": request.form.get("at", "")})  # fmt: skip
    return _back(article, comment)


@bp.post("/articles/<int:article_id>/comments/<int:comment_id>/reopen")
@requires(Permission.ARTICLE_COMMENT)
def open_again(article_id: int, comment_id: int) -> Sent:
    with transaction() as session:
        article, comment = _found(session, article_id, comment_id)
        reopen(session, article, comment, actor=current_actor(), now=now())
    return _back(article, comment)
