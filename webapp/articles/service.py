"""The acts on an article. One function assigns `.status`, `advance`; it also writes the audit line."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from webapp.articles.checking import find_problems
from webapp.articles.composition import Composed, compose, load_assets
from webapp.articles.content import Content, content_of, parse_content
from webapp.articles.models import Article, Autosave, Revision
from webapp.articles.numbering import number_for, refuse_taken
from webapp.articles.queries import find_autosave, get_revision, head_revision, list_heads
from webapp.articles.search import index_article
from webapp.articles.uses import note_uses
from webapp.articles.workflow import Action, State, next_state
from webapp.columns.models import Column
from webapp.columns.service import count_published, refuse_archived
from webapp.document.model import asset_ids
from webapp.document.text import count_characters, plain_text
from webapp.kernel.audit import Subject, record
from webapp.kernel.db import day_of
from webapp.kernel.errors import Conflict, FieldError, Invalid, Stale
from webapp.users.models import User
from webapp.users.permissions import Actor, Permission


def marker_of(article: Article, number: int) -> str:
    """Written into what is sent out, so that a lost answer can be looked up at the platform."""
    return f"{article.key}.{number}"


def advance(
    session: Session,
    article: Article,
    action: Action,
    *,
    actor: Actor,
    now: datetime,
    details: dict[str, Any] | None = None,
) -> State:
    """Take the article along one arrow of the table. Raises Conflict where there is none."""
    before = State(article.status)
    after = next_state(before, action)
    article.status = after
    article.updated_at = now
    if after is not State.IN_REVIEW:
        article.stage = 0
    if after is State.DRAFT:
        article.urgent = False
    if action is Action.PUBLISH:
        article.published_at = now
        count_published(session, article.column_id, +1)
    if action is Action.WITHDRAW:
        count_published(session, article.column_id, -1)
    record(session, f"article.{action}", Subject(kind="article", id=article.id), actor=actor.name,
           now=now, details={"from": before, "to": after, "revision": article.revision,
                             **(details or {})})  # fmt: skip
    return after


def _refuse_held(article: Article) -> None:
    if article.held:
        raise Conflict(
            "这篇稿件正在推送，暂时不能改；您写的内容没有丢，推送结束后再保存。",
            code="article.held",
        )


def _pictures_of(content: Content) -> set[str]:
    return {*asset_ids(content.body), *([content.cover_id] if content.cover_id else ())}


def refuse_missing_pictures(session: Session, content: Content) -> None:
    """Raises Invalid."""
    wanted = _pictures_of(content)
    missing = sorted(wanted - load_assets(session, wanted)[0].keys())
    if not missing:
        return
    field = "cover_id" if content.cover_id in missing else "body"
    raise Invalid(
        "稿件用到的图片不在素材库里，稿件没有改动；请先上传图片。",
        code="asset.missing",
        fields=[FieldError(field, f"没有编号为 {i} 的素材。") for i in missing],
    )


def _numbered(session: Session, article: Article, content: Content, now: datetime) -> Content:
    """The text with the number that it bears; a number that is someone else's stays until it is submitted."""
    found = number_for(session, article, content, now=now)
    if found.is_given:
        article.issue_given, article.issue_given_year = found.number, found.given_year
    return found.borne_by(content)


def _add_revision(
    session: Session,
    article: Article,
    content: Content,
    *,
    actor: Actor,
    now: datetime,
    name: str = "",
    cleanups: Sequence[dict[str, Any]] = (),
) -> Revision:
    refuse_missing_pictures(session, content)
    number = article.revision + 1
    composed = compose(session, content, article.column, marker=marker_of(article, number))
    characters = count_characters(content.body).characters
    revision = Revision(
        article_id=article.id,
        number=number,
        title=content.title,
        author=content.author,
        digest=content.digest,
        source=content.source,
        source_url=content.source_url,
        cover_asset=content.cover_id,
        credits=[list(pair) for pair in content.credits],
        form=content.form,
        issue=content.issue,
        issue_year=content.issue_year,
        body=content.body.to_json(),
        characters=characters,
        checksum=composed.checksum,
        name=name,
        cleanups=list(cleanups),
        edited_by=actor.id,
        created_at=now,
    )
    session.add(revision)
    article.revision = number
    article.title, article.author = content.title, content.author
    article.cover_asset, article.characters = content.shown_cover, characters
    article.form, article.issue, article.issue_year = (
        content.form,
        content.issue,
        content.issue_year,
    )
    article.updated_at = now
    session.flush()  # the search index is written beside the ORM
    words = "\n".join((content.title, content.author, plain_text(content.body)))
    index_article(session, article.id, words)
    note_uses(session, article.id, _pictures_of(content))
    return revision


def draft(
    session: Session,
    column: Column,
    content: Content,
    *,
    actor: Actor,
    now: datetime,
    cleanups: Sequence[dict[str, Any]] = (),
) -> Article:
    """Begin an article: revision 1, state draft. Raises Conflict in a column that is archived."""
    actor.require(Permission.ARTICLE_WRITE, column.id)
    refuse_archived(column)
    article = Article(
        key=secrets.token_hex(5),
        column_id=column.id,
        column=column,
        title=content.title,
        status=State.DRAFT,
        revision=0,
        created_by=actor.id,
        created_at=now,
        updated_at=now,
    )
    session.add(article)
    session.flush()  # the revision needs its id
    content = _numbered(session, article, content, now)
    _add_revision(session, article, content, actor=actor, now=now, cleanups=cleanups)
    record(session, "article.draft", Subject(kind="article", id=article.id), actor=actor.name,
           now=now, details={"column": column.slug, "title": content.title,
                             "cleanups": len(cleanups)})  # fmt: skip
    return article


def revise(
    session: Session,
    article: Article,
    content: Content,
    *,
    base_revision: int,
    actor: Actor,
    now: datetime,
    name: str = "",
    cleanups: Sequence[dict[str, Any]] = (),
) -> Revision:
    """Save what was written on top of `base_revision` as the next revision. What stands there already makes no new one.
    `cleanups`: what was changed when this text came in from outside.

    Raises Stale when someone else saved first (both texts are kept: theirs as the head, the caller's with the caller),
    Conflict while the article is on its way out or is published.
    """
    actor.require(Permission.ARTICLE_WRITE, article.column_id)
    if base_revision != article.revision:
        raise Stale(
            f"您改的是第 {base_revision} 版，别人已存到第 {article.revision} 版；"
            "两份都没有丢，请对照后再保存。"
        )
    _refuse_held(article)
    next_state(State(article.status), Action.EDIT)
    head = head_revision(session, article)
    content = _numbered(session, article, content, now)
    if content_of(head) == content:
        if name and name != head.name:
            head.name = name
        session.execute(delete(Autosave).where(Autosave.article_id == article.id))
        return head
    revision = _add_revision(session, article, content, actor=actor, now=now, name=name,
                             cleanups=cleanups)  # fmt: skip
    advance(session, article, Action.EDIT, actor=actor, now=now,
            details={"checksum": revision.checksum})  # fmt: skip
    session.execute(delete(Autosave).where(Autosave.article_id == article.id))
    return revision


def autosave(
    session: Session,
    article: Article,
    content: Content,
    *,
    base_revision: int,
    window: str = "",
    actor: Actor,
    now: datetime,
) -> Autosave:
    """Keep the rolling copy. `window`: which of the writer's, at most 32 characters. It changes no state and makes no revision. Raises as `revise` does."""
    actor.require(Permission.ARTICLE_WRITE, article.column_id)
    if base_revision != article.revision:
        raise Stale(
            f"您改的是第 {base_revision} 版，别人已存到第 {article.revision} 版；您写的留在本机，请对照后再保存。"
        )
    _refuse_held(article)
    next_state(State(article.status), Action.EDIT)
    row = find_autosave(session, article.id) or Autosave(article_id=article.id)
    row.user_id, row.base_revision, row.window = actor.id, base_revision, window
    row.content, row.saved_at = content.to_json(), now
    session.add(row)
    return row


def keep_written(
    session: Session,
    article: Article,
    *,
    base_revision: int,
    name: str,
    actor: Actor,
    now: datetime,
) -> int:
    """What lies in the rolling copy becomes a revision, before a text written on `base_revision` is stored and drops it. It is
    its writer's, or the `actor`'s where that person may no longer write here. `name`: with `{}` for the writer. Returns the
    revision to store upon: on another than the newest nothing is kept, and `revise` refuses it. Raises as that does."""
    saved = find_autosave(session, article.id)
    if saved is None or base_revision != article.revision:
        return base_revision
    written = parse_content(saved.content)
    if written == content_of(head_revision(session, article)):
        session.delete(saved)
        return base_revision
    user = session.get(User, saved.user_id) if saved.user_id is not None else None
    writer = user.actor if user is not None else actor
    if not writer.may(Permission.ARTICLE_WRITE, article.column_id):
        writer = actor
    kept = revise(session, article, written, base_revision=base_revision, actor=writer, now=now,
                  name=name.format(writer.title))  # fmt: skip
    return kept.number


def restore(
    session: Session, article: Article, number: int, *, actor: Actor, now: datetime
) -> Revision:
    """An earlier revision becomes the newest again; nothing in between is deleted."""
    earlier = get_revision(session, article.id, number)
    return revise(session, article, content_of(earlier), base_revision=article.revision,
                  actor=actor, now=now, name=f"恢复自第 {number} 版")  # fmt: skip


def compose_head(session: Session, article: Article) -> Composed:
    """The head revision as it would go out now."""
    return compose_revision(session, article, head_revision(session, article))


def compose_revision(session: Session, article: Article, revision: Revision) -> Composed:
    return compose(session, content_of(revision), article.column,
                   marker=marker_of(article, revision.number))  # fmt: skip


def changed_since_approval(session: Session, articles: Sequence[Article]) -> set[int]:
    """Ids of those that would not go out as they were approved: by an edit, or by a caption, a credit, a crop or a theme.
    Three statements, however many."""
    approved = {a.id: a for a in articles if a.status == State.APPROVED}
    revisions = list_heads(session, approved.values())
    wanted = {i for r in revisions for i in (*asset_ids(content_of(r).body), r.cover_asset) if i}
    loaded = load_assets(session, wanted)
    same = set()
    for revision in revisions:
        article = approved[revision.article_id]
        composed = compose(session, content_of(revision), article.column, loaded=loaded,
                           marker=marker_of(article, revision.number))  # fmt: skip
        if composed.checksum == article.review_checksum:
            same.add(article.id)
    return {article.id for article in articles} - same


class ChecksOpen(Invalid):
    """Findings that must be mended before the article can be submitted. `findings` are all of them."""

    code = "checks_open"

    def __init__(self, findings: Sequence[Any]) -> None:
        must = [f for f in findings if f.severity == "must"]
        super().__init__(
            f"还有 {len(must)} 处必须先改：{must[0].message}稿件仍是草稿，改好后再送审。",
            fields=[FieldError(f.code, f.message) for f in must],
        )
        self.findings = tuple(findings)


def _settle_number(session: Session, article: Article, *, now: datetime) -> None:
    """From here on the number is this article's own. Where it has to be another than the newest revision says, nobody wrote
    the revision that says so. Raises IssueTaken."""
    content = content_of(head_revision(session, article))
    refuse_taken(article, number_for(session, article, content, now=now))
    numbered = _numbered(session, article, content, now)
    if numbered == content:
        return
    label = article.column.issue_label(numbered.issue, numbered.issue_year)
    saved = find_autosave(session, article.id)
    _add_revision(session, article, numbered, actor=Actor.system("numbering"), now=now,
                  name=f"编为{label}" if label else "不再编期号")  # fmt: skip
    if saved is not None and saved.base_revision == article.revision - 1:
        saved.base_revision = article.revision  # what is written there goes on
        borne = {"issue": numbered.issue, "issue_year": numbered.issue_year}
        saved.content = {**saved.content, **borne}
    record(session, "article.number", Subject(kind="article", id=article.id), actor="system:numbering",
           now=now, details={"before": _issue(content), "after": _issue(numbered)})  # fmt: skip


def _issue(content: Content) -> int | str | None:
    """Of a year's count: 2026-3."""
    return f"{content.issue_year}-{content.issue}" if content.issue_year else content.issue


def submit(
    session: Session,
    article: Article,
    *,
    actor: Actor,
    now: datetime,
    as_of: date | None = None,
    urgent: bool = False,
) -> Article:
    """To review, stage 1, bound to what stands there now; as urgent, to the last stage (`review.urgent` says who may).
    `as_of`: the institution's day, for rules that are dated. Raises ChecksOpen while a "must" is open."""
    actor.require(Permission.ARTICLE_WRITE, article.column_id)
    action = Action.SUBMIT_URGENT if urgent else Action.SUBMIT
    next_state(State(article.status), action)
    _settle_number(session, article, now=now)
    composed = compose_head(session, article)
    content = content_of(head_revision(session, article))
    findings = find_problems(
        session, article.column, content, composed, as_of=as_of or day_of(session, now)
    )
    if any(finding.severity == "must" for finding in findings):
        raise ChecksOpen(findings)
    article.round += 1
    article.review_checksum = composed.checksum
    article.submitted_at = now
    article.return_reason = ""
    advance(session, article, action, actor=actor, now=now,
            details={"checksum": composed.checksum, "round": article.round})  # fmt: skip
    article.stage, article.urgent = (article.column.stages, True) if urgent else (1, False)
    return article


def recall(session: Session, article: Article, *, actor: Actor, now: datetime) -> Article:
    """Take it back from review, to write on."""
    actor.require(Permission.ARTICLE_WRITE, article.column_id)
    advance(session, article, Action.RECALL, actor=actor, now=now)
    return article
