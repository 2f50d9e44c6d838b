"""What was changed when a text came in, from a file or by a paste: every change with its place, to be put back or made again
one by one or by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import jsonify, redirect, render_template, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.articles import cleanups
from webapp.articles.api import payload, readable
from webapp.articles.cleanups import (
    Look,
    Moved,
    look,
    look_at_all,
    move_changes,
    refuse_if_changed,
)
from webapp.articles.content import content_of, parse_content
from webapp.articles.forms import Wanted, parse_wanted
from webapp.articles.models import Article
from webapp.articles.queries import find_import, list_pastes
from webapp.articles.views.blueprint import bp, tells_its_message, writable
from webapp.articles.views.writing import base_revision, refuse_overwriting
from webapp.articles.workflow import State
from webapp.intake.cleanup import KIND_LABELS
from webapp.intake.phrases import Phrase
from webapp.intake.places import Standing
from webapp.kernel.errors import Conflict, Invalid, NotFound, TongxinError
from webapp.kernel.paging import row_number
from webapp.kernel.toast import tell
from webapp.kernel.web import now, read, transaction
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission
from webapp.users.service import display_names

OF_A_KIND_MAX = 40
PAGE_CHANGES = 200
PASTES_SHOWN = 20
"""Each costs a comparison with the text as it is now."""
UNDONE_ONE_BY_ONE_MAX = 50
"""A way back that names so many changes still fits the session's cookie; beyond it names their kind."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One change as the page shows it."""

    number: int
    kind: str
    before: str
    after: str
    place: str
    standing: Standing
    phrase: Phrase | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """The changes of one kind: how many there are, how many are in force or put back, and those shown here."""

    kind: str
    total: int
    applied: int
    put_back: int
    lines: Sequence[Line]
    more: int | None
    """The number of the last one shown, where others follow."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """What came in at once. `query` names it in addresses, `mark` in the page; both are empty for the import."""

    seen: Look
    groups: Sequence[Group]

    @property
    def query(self) -> str:
        return f"paste={self.seen.paste.id}" if self.seen.paste else ""

    @property
    def mark(self) -> str:
        return f"p{self.seen.paste.id}-" if self.seen.paste else ""


def _lines(seen: Look, numbers: Sequence[int]) -> list[Line]:
    return [
        Line(
            number=number,
            kind=seen.told[number]["kind"],
            before=seen.told[number]["before"],
            after=seen.told[number]["after"],
            place=seen.told[number]["place"],
            standing=seen.places[number].standing,
            phrase=seen.phrases.get(number),
        )
        for number in numbers
    ]


def _group(seen: Look, kind: str, after: int, limit: int) -> Group:
    numbers = seen.of_kind(kind)
    rest = [n for n in numbers if n > after]
    standings = [seen.places[n].standing for n in numbers]
    shown = rest[:limit]
    return Group(
        kind=kind,
        total=len(numbers),
        applied=standings.count(Standing.APPLIED),
        put_back=standings.count(Standing.PUT_BACK),
        lines=_lines(seen, shown),
        more=shown[-1] if len(rest) > limit else None,
    )


def _groups(seen: Look, only: str, after: int) -> list[Group]:
    kinds = list(dict.fromkeys(one["kind"] for one in seen.told))
    if only in kinds:
        return [_group(seen, only, after, PAGE_CHANGES)]
    return [_group(seen, kind, -1, OF_A_KIND_MAX) for kind in kinds]


def _asked_paste() -> int | None:
    return request.args.get("paste", type=row_number)


def _looks(article: Article) -> tuple[list[Look], int | None]:
    """The import and the newest pastes, or the pastes `before` one; and the paste before which there are others still."""
    before = request.args.get("before", type=row_number)
    pastes = list_pastes(read(), article.id, limit=PASTES_SHOWN + 1, before=before)
    shown = pastes[:PASTES_SHOWN]
    imported = find_import(read(), article.id) if before is None else None
    looks = look_at_all(read(), article, [*([imported] if imported else []), *shown])
    return looks, shown[-1].id if len(pastes) > PASTES_SHOWN else None


def _sections(article: Article, only: str) -> tuple[list[Section], int | None]:
    """All that has anything to tell; one alone where a kind or a paste is asked for."""
    earlier = None
    if only or _asked_paste() is not None:
        looks = [look(read(), article, paste=_asked_paste())]
    else:
        looks, earlier = _looks(article)
    after = request.args.get("after", -1, type=row_number)
    told = [one for one in looks if one.told or one.losses]
    return [Section(seen=one, groups=_groups(one, only, after)) for one in told], earlier


def _page(
    article: Article, *, wrong: TongxinError | None = None, sent: Mapping[str, str] | None = None
) -> str:
    """`sent`: what was typed, when it was refused."""
    only = request.args.get("kind", "")
    sections, earlier = _sections(article, only)
    part = request.headers.get("HX-Request") == "true"
    may_write = current_actor().may(Permission.ARTICLE_WRITE, article.column_id)
    pasters = [one.seen.paste.pasted_by for one in sections if one.seen.paste]
    return render_template(
        f"articles/{'_' if part else ''}cleanups.html",
        article=article,
        sections=sections,
        people=display_names(read(), pasters),
        only=only,
        earlier=earlier,
        total=sum(len(one.seen.told) for one in sections),
        labels=KIND_LABELS,
        may_move=may_write and article.status == State.DRAFT and not article.held,
        wrong=wrong,
        sent=sent or {},
    )


@bp.get("/<int:article_id>/cleanups")
@requires(Permission.ARTICLE_READ)
def show_cleanups(article_id: int) -> str:
    return _page(readable(read(), article_id))


def _numbers(seen: Look, wanted: Wanted) -> Sequence[int]:
    return seen.of_kind(wanted.kind) if wanted.kind else wanted.numbers


def _move(session: Session, article_id: int) -> tuple[Moved, Wanted]:
    wanted = parse_wanted(request.form)
    seen = look(session, writable(session, article_id), paste=_asked_paste())
    refuse_if_changed(session, seen, request.form.get("token", ""), actor=current_actor())
    moved = move_changes(session, seen, _numbers(seen, wanted), wanted.to, actor=current_actor(),
                         base_revision=seen.article.revision, now=now())  # fmt: skip
    return moved, wanted


def _told(moved: Moved, to: Standing) -> str:
    count = len(moved.numbers)
    if not count:
        return str(_("这些地方本来就是这样，没有动。"))
    words = _("恢复了 %(n)s 处原样，存作第 %(r)s 版。") if to is Standing.PUT_BACK else _("重新清理了 %(n)s 处，存作第 %(r)s 版。")  # fmt: skip
    said = str(words) % {"n": count, "r": moved.revision.number}
    if moved.edited:
        said += str(_("另有 %(n)s 处后来改过，没有动。", n=moved.edited))
    return said


def _undo(moved: Moved, wanted: Wanted) -> dict[str, str]:
    back = "apply" if wanted.to is Standing.PUT_BACK else "put_back"
    few = len(moved.numbers) <= UNDONE_ONE_BY_ONE_MAX or not wanted.kind
    chosen = ",".join(map(str, moved.numbers)) if few else f"kind:{wanted.kind}"
    return {back: chosen, "token": f"{moved.revision.number}/"}


def _where(article_id: int, number: int | None = None) -> str:
    """The page that the button stood on, at its change."""
    only, paste = request.args.get("kind", ""), _asked_paste()
    query = {"kind": only if only in KIND_LABELS else None, "paste": paste if only else None}
    asked = urlencode({name: value for name, value in query.items() if value is not None})
    mark = "" if paste is None else f"p{paste}-"
    place = "" if number is None else f"#change-{mark}{number}"
    return f"/articles/{article_id}/cleanups{'?' if asked else ''}{asked}{place}"


def _refused(article_id: int, wrong: TongxinError) -> TongxinError:
    return wrong.shown_on(_page(readable(read(), article_id), wrong=wrong, sent=request.form))


@bp.post("/<int:article_id>/cleanups")
@requires(Permission.ARTICLE_WRITE)
def move_cleanups(article_id: int) -> Response:
    """A form: `put_back` or `apply` with numbers or a kind, and the `token` of the page that they were chosen on."""
    try:
        with transaction() as session:
            moved, wanted = _move(session, article_id)
    except (Invalid, Conflict, NotFound) as wrong:
        raise _refused(article_id, wrong) from None
    undo = request.full_path.rstrip("?") if moved.numbers else ""
    tell(_told(moved, wanted.to), undo=undo, fields=_undo(moved, wanted))
    first = moved.numbers[0] if moved.numbers and not wanted.kind else None
    return redirect(_where(article_id, first), code=303)


@bp.post("/<int:article_id>/cleanups/keep/<int:number>")
@requires(Permission.ARTICLE_WRITE)
def keep_words(article_id: int, number: int) -> Response:
    """Put a spelling back, and let it pass from now on: neither clean-up nor checks touch it again."""
    form = request.form
    try:
        with transaction() as session:
            seen = look(session, writable(session, article_id), paste=_asked_paste())
            refuse_if_changed(session, seen, form.get("token", ""), actor=current_actor())
            chosen = cleanups.keep_phrase(session, seen, number, form.get("phrase", ""),
                                          form.get("reason", ""), actor=current_actor(), now=now())  # fmt: skip
            moved = move_changes(session, seen, chosen, Standing.PUT_BACK, actor=current_actor(),
                                 base_revision=seen.article.revision, now=now())  # fmt: skip
    except (Invalid, Conflict, NotFound) as wrong:
        raise _refused(article_id, wrong) from None
    tell(
        _(
            "%(told)s以后清理和检查都不再动它，可在“复查”页收回。",
            told=_told(moved, Standing.PUT_BACK),
        )
    )
    return redirect(_where(article_id, number), code=303)


@bp.post("/<int:article_id>/cleanups/written")
@requires(Permission.ARTICLE_WRITE)
@tells_its_message
def move_in_what_is_written(article_id: int) -> Response:
    """From the writing page, on what is written there: JSON as for `save`, with `put_back` or `apply`."""
    sent: dict[str, Any] = payload()
    content, base, wanted = parse_content(sent), base_revision(sent), parse_wanted(sent)
    with transaction() as session:
        article = writable(session, article_id)
        refuse_overwriting(session, article, sent)
        seen = look(session, article, content, paste=_asked_paste())
        moved = move_changes(session, seen, _numbers(seen, wanted), wanted.to, base_revision=base,
                             actor=current_actor(), now=now())  # fmt: skip
    return jsonify(_moved_json(moved, wanted))


def _moved_json(moved: Moved, wanted: Wanted) -> dict[str, Any]:
    return {
        "message": _told(moved, wanted.to),
        "undo": _undo(moved, wanted) if moved.numbers else None,
        "revision": moved.revision.number,
        "content": content_of(moved.revision).to_json(),
    }
