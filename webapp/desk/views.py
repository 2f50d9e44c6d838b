from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from webapp.articles.comparison import Comparison, compare
from webapp.articles.content import content_of
from webapp.articles.embargo import embargo_is_open, may_embargo
from webapp.articles.models import Article
from webapp.articles.queries import (
    Filters,
    find_autosave,
    get_article,
    get_revision,
    head_revision,
    list_articles,
    was_cleaned,
)
from webapp.articles.workflow import STATE_NAMES, Action, State, allowed_actions
from webapp.columns.models import Column
from webapp.columns.service import get_column, list_columns
from webapp.comments.queries import count_open, open_counts
from webapp.desk import queries
from webapp.desk.forms import ListRequest, Whose, parse_list, parse_pair
from webapp.desk.home import gather
from webapp.desk.timeline import list_events
from webapp.document.text import count_characters
from webapp.editions.queries import editions_of
from webapp.editions.workflow import STATE_NAMES as EDITION_STATE_NAMES
from webapp.kernel.web import context, now, read
from webapp.rendering.model import FORM_NAMES
from webapp.review.countersigning import find_owed
from webapp.review.queries import list_awaiting, list_reviews, seals_of
from webapp.review.reading import may_deputise, may_lead
from webapp.review.workflow import DECISION_NAMES, Decision
from webapp.users.access import current_actor, requires, signed_in
from webapp.users.permissions import Permission
from webapp.users.service import display_names

bp = Blueprint("desk", __name__)

WEEKDAYS = "一二三四五六日"
PAGE_ROWS = 50
PAGE_HITS = 30
"""A hit takes two lines, and who searches looks at the first."""


def _readable(session: Session, article_id: int) -> Article:
    article = get_article(session, article_id)
    current_actor().require(Permission.ARTICLE_READ, article.column_id)
    return article


# 今日


@bp.get("/")
@signed_in
def home() -> str:
    zone = context().settings.zone
    today = gather(read(), current_actor(), now=now(), zone=zone)
    weekday = WEEKDAYS[now().astimezone(zone).weekday()]
    return render_template(
        "desk/home.html",
        it=today,
        weekday=weekday,
        edition_states=EDITION_STATE_NAMES,
        read_only=not today.waiting and today.mine is None and today.ready is None,
    )


# 稿件


@dataclass(frozen=True, kw_only=True)
class Listed:
    items: list[Article]
    next_cursor: str | None


def _allowed(columns: list[Column]) -> list[Column]:
    ids = current_actor().columns_with(Permission.ARTICLE_READ)
    return columns if ids is None else [c for c in columns if c.id in ids]


def _filters(wanted: ListRequest, columns: list[Column], column: Column | None) -> Filters:
    if column is not None:
        ids: tuple[int, ...] = (column.id,)
    else:
        all_of_them = current_actor().columns_with(Permission.ARTICLE_READ) is None
        ids = () if all_of_them else tuple(c.id for c in columns)
    return Filters(
        column_ids=ids,
        status=wanted.status,
        form=wanted.form,
        created_by=current_actor().id if wanted.whose is Whose.MINE else None,
        q=wanted.q,
    )


def _listed(session: Session, wanted: ListRequest, columns: list[Column]) -> Listed:
    column = get_column(session, wanted.column) if wanted.column else None
    if column is not None:
        current_actor().require(Permission.ARTICLE_READ, column.id)
    if wanted.whose is Whose.WAITING:
        column_id = column.id if column else None
        found = list_awaiting(session, current_actor(), now=now(), column_id=column_id)
        return Listed(items=found, next_cursor=None)
    filters = _filters(wanted, columns, column)
    limit = PAGE_HITS if wanted.q else PAGE_ROWS
    page = list_articles(session, filters, cursor=wanted.cursor, limit=limit)
    return Listed(items=list(page.items), next_cursor=page.next_cursor)


@bp.get("/articles")
@requires(Permission.ARTICLE_READ)
def articles() -> str:
    session = read()
    wanted = parse_list(request.args)
    columns = _allowed(list_columns(session))
    page = _listed(session, wanted, columns)
    return render_template(
        "desk/articles.html",
        wanted=wanted,
        columns=[c for c in columns if c.archived_at is None or c.slug == wanted.column],
        states=STATE_NAMES,
        forms=FORM_NAMES,
        articles=page.items,
        next_cursor=page.next_cursor,
        seals=queries.seals_by_article(session, page.items),
        comments=open_counts(session, [a.id for a in page.items]),
        texts=queries.texts_by_article(session, page.items) if wanted.q else {},
        is_first=wanted.cursor is None,
    )


# 一篇稿件


@dataclass(frozen=True, kw_only=True)
class Step:
    """A button. `method` post carries a form token; `kind` is the button's class."""

    word: str
    href: str
    kind: str = ""
    method: str = "get"


def next_steps(article: Article) -> list[Step]:
    """What this person may do with the article as it stands, the likeliest first. The table of states says what can be
    done at all, the permissions who may."""
    actor, column = current_actor(), article.column_id
    may_write = actor.may(Permission.ARTICLE_WRITE, column)
    able = allowed_actions(State(article.status))
    home_ = url_for("desk.article", article_id=article.id)
    found: list[Step] = []
    if Action.SUBMIT in able and may_write:
        found.append(Step(word="送审", href=f"{home_}/submit", kind="ink", method="post"))
    if Action.SUBMIT_URGENT in able and may_write and article.column.stages > 1:
        found.append(Step(word="急件送审", href=f"{home_}/urgent"))
    if (
        article.urgent
        and Action.COUNTERSIGN in able
        and find_owed(read(), article, actor, now())[0]
    ):
        found.append(Step(word="补签", href=f"{home_}/review", kind="ink"))
    if may_lead(read(), article, actor, now()):
        found.append(Step(word="去定急件", href=f"{home_}/review", kind="ink"))
    elif (
        not article.urgent
        and Action.PASS_STAGE in able
        and actor.reviews_stage(column, article.stage)
    ):
        found.append(Step(word="去审核", href=f"{home_}/review", kind="ink"))
    elif may_deputise(read(), article, actor, now()):
        found.append(Step(word="代审", href=f"{home_}/review?as=deputy"))
    if article.status == State.APPROVED and actor.may(Permission.EDITION_WRITE, column):
        found.append(Step(word="编入推送", href=f"/editions/new?articles={article.id}", kind="ink"))
    if Action.EDIT in able and may_write and not article.held:
        found.append(Step(word="修改", href=f"{home_}/edit"))
    if Action.RECALL in able and may_write:
        found.append(Step(word="收回", href=f"{home_}/recall", method="post"))
    return found


@bp.get("/articles/<int:article_id>")
@requires(Permission.ARTICLE_READ)
def article(article_id: int) -> str:
    session = read()
    found = _readable(session, article_id)
    revision = head_revision(session, found)
    reviews = list_reviews(session, found.id)
    revisions = queries.list_revision_heads(session, found.id)
    people = display_names(session, [found.created_by, *(r.edited_by for r in revisions)])
    returns = [r for r in reviews if r.decision == Decision.RETURN]
    return render_template(
        "desk/article.html",
        article=found,
        revision=revision,
        count=count_characters(content_of(revision).body),
        steps=next_steps(found),
        seals=seals_of(found, reviews),
        reviews=reviews,
        decisions=DECISION_NAMES,
        last_return=returns[-1] if returns else None,
        revisions=revisions,
        people=people,
        events=list_events(session, found.id),
        editions=editions_of(session, found.id),
        edition_states=EDITION_STATE_NAMES,
        autosave=find_autosave(session, found.id),
        was_cleaned=was_cleaned(session, found.id),
        open_comments=count_open(session, found.id),
        may_embargo=embargo_is_open(found) and may_embargo(found, current_actor()),
        earliest=now(),
    )


def _whole_or_part(name: str) -> str:
    """The writing page fetches the part alone, to stand in its pane."""
    part = request.headers.get("HX-Request") == "true"
    return f"desk/_{name}.html" if part else f"desk/{name}.html"


@bp.get("/articles/<int:article_id>/history")
@requires(Permission.ARTICLE_READ)
def history(article_id: int) -> str:
    session = read()
    found = _readable(session, article_id)
    earlier, later = parse_pair(request.args, found.revision)
    revisions = queries.list_revision_heads(session, found.id)
    comparison: Comparison | None = None
    if earlier != later:
        old, new = (get_revision(session, found.id, n) for n in (earlier, later))
        comparison = compare(content_of(old), content_of(new))
    may_restore = (
        current_actor().may(Permission.ARTICLE_WRITE, found.column_id)
        and Action.EDIT in allowed_actions(State(found.status))
        and not found.held
    )
    return render_template(
        _whole_or_part("history"),
        article=found,
        revisions=revisions,
        people=display_names(session, [r.edited_by for r in revisions]),
        earlier=earlier,
        later=later,
        comparison=comparison,
        may_restore=may_restore,
    )
