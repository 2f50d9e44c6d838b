from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, Field, RootModel
from sqlalchemy.orm import Session

from webapp.articles.checking import find_problems
from webapp.articles.cleanups import cleanup_json, options_for
from webapp.articles.content import content_of
from webapp.articles.embargo import set_embargo
from webapp.articles.forms import (
    parse_changes,
    parse_embargo,
    parse_filters,
    parse_if_match,
    parse_new,
)
from webapp.articles.models import Article, Revision
from webapp.articles.queries import get_article, head_revision, list_articles
from webapp.articles.service import ChecksOpen, compose_head, draft, keep_written, revise, submit
from webapp.checks.model import Finding
from webapp.columns.service import get_column
from webapp.document.text import plain_text
from webapp.document.to_html import to_html
from webapp.kernel.errors import Invalid
from webapp.kernel.openapi import Problem, described
from webapp.kernel.paging import parse_limit
from webapp.kernel.texts import refuse_no_text
from webapp.kernel.web import context, now, read, today, writes
from webapp.rendering.model import Form
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission

bp = Blueprint("articles_api", __name__)

ETAG = {"ETag": "版本号，改稿时写进 If-Match"}


class CleanupAnswer(BaseModel):
    """What the clean-up changed. Of what could not be taken in (kind `loss.…`: a video, a frame, a picture without an
    asset) `before` is an excerpt and `place` says what became of it."""

    kind: str
    before: str
    after: str
    place: str


class ArticleSummary(BaseModel):
    id: int
    column: str
    title: str
    author: str
    status: str
    stage: int
    round: int
    revision: int
    form: Form
    characters: int
    cover_id: str | None
    url: str
    return_reason: str
    created_at: str
    updated_at: str
    published_at: str | None
    embargo_until: str | None


class ArticleAnswer(ArticleSummary):
    digest: str
    source: str
    source_url: str
    credits: list[list[str]]
    checksum: str
    review_checksum: str | None
    body: dict[str, Any]
    body_html: str
    body_text: str
    cleanups: list[CleanupAnswer]


class ArticleList(BaseModel):
    items: list[ArticleSummary]
    next_cursor: str | None


class ArticleInput(BaseModel):
    """One of the bodies. `body_text` goes through the clean-up. `form`: `news` (图文), or `newspic` (图片消息): the body's
    pictures, 1 to 20, and its text without markup; its cover is the first picture."""

    column: str
    title: str = ""
    author: str = ""
    digest: str = ""
    source: str = ""
    source_url: str = ""
    cover_id: str | None = None
    credits: list[list[str]] = []
    form: Form = "news"
    body_html: str | None = None
    body_markdown: str | None = None
    body_text: str | None = None


class EmbargoInput(BaseModel):
    embargo_until: str | None


class ArticleChanges(BaseModel):
    """What is not sent stays."""

    title: str | None = None
    author: str | None = None
    digest: str | None = None
    source: str | None = None
    source_url: str | None = None
    cover_id: str | None = None
    credits: list[list[str]] | None = None
    form: Form | None = None
    body_html: str | None = None
    body_markdown: str | None = None
    body_text: str | None = None


class FindingAnswer(BaseModel):
    code: str
    severity: str
    message: str
    excerpt: str
    fix: str | None
    field: str | None
    block: int | None
    start: int | None
    end: int | None


class FindingList(RootModel[list[FindingAnswer]]):
    pass


class ChecksProblem(Problem):
    findings: list[FindingAnswer] = Field(default_factory=list)


class WechatAnswer(BaseModel):
    """Of a picture message `html` is empty: `text` and `pictures`, the assets in order, are what is sent."""

    form: Form
    html: str
    text: str
    pictures: list[str]
    checksum: str
    characters: int
    bytes: int


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def summary_json(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "column": article.column.slug,
        "title": article.title,
        "author": article.author,
        "status": article.status,
        "stage": article.stage,
        "round": article.round,
        "revision": article.revision,
        "form": article.form,
        "characters": article.characters,
        "cover_id": article.cover_asset,
        "url": article.url,
        "return_reason": article.return_reason,
        "created_at": _moment(article.created_at),
        "updated_at": _moment(article.updated_at),
        "published_at": _moment(article.published_at),
        "embargo_until": _moment(article.embargo_until),
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    keys = (
        "code",
        "severity",
        "message",
        "excerpt",
        "fix",
        "field",
        "block",
        "start",
        "end",
        "asset",
    )
    return {key: getattr(finding, key) for key in keys}


def media_url(asset_id: str) -> str:
    return f"{context().settings.public_url}/media/{asset_id}"


def article_json(article: Article, revision: Revision) -> dict[str, Any]:
    body = content_of(revision).body
    return {
        **summary_json(article),
        "digest": revision.digest,
        "source": revision.source,
        "source_url": revision.source_url,
        "credits": revision.credits,
        "checksum": revision.checksum,
        "review_checksum": article.review_checksum,
        "body": revision.body,
        "body_html": to_html(body, image_url=media_url),
        "body_text": plain_text(body),
        "cleanups": [
            {key: one[key] for key in CleanupAnswer.model_fields} for one in revision.cleanups
        ],
    }


def _answer(session: Session, article: Article, status: int = 200) -> Response:
    response = jsonify(article_json(article, head_revision(session, article)))
    response.status_code = status
    response.headers["ETag"] = f'"{article.revision}"'
    return response


def payload() -> Any:
    """The request's JSON. Raises Invalid for what is none, and for texts that are none."""
    found = request.get_json(force=True, silent=True)
    if found is None:
        raise Invalid("请求的内容不是 JSON，什么也没有改动。", code="bad_json")
    if isinstance(found, dict):
        refuse_no_text(found.items())
    return found


def readable_columns() -> tuple[int, ...] | None:
    """Ids of the columns this person may read; None: all."""
    columns = current_actor().columns_with(Permission.ARTICLE_READ)
    return None if columns is None else tuple(columns)


def readable(session: Session, article_id: int) -> Article:
    article = get_article(session, article_id)
    current_actor().require(Permission.ARTICLE_READ, article.column_id)
    return article


@bp.post("/articles")
@requires(Permission.ARTICLE_WRITE)
@described("新建稿件", json=ArticleInput, ok={201: ArticleAnswer}, problems=(404, 409, 413),
           tells=ETAG)  # fmt: skip
@writes
def create(session: Session) -> Response:
    slug, content, cleanups = parse_new(
        payload(), max_bytes=context().settings.body_max_bytes, options=options_for(session)
    )
    column = get_column(session, slug)
    article = draft(session, column, content, actor=current_actor(), now=now(),
                    cleanups=[cleanup_json(c) for c in cleanups])  # fmt: skip
    response = _answer(session, article, 201)
    response.headers["Location"] = f"/api/v1/articles/{article.id}"
    return response


@bp.get("/articles")
@requires(Permission.ARTICLE_READ)
@described("稿件列表，新近改动的在前", ok={200: ArticleList}, problems=(404, 422),
           query={"column": "专栏", "status": "状态", "form": "形式：news 或 newspic", "q": "全文检索，两个字即可", "from": "改动日起",
                  "to": "改动日止", "limit": "每页条数", "cursor": "翻页标记"})  # fmt: skip
def list_all() -> dict[str, Any]:
    session = read()
    allowed = readable_columns()
    column_ids: Sequence[int] = allowed or ()
    if request.args.get("column"):
        column = get_column(session, request.args["column"])
        current_actor().require(Permission.ARTICLE_READ, column.id)
        column_ids = (column.id,)
    filters = parse_filters(request.args, tuple(column_ids), context().settings.zone)
    page = list_articles(session, filters, cursor=request.args.get("cursor"),
                         limit=parse_limit(request.args.get("limit")))  # fmt: skip
    return {"items": [summary_json(a) for a in page.items], "next_cursor": page.next_cursor}


@bp.get("/articles/<int:article_id>")
@requires(Permission.ARTICLE_READ)
@described("一篇稿件", ok={200: ArticleAnswer}, problems=(404,), tells=ETAG)
def show(article_id: int) -> Response:
    return _answer(read(), readable(read(), article_id))


@bp.patch("/articles/<int:article_id>")
@requires(Permission.ARTICLE_WRITE)
@described("修改稿件，另存为新的一版", json=ArticleChanges, ok={200: ArticleAnswer},
           problems=(404, 412, 413, 428), headers={"If-Match": "读到的 ETag"}, tells=ETAG)  # fmt: skip
@writes
def change(session: Session, article_id: int) -> Response:
    article = readable(session, article_id)
    base = parse_if_match(request.headers.get("If-Match"))
    content, cleanups = parse_changes(
        payload(),
        content_of(head_revision(session, article)),
        max_bytes=context().settings.body_max_bytes,
        options=options_for(session),
    )
    base = keep_written(session, article, base_revision=base, name="接口改稿前{}写的稿子",
                        actor=current_actor(), now=now())  # fmt: skip
    revise(session, article, content, base_revision=base, actor=current_actor(), now=now(),
           cleanups=[cleanup_json(c) for c in cleanups])  # fmt: skip
    return _answer(session, article)


@bp.post("/articles/<int:article_id>/embargo")
@requires(Permission.ARTICLE_READ)
@described("定下不早于什么时间推送；embargo_until 写 null 就是取消", json=EmbargoInput,
           ok={200: ArticleAnswer}, problems=(404, 409, 422), tells=ETAG)  # fmt: skip
@writes
def wait_until(session: Session, article_id: int) -> Response:
    article = readable(session, article_id)
    until = parse_embargo(payload(), context().settings.zone)
    set_embargo(session, article, until, actor=current_actor(), now=now())
    return _answer(session, article)


@bp.get("/articles/<int:article_id>/checks")
@requires(Permission.ARTICLE_READ)
@described("检查结果", ok={200: FindingList}, problems=(404,))
def checks(article_id: int) -> list[dict[str, Any]]:
    session = read()
    article = readable(session, article_id)
    content = content_of(head_revision(session, article))
    findings = find_problems(session, article.column, content, compose_head(session, article),
                             as_of=today())  # fmt: skip
    return [finding_json(f) for f in findings]


@bp.get("/articles/<int:article_id>/wechat")
@requires(Permission.ARTICLE_READ)
@described("推送时的正文，图片地址除外", ok={200: WechatAnswer}, problems=(404, 422))
def wechat(article_id: int) -> dict[str, Any]:
    session = read()
    composed = compose_head(session, readable(session, article_id))
    newspic = composed.newspic
    return {
        "form": composed.form,
        "html": composed.html,
        "text": newspic.text if newspic else "",
        "pictures": list(newspic.assets) if newspic else [],
        "checksum": composed.checksum,
        "characters": composed.characters,
        "bytes": composed.bytes,
    }


@bp.post("/articles/<int:article_id>/submit")
@requires(Permission.ARTICLE_WRITE)
@described(
    "送审",
    ok={200: ArticleAnswer},
    problems=(404,),
    problem_models={422: ChecksProblem},
    tells=ETAG,
)
@writes
def submit_it(session: Session, article_id: int) -> Response:
    article = readable(session, article_id)
    try:
        submit(session, article, actor=current_actor(), now=now(), as_of=today())
    except ChecksOpen as open_:
        raise open_.with_extra(findings=[finding_json(f) for f in open_.findings]) from None
    return _answer(session, article)
