"""Two people wrote on the same revision: both texts are shown, and both stay in the history whatever is chosen. Where they did
not change the same place, both changes may be kept."""

from __future__ import annotations

import json

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.articles.comparison import compare, put_together
from webapp.articles.content import Content, content_of, parse_content
from webapp.articles.models import Article
from webapp.articles.queries import find_revision, head_revision
from webapp.articles.service import keep_written, restore, revise
from webapp.articles.views.blueprint import bp, writable
from webapp.document.to_html import to_html
from webapp.kernel.errors import Conflict, Invalid
from webapp.kernel.paging import row_number
from webapp.kernel.web import now, read, transaction
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission
from webapp.users.service import display_names


def _sent_content() -> Content:
    try:
        return parse_content(json.loads(request.form.get("content", "")))
    except ValueError:
        raise Invalid("没有收到您写的那一份；它还在写作页和本机里，请从写作页再来一次。") from None


def _base() -> int:
    """The revision that one's own text goes on from; 0: not told."""
    sent = request.form.get("base") or json.loads(request.form["content"]).get("base_revision")
    try:
        return row_number(str(sent))
    except ValueError:
        return 0


def _both(
    session: Session, article: Article, mine: Content, *, base: int, theirs: int
) -> Content | None:
    before, other = (find_revision(session, article.id, number) for number in (base, theirs))
    if before is None or other is None or base >= theirs:
        return None
    return put_together(content_of(before), mine, content_of(other))


def _show(session: Session, article: Article, mine: Content, wrong: str = "") -> str:
    head = head_revision(session, article)
    theirs = content_of(head)
    their_name = display_names(session, [head.edited_by]).get(head.edited_by or 0, _("系统"))
    pictures = {"image_url": "/media/{}/preview".format}
    base = _base()
    both = _both(session, article, mine, base=base, theirs=head.number)
    return render_template(
        "articles/conflict.html",
        article=article,
        head=head,
        their_name=_("另一处的您") if head.edited_by == current_actor().id else their_name,
        mine=mine,
        theirs=theirs,
        mine_html=to_html(mine.body, **pictures),
        theirs_html=to_html(theirs.body, **pictures),
        comparison=compare(theirs, mine),
        base=base,
        both=both,
        both_html=to_html(both.body, **pictures) if both else "",
        sent=json.dumps(mine.to_json(), ensure_ascii=False),
        wrong=wrong,
    )


@bp.get("/<int:article_id>/conflict")
@requires(Permission.ARTICLE_WRITE)
def look_again(article_id: int) -> Response:
    """One's own text is with the writing page, not in the address."""
    return redirect(f"/articles/{article_id}/edit", code=303)


@bp.post("/<int:article_id>/conflict")
@requires(Permission.ARTICLE_WRITE)
def conflict(article_id: int) -> str:
    session = read()
    return _show(session, writable(session, article_id), _sent_content())


@bp.post("/<int:article_id>/conflict/settle")
@requires(Permission.ARTICLE_WRITE)
def settle(article_id: int) -> str | Response:
    """`keep` mine: mine becomes the newest revision, theirs the one before. `keep` theirs or both: mine is stored and named,
    then theirs is the newest again, or both changes together are."""
    mine = _sent_content()
    theirs = request.form.get("theirs", type=row_number, default=0)
    keep = request.form.get("keep", "mine")
    name = _("对照后以我的为准") if keep == "mine" else _("冲突时留存的另一份")
    try:
        with transaction() as session:
            article = writable(session, article_id)
            base = keep_written(session, article, base_revision=theirs,
                                name=_("对照时{}写的稿子"), actor=current_actor(), now=now())  # fmt: skip
            kept = revise(session, article, mine, base_revision=base, actor=current_actor(),
                          now=now(), name=name)  # fmt: skip
            if keep == "both":
                both = _both(session, article, mine, base=_base(), theirs=theirs)
                if both is None:
                    raise Conflict(_("两份改了同一处，合不起来，都没有动；请选一份作为最新的。"))
                revise(session, article, both, base_revision=kept.number, actor=current_actor(),
                       now=now(), name=_("两处的改动都留下"))  # fmt: skip
            if keep == "theirs":
                restore(session, article, theirs, actor=current_actor(), now=now())
    except Conflict as wrong:
        session = read()
        return _show(session, writable(session, article_id), mine, wrong.message)
    flash(_("存好了；另一份也在历史里，随时能找回。"))
    return redirect(f"/articles/{article_id}/edit?settled=1", code=303)
