"""The acts that take an article along: submit, recall, restore an earlier revision."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.articles.embargo import embargo_words, set_embargo
from webapp.articles.forms import parse_embargo
from webapp.articles.numbering import IssueTaken
from webapp.articles.queries import get_article
from webapp.articles.service import ChecksOpen, keep_written, recall, restore, submit
from webapp.articles.views.blueprint import bp, writable
from webapp.kernel.errors import Conflict, Invalid
from webapp.kernel.toast import tell
from webapp.kernel.web import context, now, today, transaction
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission


@bp.post("/<int:article_id>/submit")
@requires(Permission.ARTICLE_WRITE)
def send_to_review(article_id: int) -> Response:
    try:
        with transaction() as session:
            article = writable(session, article_id)
            submit(session, article, actor=current_actor(), now=now(), as_of=today())
            stage = article.column.stage_name(1)
    except ChecksOpen as open_:
        tell(open_.message)
        return redirect(f"/articles/{article_id}/edit#checks", code=303)
    except IssueTaken as taken:
        tell(taken.message)
        return redirect(f"/articles/{article_id}/edit#issue", code=303)
    tell(
        _("已送审，等%(stage)s。", stage=stage),
        undo=f"/articles/{article_id}/recall",
        undo_word=_("收回"),
    )
    return redirect(f"/articles/{article_id}", code=303)


@bp.post("/<int:article_id>/recall")
@requires(Permission.ARTICLE_WRITE)
def take_back(article_id: int) -> Response:
    with transaction() as session:
        recall(session, writable(session, article_id), actor=current_actor(), now=now())
    tell(_("已收回，可以接着改。"), undo=f"/articles/{article_id}/submit", undo_word=_("再送审"))
    return redirect(f"/articles/{article_id}", code=303)


@bp.post("/<int:article_id>/embargo")
@requires(Permission.ARTICLE_READ)
def wait_until(article_id: int) -> Response:
    """Who may: see `articles.embargo`. An empty field lifts it."""
    zone = context().settings.zone
    try:
        until = parse_embargo(request.form, zone)
        with transaction() as session:
            article = get_article(session, article_id)
            before = set_embargo(session, article, until, actor=current_actor(), now=now())
            told = _("不再等时间，随时可以发。")
            if until is not None:
                told = _(
                    "《%(title)s》%(words)s。",
                    title=article.title,
                    words=embargo_words(session, until),
                )
    except (Invalid, Conflict) as refusal:
        tell(refusal.message)
    else:
        tell(
            told,
            undo=url_for("articles.wait_until", article_id=article_id),
            fields={"embargo_until": before.isoformat() if before else ""},
        )
    return redirect(f"/articles/{article_id}#embargo", code=303)


@bp.post("/<int:article_id>/restore/<int:number>")
@requires(Permission.ARTICLE_WRITE)
def bring_back(article_id: int, number: int) -> Response:
    with transaction() as session:
        article = writable(session, article_id)
        before = keep_written(session, article, base_revision=article.revision,
                              name="恢复旧版前{}写的稿子", actor=current_actor(),
                              now=now())  # fmt: skip
        revision = restore(session, article, number, actor=current_actor(), now=now())
    tell(
        _("第 %(old)s 版又是最新的了，存作第 %(new)s 版。", old=number, new=revision.number),
        undo=f"/articles/{article_id}/restore/{before}",
    )
    return redirect(f"/articles/{article_id}/history", code=303)
