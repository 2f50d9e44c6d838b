from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.articles.checking import find_problems, rules_checksum
from webapp.articles.composition import compose
from webapp.articles.content import Content, content_of, parse_content
from webapp.articles.models import Article
from webapp.articles.queries import find_autosave, head_revision
from webapp.articles.service import marker_of
from webapp.articles.workflow import State
from webapp.checks.model import Finding
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.lexicon.models import AllowedPhrase
from webapp.lexicon.service import allow
from webapp.proofreading.models import Disposition, Sweep, SweepItem
from webapp.proofreading.queries import find_disposition, find_running_sweep, newest_sweep
from webapp.proofreading.workflow import (
    REASON_MAX_CHARACTERS,
    Answer,
    ItemState,
    SweepState,
    parse_phrase,
    parse_reason,
    refuse_unless_may_answer,
)
from webapp.users.permissions import Actor, Permission

SWEEP_BATCH_ARTICLES = 50
"""One transaction's worth: about a second, so that people who save in between do not wait longer."""


def stage_of(article: Article) -> int:
    """At which stage an answer would be kept now; 0: while writing."""
    return article.stage if article.status == State.IN_REVIEW else 0


def _refuse_unless_may_answer(article: Article, actor: Actor, may_decide: bool) -> None:
    may_write = actor.may(Permission.ARTICLE_WRITE, article.column_id)
    refuse_unless_may_answer(stage_of(article), may_write=may_write, may_decide=may_decide)


def may_answer(article: Article, actor: Actor, *, may_decide: bool) -> bool:
    try:
        _refuse_unless_may_answer(article, actor, may_decide)
    except Forbidden:
        return False
    return True


def answer(
    session: Session,
    article: Article,
    finding: Finding,
    given: Answer,
    reason: str,
    *,
    may_decide: bool,
    actor: Actor,
    now: datetime,
) -> Disposition:
    """Keep the answer for this finding at this stage; a second answer at the same stage replaces the first, and the audit
    trail keeps both. `may_decide`: the stage that it lies before, which the review knows. Raises Forbidden."""
    _refuse_unless_may_answer(article, actor, may_decide)
    stage = stage_of(article)
    reason = parse_reason(given, finding.severity, reason)
    found = find_disposition(session, article.id, finding.fingerprint, stage)
    kept = found or Disposition(article_id=article.id, fingerprint=finding.fingerprint, stage=stage)
    kept.code, kept.excerpt = finding.code, finding.excerpt[:255]
    kept.answer, kept.reason = given, reason
    kept.user_id, kept.at = actor.id, now
    session.add(kept)
    record(session, f"finding.{given}", Subject(kind="article", id=article.id), actor=actor.name,
           now=now, details={"code": finding.code, "excerpt": finding.excerpt[:100],
                             "reason": reason, "stage": stage})  # fmt: skip
    return kept


def take_back(
    session: Session,
    article: Article,
    fingerprint: str,
    *,
    may_decide: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """The answer that was given at this stage is gone, the finding waits again; the audit trail keeps both. Answers of
    other stages stay. Raises Forbidden (as `answer`), NotFound."""
    _refuse_unless_may_answer(article, actor, may_decide)
    kept = find_disposition(session, article.id, fingerprint, stage_of(article))
    if kept is None:
        raise NotFound("这一处在这一审没有答复过，没有可收回的。")
    record(session, "finding.take_back", Subject(kind="article", id=article.id), actor=actor.name,
           now=now, details={"code": kept.code, "excerpt": kept.excerpt[:100],
                             "reason": kept.reason, "stage": kept.stage})  # fmt: skip
    session.delete(kept)


def let_pass(
    session: Session, finding: Finding, phrase: str, reason: str, *, actor: Actor, now: datetime
) -> AllowedPhrase:
    """For every article from now on: `phrase` is what was found, with as many words around it as narrow its use down."""
    phrase = parse_phrase(finding.severity, finding.excerpt, phrase)
    return allow(session, phrase, reason, actor=actor, now=now)


def _problems(
    session: Session, article: Article, content: Content, as_of: date
) -> tuple[Finding, ...]:
    marker = marker_of(article, article.revision)
    composed = compose(session, content, article.column, marker=marker)
    return find_problems(session, article.column, content, composed, as_of=as_of)


def problems_of(session: Session, article: Article, as_of: date) -> tuple[Finding, ...]:
    """What the checks say of the head revision."""
    return _problems(session, article, content_of(head_revision(session, article)), as_of)


def _texts(session: Session, article: Article) -> Iterator[Content]:
    """What people have before them: while writing the rolling copy first, if it goes on from the head revision."""
    saved = None if stage_of(article) else find_autosave(session, article.id)
    if saved is not None and saved.base_revision == article.revision:
        yield parse_content(saved.content)
    yield content_of(head_revision(session, article))


def find_problem(session: Session, article: Article, fingerprint: str, as_of: date) -> Finding:
    """The checks are run anew: only what they say now can be answered."""
    for content in _texts(session, article):
        for finding in _problems(session, article, content, as_of):
            if finding.fingerprint == fingerprint:
                return finding
    raise NotFound("检查里已经没有这一处了，没有记下；可能稿子刚改过，等它存好再答。")


def begin_sweep(session: Session, *, actor: Actor, now: datetime, as_of: date) -> Sweep:
    """Sweep what is published with today's rules. One sweep at a time: a running one is returned."""
    running = find_running_sweep(session)
    if running is not None:
        return running
    total = session.scalar(
        select(func.count()).select_from(Article).where(Article.status == State.PUBLISHED)
    )
    sweep = Sweep(
        rules_checksum=rules_checksum(session, as_of),
        state=SweepState.RUNNING,
        total=total or 0,
        started_at=now,
    )
    session.add(sweep)
    session.flush()  # the id goes into the audit trail
    record(session, "sweep.begin", Subject(kind="sweep", id=sweep.id), actor=actor.name, now=now,
           details={"rules": sweep.rules_checksum, "articles": sweep.total})  # fmt: skip
    return sweep


def begin_sweep_if_rules_changed(
    session: Session, *, actor: Actor, now: datetime, as_of: date
) -> Sweep | None:
    """The first sweep, and one whenever the rules are no longer those of the newest sweep."""
    newest = newest_sweep(session)
    if newest is not None and newest.state == SweepState.RUNNING:
        return newest
    if newest is not None and newest.rules_checksum == rules_checksum(session, as_of):
        return None
    return begin_sweep(session, actor=actor, now=now, as_of=as_of)


def sweep_batch(
    session: Session, sweep: Sweep, *, actor: Actor, now: datetime, as_of: date
) -> bool:
    """Look at the next articles. True: there is more to do."""
    articles = session.scalars(
        select(Article)
        .where(Article.status == State.PUBLISHED, Article.id > sweep.last_article_id)
        .order_by(Article.id)
        .limit(SWEEP_BATCH_ARTICLES)
    ).all()
    for article in articles:
        sweep.found += _list_new(session, sweep, article, as_of)
        sweep.last_article_id = article.id
        sweep.looked_at += 1
    if len(articles) == SWEEP_BATCH_ARTICLES:
        return True
    sweep.state, sweep.finished_at = SweepState.DONE, now
    record(session, "sweep.done", Subject(kind="sweep", id=sweep.id), actor=actor.name, now=now,
           details={"looked_at": sweep.looked_at, "found": sweep.found})  # fmt: skip
    return False


def _list_new(session: Session, sweep: Sweep, article: Article, as_of: date) -> int:
    """List what was not listed before and was not answered when the article was written. Returns how many."""
    known = set(
        session.scalars(select(SweepItem.fingerprint).where(SweepItem.article_id == article.id))
    ) | set(
        session.scalars(
            select(Disposition.fingerprint).where(
                Disposition.article_id == article.id, Disposition.answer == Answer.IGNORED
            )
        )
    )
    number = 0
    for finding in problems_of(session, article, as_of):
        if finding.fingerprint in known:
            continue
        known.add(finding.fingerprint)
        session.add(_item(sweep, article, finding))
        number += 1
    return number


def _item(sweep: Sweep, article: Article, finding: Finding) -> SweepItem:
    return SweepItem(
        sweep_id=sweep.id,
        article_id=article.id,
        fingerprint=finding.fingerprint,
        code=finding.code,
        severity=finding.severity,
        message=finding.message,
        excerpt=finding.excerpt,
        state=ItemState.OPEN,
    )


def settle(session: Session, item: SweepItem, note: str, *, actor: Actor, now: datetime) -> None:
    """Somebody looked at it and says what came of it."""
    actor.require(Permission.ARTICLE_WRITE, item.article.column_id)
    note = note.strip()
    if not 1 <= len(note) <= REASON_MAX_CHARACTERS:
        raise Invalid.of_field("note", "请写明怎么处理的，例如“已撤回重发”或“原文如此”。")
    item.state, item.note = ItemState.SETTLED, note
    item.settled_by, item.settled_at = actor.id, now
    record(session, "sweep.settle", Subject(kind="article", id=item.article_id), actor=actor.name,
           now=now, details={"code": item.code, "excerpt": item.excerpt[:100], "note": note})  # fmt: skip


def reopen(session: Session, item: SweepItem, *, actor: Actor, now: datetime) -> None:
    """Back among what is to be done; what was noted stays in the audit trail, and beside the item as a draft."""
    actor.require(Permission.ARTICLE_WRITE, item.article.column_id)
    if item.state == ItemState.OPEN:
        raise Conflict("这一处本来就待处理，没有改动；请刷新后再看。", code="sweep.open")
    record(session, "sweep.reopen", Subject(kind="article", id=item.article_id), actor=actor.name,
           now=now, details={"code": item.code, "excerpt": item.excerpt[:100], "note": item.note})  # fmt: skip
    item.state = ItemState.OPEN
    item.settled_by = item.settled_at = None
