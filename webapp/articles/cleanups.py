"""What the clean-up changed when a text came in, where it stands by now, and single changes put back or made again.

Nothing is remembered of a change that was put back: the text itself says how it stands, whatever was edited, restored
or put back in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from webapp.articles.content import Content, content_of, parse_content
from webapp.articles.models import Article, Autosave, Paste, Revision
from webapp.articles.queries import (
    find_autosave,
    find_import,
    get_paste,
    head_revision,
)
from webapp.articles.service import revise
from webapp.document.model import Document
from webapp.intake import phrases
from webapp.intake.model import Cleanup
from webapp.intake.phrases import Phrase
from webapp.intake.places import Change, Place, Standing, Text, find_places
from webapp.intake.putting_back import move
from webapp.intake.steps.options import Options
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict, NotFound, Stale
from webapp.lexicon.service import allow, allowed_phrases
from webapp.users.permissions import Actor
from webapp.users.service import display_names

LOSS = "loss."
ACTS = {Standing.PUT_BACK: "cleanup.put_back", Standing.APPLIED: "cleanup.apply"}
NAMES = {Standing.PUT_BACK: "恢复原样", Standing.APPLIED: "重新清理"}


def cleanup_json(cleanup: Cleanup) -> dict[str, Any]:
    """As a revision keeps it."""
    return {
        "kind": cleanup.kind,
        "before": cleanup.before,
        "after": cleanup.after,
        "place": cleanup.place,
        "block": cleanup.block,
        "start": cleanup.start,
        "line": cleanup.line,
    }


def options_for(session: Session, *, keep_titles: bool = False) -> Options:
    """How this institution wants texts cleaned: what its desk lets pass stays as it is written."""
    words = frozenset(allowed_phrases(session))
    return Options(keep_words=words, keep_traditional_titles=keep_titles)


@dataclass(frozen=True, kw_only=True)
class Look:
    """`told` as the revision or the paste that came in keeps it, losses left out; `places` beside it. `content` is what
    people have before them, and `token` names it: the head revision, or the rolling copy that goes on from it."""

    article: Article
    came_in: Revision | Paste | None
    told: Sequence[Mapping[str, Any]]
    losses: Sequence[Mapping[str, Any]]
    content: Content
    autosave: Autosave | None
    places: Sequence[Place]

    @property
    def paste(self) -> Paste | None:
        return self.came_in if isinstance(self.came_in, Paste) else None

    @property
    def token(self) -> str:
        saved = self.autosave.saved_at.isoformat() if self.autosave else ""
        return f"{self.article.revision}/{saved}"

    @cached_property
    def changes(self) -> list[Change]:
        return [_change(one) for one in self.told]

    @cached_property
    def phrases(self) -> Mapping[int, Phrase]:
        if self.came_in is None:
            return {}
        return phrases.suggest(_as_it_came_in(self.came_in), self.changes)

    def of_kind(self, kind: str) -> list[int]:
        return [number for number, one in enumerate(self.told) if one["kind"] == kind]


def _change(told: Mapping[str, Any]) -> Change:
    start = told.get("start")
    return Change(
        kind=told["kind"],
        before=told["before"],
        after=told["after"],
        block=told.get("block"),
        start=-1 if start is None else start,
        line=told.get("line"),
    )


def _text(content: Content) -> Text:
    return Text(content.title, content.body)


def _as_it_came_in(came_in: Revision | Paste) -> Text:
    return Text(came_in.title, Document.parse(came_in.body))


def _before_people(session: Session, article: Article) -> tuple[Content, Autosave | None]:
    head = content_of(head_revision(session, article))
    saved = find_autosave(session, article.id)
    if (
        saved is None
        or saved.base_revision != article.revision
        or parse_content(saved.content) == head
    ):
        return head, None
    return parse_content(saved.content), saved


def look(
    session: Session, article: Article, content: Content | None = None, *, paste: int | None = None
) -> Look:
    """At what the import changed, or a paste. `content`: what the caller has before them, where it is not stored yet.
    Raises NotFound."""
    came_in = (
        find_import(session, article.id) if paste is None else get_paste(session, article.id, paste)
    )
    if content is not None:
        return _look_at(article, came_in, content, None)
    return _look_at(article, came_in, *_before_people(session, article))


def look_at_all(
    session: Session, article: Article, came_in: Sequence[Revision | Paste]
) -> list[Look]:
    """At what each of these changed, in their order."""
    content, saved = _before_people(session, article)
    return [_look_at(article, one, content, saved) for one in came_in]


def _look_at(
    article: Article, came_in: Revision | Paste | None, content: Content, saved: Autosave | None
) -> Look:
    everything: Sequence[Mapping[str, Any]] = came_in.cleanups if came_in else []
    told = [one for one in everything if not one["kind"].startswith(LOSS)]
    places: Sequence[Place] = ()
    if came_in is not None and told:
        places = find_places(_as_it_came_in(came_in), [_change(one) for one in told],
                             _text(content), part=isinstance(came_in, Paste))  # fmt: skip
    return Look(
        article=article,
        came_in=came_in,
        told=told,
        losses=[one for one in everything if one["kind"].startswith(LOSS)],
        content=content,
        autosave=saved,
        places=places,
    )


@dataclass(frozen=True, kw_only=True)
class Moved:
    """`numbers` are the changes that were put back or made again; `edited` could not be found any more."""

    revision: Revision
    numbers: Sequence[int]
    edited: int


def refuse_if_changed(session: Session, seen: Look, token: str, *, actor: Actor) -> None:
    """Raises Stale when the text is no longer what the page with this token showed, Conflict while the newest text is
    someone else's and not yet a revision."""
    if token != seen.token:
        raise Stale("您打开这一页以后稿子又改过，什么也没有动；下面是现在的样子，请再选一次。")
    saved = seen.autosave
    if saved is not None and saved.user_id != actor.id:
        by = display_names(session, [saved.user_id]).get(saved.user_id or 0, "别人")
        raise Conflict(
            f"{by}正在写这一篇，写的还没有存成版本，什么也没有动；请等对方存好，或到写作页接手。",
            code="article.being_written",
        )


def move_changes(
    session: Session,
    seen: Look,
    chosen: Collection[int],
    to: Standing,
    *,
    base_revision: int,
    actor: Actor,
    now: datetime,
) -> Moved:
    """Put changes back, or make them again, as a new revision; what was written since stays.

    Raises Conflict (`cleanup.edited`) when none of the chosen can be found any more, and whatever `revise` raises.
    """
    if any(not 0 <= number < len(seen.told) for number in chosen) or not chosen:
        raise NotFound("清理的记录里没有这一处，什么也没有动；请刷新后再看。")
    edited = [n for n in chosen if seen.places[n].standing is Standing.EDITED]
    if len(edited) == len(chosen):
        raise _edited(seen, edited)
    moved = [n for n in chosen if n not in set(edited) and seen.places[n].standing is not to]
    text = move(_text(seen.content), seen.changes, seen.places, moved, to)
    content = replace(seen.content, title=text.title, body=text.body)
    revision = revise(session, seen.article, content, base_revision=base_revision, actor=actor,
                      now=now, name=f"{NAMES[to]} {len(moved)} 处")  # fmt: skip
    _record(session, seen, moved, to, actor=actor, now=now)
    return Moved(revision=revision, numbers=moved, edited=len(edited))


def _edited(seen: Look, numbers: Sequence[int]) -> Conflict:
    told = seen.told[numbers[0]]
    what = f"“{told['before'].strip()[:20] or told['after'][:20]}”" if len(numbers) == 1 else ""
    return Conflict(
        f"{what}这{'一' if len(numbers) == 1 else '些'}处后来改过，认不出原来的位置，什么也没有动；"
        "请到写作页里自己改。",
        code="cleanup.edited",
    )


def _record(
    session: Session, seen: Look, moved: Sequence[int], to: Standing, *, actor: Actor, now: datetime
) -> None:
    if not moved:
        return
    kinds = Counter(seen.told[n]["kind"] for n in moved)
    first = seen.told[moved[0]]
    record(session, ACTS[to], Subject(kind="article", id=seen.article.id), actor=actor.name, now=now,
           details={"kinds": dict(kinds), "before": first["before"][:100],
                    "after": first["after"][:100], "changes": len(moved)})  # fmt: skip


def keep_phrase(
    session: Session,
    seen: Look,
    number: int,
    words: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> list[int]:
    """From now on the clean-up and the checks leave `words` alone; the changes that were made in them, to be put back."""
    phrase = seen.phrases.get(number)
    if phrase is None:
        raise NotFound("这一处不是字形的改动，没有可以保留的词，什么也没有动。")
    words = phrases.parse_words(words.strip() or phrase.words, seen.told[number]["before"])
    allow(session, words, reason, actor=actor, now=now)
    return list(phrase.numbers) if words == phrase.words else [number]
