"""The writing page and what its scripts ask for: autosave, preview with findings, named revisions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import g, jsonify, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.articles.api import finding_json, payload
from webapp.articles.checking import find_problems
from webapp.articles.composition import Composed, compose, load_assets
from webapp.articles.content import Content, content_of, parse_content
from webapp.articles.models import Article, Autosave, Revision
from webapp.articles.numbering import explain, number_for
from webapp.articles.queries import find_autosave, get_article, head_revision
from webapp.articles.service import autosave, keep_written, marker_of, revise
from webapp.articles.views.blueprint import bp, tells_its_message, writable
from webapp.articles.workflow import Action, State, next_state
from webapp.checks.catalogue import CATALOGUE
from webapp.document.text import count_characters
from webapp.kernel.clock import local_date
from webapp.kernel.errors import Conflict, Invalid, Stale
from webapp.kernel.web import context, now, read, today, transaction
from webapp.media.models import Asset
from webapp.media.service import Labels, describe, get_asset
from webapp.rendering import limits
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission
from webapp.users.service import display_names

SEVERITY_ORDER = {"must": 0, "should": 1}
WRITING_NOW = timedelta(minutes=2)
"""Whoever was saved automatically so recently is taken to be writing still."""


def base_revision(sent: Mapping[str, Any]) -> int:
    base = sent.get("base_revision")
    if not isinstance(base, int) or isinstance(base, bool):
        raise Invalid.of_field("base_revision", "要写明您改的是第几版，稿件没有改动。")
    return base


def _sent() -> tuple[dict[str, Any], Content]:
    sent = payload()
    content = parse_content(sent)
    return sent, content


def _stale_json(article: Article, head: Revision, name: str) -> dict[str, Any]:
    return {
        "revision": head.number,
        "by": name,
        "at": head.created_at.isoformat(),
        "content": content_of(head).to_json(),
    }


def _theirs(article_id: int) -> dict[str, Any]:
    session = read()
    article = get_article(session, article_id)
    head = head_revision(session, article)
    names = display_names(session, [head.edited_by])
    return _stale_json(article, head, names.get(head.edited_by or 0, "系统"))


# The page


def _autosave_of(session: Session, article: Article, head: Content) -> Autosave | None:
    """The rolling copy, if it was written on the newest revision and says something else."""
    found = find_autosave(session, article.id)
    if found is None or found.base_revision != article.revision:
        return None
    return None if parse_content(found.content) == head else found


def _autosave_json(session: Session, saved: Autosave | None) -> dict[str, Any] | None:
    if saved is None:
        return None
    names = display_names(session, [saved.user_id])
    return {
        "content": saved.content,
        "saved_at": saved.saved_at.isoformat(),
        "by": names.get(saved.user_id or 0, ""),
        "is_mine": saved.user_id == current_actor().id,
        "is_fresh": now() - saved.saved_at < WRITING_NOW,
    }


def _cover_json(asset: Asset | None) -> dict[str, Any] | None:
    if asset is None:
        return None
    return {"id": asset.id, "focal": [asset.focal_x, asset.focal_y], "width": asset.width,
            "height": asset.height, "alt": asset.alt, "credit": asset.credit}  # fmt: skip


def _limits_json() -> dict[str, int]:
    return {
        "title": limits.TITLE_MAX_UNITS,
        "author": limits.AUTHOR_MAX_CHARACTERS,
        "digest": limits.DIGEST_ADVISED_CHARACTERS,
        "html": limits.CONTENT_ADVISED_CHARACTERS,
        "newspic_title": limits.NEWSPIC_TITLE_ADVISED_UNITS,
        "newspic_text": limits.NEWSPIC_ADVISED_CHARACTERS,
        "newspic_pictures": limits.NEWSPIC_MAX_PICTURES,
    }


@bp.get("/<int:article_id>/edit")
@requires(Permission.ARTICLE_WRITE)
def edit(article_id: int) -> str:
    session = read()
    article = writable(session, article_id)
    next_state(State(article.status), Action.EDIT)
    head = content_of(head_revision(session, article))
    saved = _autosave_json(session, _autosave_of(session, article, head))
    content = parse_content(saved["content"]).to_json() if saved else head.to_json()
    covers = load_assets(session, [content["cover_id"]] if content.get("cover_id") else [])[0]
    data = {
        "article": article.id,
        "user": current_actor().id,
        "base_revision": article.revision,
        "content": content,
        "autosave": {k: v for k, v in saved.items() if k != "content"} if saved else None,
        "cover": _cover_json(covers.get(content.get("cover_id") or "")),
        "credit_labels": article.column.credit_labels,
        "limits": _limits_json(),
        "upload_max_bytes": context().settings.upload_max_bytes,
    }
    # ProseMirror writes alignment and picture width as style attributes.
    g.style_attributes = True
    return render_template("articles/edit.html", article=article, content=content, data=data,
                           year=today().year)  # fmt: skip


# What its scripts ask for


class BeingWritten(Conflict):
    """Unsaved text of somebody else, or of another window, lies there, and it is not what this one went on from."""

    code = "article.being_written"


WINDOW_MAX_CHARACTERS = 32


def _window(sent: object) -> str:
    """How the page names itself; a program that does not writes in no window."""
    named = sent.get("window", "") if isinstance(sent, Mapping) else ""
    return named[:WINDOW_MAX_CHARACTERS] if isinstance(named, str) else ""


def _is_ones_own(row: Autosave, window: str) -> bool:
    return row.user_id == current_actor().id and row.window in ("", window)


def refuse_overwriting(session: Session, article: Article, sent: Mapping[str, Any]) -> None:
    """Before anything is stored. `continues` is the time of the autosave that the page was opened with. Raises BeingWritten."""
    row = find_autosave(session, article.id)
    bases = {article.revision, base_revision(sent)}
    if row is None or _is_ones_own(row, _window(sent)) or bases != {row.base_revision}:
        return
    if sent.get("continues") == row.saved_at.isoformat():
        return
    if row.user_id == current_actor().id:
        message = "您在另一个窗口也写了这一篇；这里写的没有丢，留在本机。"
        raise BeingWritten(message).with_extra(by="")
    name = display_names(session, [row.user_id]).get(row.user_id or 0, "别人")
    raise BeingWritten(f"{name}也在写这一篇；您写的没有丢，留在本机。").with_extra(by=name)


@bp.put("/<int:article_id>/autosave")
@requires(Permission.ARTICLE_WRITE)
@tells_its_message
def keep(article_id: int) -> Response:
    sent, content = _sent()
    try:
        with transaction() as session:
            article = writable(session, article_id)
            refuse_overwriting(session, article, sent)
            row = autosave(session, article, content, base_revision=base_revision(sent),
                           window=_window(sent), actor=current_actor(), now=now())  # fmt: skip
    except Stale as stale:
        # To the script it is one conflict among others: someone has to choose before anything is sent again.
        raise Conflict(stale.message, code=stale.code).with_extra(
            theirs=_theirs(article_id)
        ) from None
    return jsonify(
        saved_at=row.saved_at.isoformat(), characters=count_characters(content.body).characters
    )


@bp.delete("/<int:article_id>/autosave")
@requires(Permission.ARTICLE_WRITE)
@tells_its_message
def drop(article_id: int) -> Response:
    """Back to the newest revision, whose content is the answer."""
    with transaction() as session:
        article = writable(session, article_id)
        row = find_autosave(session, article.id)
        if row is not None:
            session.delete(row)
        head = head_revision(session, article)
    return jsonify(content=content_of(head).to_json(), revision=head.number)


@bp.post("/<int:article_id>/take-over")
@requires(Permission.ARTICLE_WRITE)
@tells_its_message
def take_over(article_id: int) -> Response:
    """What the other one, or the other window, has written becomes a revision, so that nothing is lost; the newest is the answer."""
    window = _window(request.get_json(silent=True))
    with transaction() as session:
        article = writable(session, article_id)
        row = find_autosave(session, article.id)
        if row is not None and not _is_ones_own(row, window):
            keep_written(session, article, base_revision=article.revision,
                         name="{}被接手时的稿子", actor=current_actor(), now=now())  # fmt: skip
        head = head_revision(session, article)
    return jsonify(content=content_of(head).to_json(), revision=head.number)


def _findings(
    session: Session, article: Article, content: Content, composed: Composed
) -> list[dict[str, Any]]:
    day = local_date(now(), context().settings.zone)
    found = find_problems(session, article.column, content, composed, as_of=day)
    told = [
        {**finding_json(f), "label": CATALOGUE[f.code].label, "fingerprint": f.fingerprint}
        for f in found
    ]
    return sorted(told, key=lambda one: SEVERITY_ORDER[one["severity"]])


@bp.post("/<int:article_id>/preview")
@requires(Permission.ARTICLE_WRITE)
@tells_its_message
def preview(article_id: int) -> Response:
    """`units` as WeChat's console counts the title; author and digest in characters; `html_characters` of the markup, or of
    a picture message's text."""
    _sent_fields, content = _sent()
    session = read()
    article = writable(session, article_id)
    numbered = number_for(session, article, content, now=now())
    told = explain(session, article, content, numbered)
    content = numbered.borne_by(content)
    composed = compose(session, content, article.column, picture_url="/media/{}".format,
                       marker=marker_of(article, article.revision))  # fmt: skip
    count = count_characters(content.body)
    page = render_template(
        "articles/_preview.html",
        content=content,
        html=composed.html,
        newspic=composed.newspic,
        pictures=composed.slides,
        day=today(),
    )
    return jsonify(
        html=page,
        characters=count.characters,
        minutes=count.minutes,
        form=composed.form,
        issue={"number": numbered.number, "told": told, "is_taken": numbered.holder is not None},
        html_characters=composed.characters,
        units={
            "title": limits.title_units(content.title),
            "author": len(content.author),
            "digest": len(content.digest),
        },
        findings=_findings(session, article, content, composed),
    )


@bp.get("/<int:article_id>/cover/<asset_id>")
@requires(Permission.ARTICLE_WRITE)
def show_cover(article_id: int, asset_id: str) -> Response:
    session = read()
    writable(session, article_id)
    return jsonify(_cover_json(get_asset(session, asset_id)))


def _point(sent: object) -> tuple[float, float]:
    given = [sent.get("x"), sent.get("y")] if isinstance(sent, dict) else []
    numbers = [float(n) for n in given if isinstance(n, int | float)]
    if len(numbers) != 2:
        raise Invalid.of_field("focal", "焦点要是图上的一点，没有改动。")
    return numbers[0], numbers[1]


@bp.post("/<int:article_id>/cover/<asset_id>")
@requires(Permission.MEDIA_WRITE)
@tells_its_message
def focus_cover(article_id: int, asset_id: str) -> Response:
    """Move the focal point of a picture, in 0..1 of the upright picture from its upper left corner."""
    x, y = _point(payload())
    with transaction() as session:
        writable(session, article_id)
        asset = get_asset(session, asset_id)
        describe(session, asset, Labels(alt=asset.alt, credit=asset.credit),
                 focal=(x, y), actor=current_actor(), now=now())  # fmt: skip
    return jsonify(_cover_json(asset))


@bp.post("/<int:article_id>/save")
@requires(Permission.ARTICLE_WRITE)
@tells_its_message
def save(article_id: int) -> Response:
    """A revision worth finding again. 412 with theirs and yours when someone else was first, 409 as for the autosave while
    somebody else's text is not a revision yet: storing this one would drop it."""
    sent, content = _sent()
    name = str(sent.get("name") or "").strip()[:100]
    try:
        with transaction() as session:
            article = writable(session, article_id)
            refuse_overwriting(session, article, sent)
            revision = revise(session, article, content, base_revision=base_revision(sent),
                              actor=current_actor(), now=now(), name=name)  # fmt: skip
    except Stale as stale:
        raise stale.with_extra(theirs=_theirs(article_id), yours=content.to_json()) from None
    return jsonify(
        revision=revision.number,
        name=revision.name,
        issue=revision.issue,
        status=article.status,
        saved_at=revision.created_at.isoformat(),
    )
