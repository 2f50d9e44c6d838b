"""复查: what the checks find in what is published, which phrases are let pass, and the lexicons kept at the desk."""

from __future__ import annotations

import io

from flask import Blueprint, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.articles.api import readable_columns
from webapp.checks.catalogue import CATALOGUE
from webapp.kernel.errors import Conflict, Invalid, TongxinError
from webapp.kernel.toast import tell
from webapp.kernel.web import now, read, today, transaction, wants_json
from webapp.lexicon.service import (
    bring_back_word_list,
    disallow,
    get_word_list,
    list_allowed,
    list_word_lists,
    retire_word_list,
)
from webapp.proofreading.lexicons import examine, take_in
from webapp.proofreading.queries import (
    count_open,
    get_item,
    list_items,
    newest_sweep,
)
from webapp.proofreading.service import (
    begin_sweep,
    reopen,
    settle,
)
from webapp.proofreading.workflow import REASON_MAX_CHARACTERS, ItemState
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission
from webapp.users.service import display_names

bp = Blueprint("proofreading", __name__)

PAGE_ITEMS = 30


def _page(*, wrong: TongxinError | None = None, wrong_item: int = 0, note: str = "") -> str:
    session, columns = read(), readable_columns()
    is_settled = request.args.get("state") == ItemState.SETTLED
    state = ItemState.SETTLED if is_settled else ItemState.OPEN
    cursor = request.args.get("cursor")
    page = list_items(session, state=state, columns=columns, cursor=cursor, limit=PAGE_ITEMS)
    allowed = list_allowed(session)
    people = [i.settled_by for i in page.items] + [p.added_by for p in allowed]
    return render_template(
        "proofreading/index.html",
        sweep=newest_sweep(session),
        open_count=count_open(session, columns=columns),
        page=page,
        is_settled=is_settled,
        allowed=allowed,
        names=display_names(session, people),
        labels={code: kind.label for code, kind in CATALOGUE.items()},
        wrong=wrong,
        wrong_item=wrong_item,
        note=note,
        note_max=REASON_MAX_CHARACTERS,
    )


@bp.get("/proofreading")
@requires(Permission.ARTICLE_READ)
def index() -> str:
    return _page()


@bp.get("/proofreading/sweep")
@requires(Permission.ARTICLE_READ)
def progress() -> str:
    """The moving part, asked for while a sweep runs."""
    return render_template("proofreading/_sweep.html", sweep=newest_sweep(read()), was_moving=True)


@bp.post("/proofreading/sweep")
@requires(Permission.ARTICLE_WRITE)
def sweep() -> Response:
    with transaction() as session:
        begin_sweep(session, actor=current_actor(), now=now(), as_of=today())
    tell(_("开始复查已刊发的稿件，可以离开这一页。"))
    return redirect(url_for("proofreading.index"), 303)


@bp.post("/proofreading/items/<int:item_id>/settle")
@requires(Permission.ARTICLE_WRITE)
def settle_item(item_id: int) -> Response | tuple[str, int]:
    note = request.form.get("note", "")
    try:
        with transaction() as session:
            settle(session, get_item(session, item_id), note, actor=current_actor(), now=now())
    except Invalid as wrong:
        return _page(wrong=wrong, wrong_item=item_id, note=note), 422
    tell(_("记下了，这一处办结。"), undo=url_for("proofreading.reopen_item", item_id=item_id))
    return redirect(url_for("proofreading.index", cursor=request.args.get("cursor")), 303)


@bp.post("/proofreading/items/<int:item_id>/reopen")
@requires(Permission.ARTICLE_WRITE)
def reopen_item(item_id: int) -> Response:
    try:
        with transaction() as session:
            reopen(session, get_item(session, item_id), actor=current_actor(), now=now())
    except Conflict as wrong:
        tell(wrong.message)
    else:
        tell(_("重新列入待处理，原来写的还在。"))
    return redirect(f"{url_for('proofreading.index')}#item-{item_id}", 303)


@bp.post("/proofreading/allowed/<int:phrase_id>/take-back")
@requires(Permission.ARTICLE_WRITE)
def take_back(phrase_id: int) -> Response:
    with transaction() as session:
        disallow(session, phrase_id, actor=current_actor(), now=now())
    if wants_json():
        return jsonify(taken_back=phrase_id)
    tell(_("收回了放行，检查又会提出它。"))
    return redirect(f"{url_for('proofreading.index')}#allowed-title", 303)


# Lexicons


def _lexicons(wrong: TongxinError | None = None) -> str:
    lists = list_word_lists(read())
    return render_template(
        "proofreading/lexicons.html",
        lists=[one for one in lists if one.retired_at is None],
        retired=[one for one in lists if one.retired_at is not None],
        names=display_names(read(), [one.changed_by for one in lists]),
        wrong=wrong,
        faults=getattr(wrong, "fields", ()),
    )


@bp.get("/proofreading/lexicons")
@requires(Permission.ARTICLE_READ)
def lexicons() -> str:
    return _lexicons()


@bp.post("/proofreading/lexicons")
@requires(Permission.LEXICON_MANAGE)
def put_lexicon() -> Response:
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid.of_field("file", "没有收到文件，词库没有改动；请选一个文件。")
        file = examine(read(), sent.filename, sent.read())
    except Invalid as wrong:
        raise wrong.shown_on(_lexicons(wrong)) from None
    with transaction() as session:
        kept = take_in(session, file, actor=current_actor(), now=now())
    tell(
        _(
            "词库“%(name)s”启用了，共 %(n)s 条；已刊发的稿件会自己复查一遍。",
            name=kept.name,
            n=kept.terms,
        )
    )
    return redirect(url_for("proofreading.lexicons"), 303)


@bp.get("/proofreading/lexicons/<int:word_list_id>/file")
@requires(Permission.ARTICLE_READ)
def lexicon_file(word_list_id: int) -> Response:
    kept = get_word_list(read(), word_list_id)
    # The mark tells Excel that it is UTF-8.
    return send_file(io.BytesIO(kept.text.encode("utf-8-sig")), "text/plain; charset=utf-8",
                     as_attachment=True, download_name=kept.name)  # fmt: skip


@bp.post("/proofreading/lexicons/<int:word_list_id>/retire")
@requires(Permission.LEXICON_MANAGE)
def retire_lexicon(word_list_id: int) -> Response:
    with transaction() as session:
        kept = get_word_list(session, word_list_id)
        retire_word_list(session, kept, actor=current_actor(), now=now())
    tell(_("词库“%(name)s”停用了。", name=kept.name),
         undo=url_for("proofreading.bring_back_lexicon", word_list_id=word_list_id))  # fmt: skip
    return redirect(url_for("proofreading.lexicons"), 303)


@bp.post("/proofreading/lexicons/<int:word_list_id>/bring-back")
@requires(Permission.LEXICON_MANAGE)
def bring_back_lexicon(word_list_id: int) -> Response:
    with transaction() as session:
        kept = get_word_list(session, word_list_id)
        bring_back_word_list(session, kept, actor=current_actor(), now=now())
    tell(_("词库“%(name)s”又在用了。", name=kept.name))
    return redirect(url_for("proofreading.lexicons"), 303)
