"""Editions and their push, over REST: one resource for whoever calls, so it stands on the higher floor of the two rooms."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from webapp.articles.api import payload
from webapp.editions.forms import parse_new, parse_rescheduling
from webapp.editions.models import Edition
from webapp.editions.queries import get_edition, list_editions
from webapp.editions.service import refuse_moved
from webapp.editions.workflow import State
from webapp.kernel.errors import Invalid
from webapp.kernel.openapi import described
from webapp.kernel.paging import parse_limit
from webapp.kernel.web import after_commit, context, now, read, writes
from webapp.publishing.models import Publication, PublicationStep
from webapp.publishing.overview import may_read
from webapp.publishing.planning import move, plan
from webapp.publishing.queries import find_publication, list_steps
from webapp.publishing.service import queue, record_published, withdraw
from webapp.publishing.waking import wake
from webapp.publishing.workflow import STEP_NAMES, StepKind
from webapp.users.access import current_actor, requires
from webapp.users.permissions import Permission
from webapp.wechat.service import default_account, get_account

bp = Blueprint("publishing_api", __name__)


class EditionInput(BaseModel):
    account: str | None = None
    delivery: str
    articles: list[int]
    scheduled_at: str | None = None


class StepAnswer(BaseModel):
    kind: str
    name: str
    subject: str
    state: str
    started_at: str
    finished_at: str | None
    error: str
    errcode: int | None


class EditionArticleAnswer(BaseModel):
    id: int
    title: str
    checksum: str
    url: str


class EditionAnswer(BaseModel):
    id: int
    account: str | None
    delivery: str
    status: str
    scheduled_at: str | None
    created_at: str
    finished_at: str | None
    embargo_until: str | None
    articles: list[EditionArticleAnswer]
    steps: list[StepAnswer]
    error: dict[str, str] | None


class EditionList(BaseModel):
    items: list[EditionAnswer]
    next_cursor: str | None


class ScheduleInput(BaseModel):
    scheduled_at: str | None
    seen: str | None = None


class WithdrawInput(BaseModel):
    reason: str


class LinksInput(BaseModel):
    urls: list[str]


def step_json(step: PublicationStep) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "name": STEP_NAMES[StepKind(step.kind)],
        "subject": step.subject,
        "state": step.state,
        "started_at": step.started_at.isoformat(),
        "finished_at": step.finished_at.isoformat() if step.finished_at else None,
        "error": step.error,
        "errcode": step.errcode,
    }


def edition_json(edition: Edition, steps: list[PublicationStep]) -> dict[str, Any]:
    """Articles of columns that are not the caller's to read have no title; what else may name them, the steps and the
    sentence of an error, only those see who may read them all. `embargo_until`: the latest of its articles."""
    actor = current_actor()
    is_open = may_read(edition, actor)
    embargoes = [p.article.embargo_until for p in edition.articles if p.article.embargo_until]
    until = max(embargoes, default=None)
    return {
        "id": edition.id,
        "account": edition.account.name if edition.account else None,
        "delivery": edition.delivery,
        "status": edition.status,
        "scheduled_at": edition.scheduled_at.isoformat() if edition.scheduled_at else None,
        "created_at": edition.created_at.isoformat(),
        "finished_at": edition.finished_at.isoformat() if edition.finished_at else None,
        "embargo_until": until.isoformat() if until else None,
        "articles": [
            {
                "id": p.article_id,
                "title": p.article.title
                if actor.may(Permission.ARTICLE_READ, p.article.column_id)
                else "",
                "checksum": p.checksum,
                "url": p.url,
            }
            for p in edition.articles
        ],
        "steps": [step_json(step) for step in steps] if is_open else [],
        "error": {"code": edition.error_code, "message": edition.error if is_open else ""}
        if edition.error
        else None,
    }


def _whole(session: Session, edition: Edition, publication: Publication | None) -> dict[str, Any]:
    steps = list_steps(session, publication.id) if publication and publication.id else []
    return edition_json(edition, steps)


def _answer(session: Session, edition: Edition, status: int) -> Response:
    session.flush()  # a publication that was just queued gets its id
    response = jsonify(_whole(session, edition, find_publication(session, edition.id)))
    response.status_code = status
    return response


@bp.post("/editions")
@requires(Permission.EDITION_WRITE)
@described("编一次推送", json=EditionInput, ok={201: EditionAnswer}, problems=(404, 409, 422),
           headers={"Idempotency-Key": "同一把钥匙的重复请求只执行一次"})  # fmt: skip
@writes
def create(session: Session) -> Response:
    form = parse_new(payload(), context().settings.zone)
    account = get_account(session, form.account) if form.account else default_account(session)
    edition = plan(session, form.articles, delivery=form.delivery, account=account,
                       scheduled_at=form.scheduled_at, actor=current_actor(), now=now())  # fmt: skip
    return _answer(session, edition, 201)


@bp.get("/editions")
@requires(Permission.EDITION_READ)
@described("推送列表，新的在前", ok={200: EditionList}, problems=(422,),
           query={"status": "状态", "limit": "每页条数", "cursor": "翻页标记"})  # fmt: skip
def list_all() -> dict[str, Any]:
    status = request.args.get("status") or None
    if status is not None and status not in set(State):
        raise Invalid.of_field("status", f"状态只能是 {'、'.join(State)}。")
    page = list_editions(read(), status=State(status) if status else None,
                         cursor=request.args.get("cursor"),
                         limit=parse_limit(request.args.get("limit")))  # fmt: skip
    return {"items": [edition_json(e, []) for e in page.items], "next_cursor": page.next_cursor}


@bp.get("/editions/<int:edition_id>")
@requires(Permission.EDITION_READ)
@described("一次推送与它的每一步", ok={200: EditionAnswer}, problems=(404,))
def show(edition_id: int) -> dict[str, Any]:
    session = read()
    return _whole(session, get_edition(session, edition_id), find_publication(session, edition_id))


@bp.post("/editions/<int:edition_id>/schedule")
@requires(Permission.EDITION_WRITE)
@described(
    "改期；scheduled_at 写 null 就是取消定时。带上 seen（您看到的时间），别人先改过时不改动",
    json=ScheduleInput, ok={200: EditionAnswer}, problems=(404, 409, 412, 422),
)  # fmt: skip
@writes
def change_schedule(session: Session, edition_id: int) -> Response:
    zone = context().settings.zone
    wanted = parse_rescheduling(payload(), zone, now())
    edition = get_edition(session, edition_id)
    if wanted.knows:
        refuse_moved(edition, wanted.seen, zone)
    move(session, edition, wanted.scheduled_at, actor=current_actor(), now=now())
    return _answer(session, edition, 200)


@bp.post("/editions/<int:edition_id>/push")
@requires(Permission.EDITION_PUSH)
@described("推送；再请求一次也只推一次", ok={202: EditionAnswer}, problems=(404, 409))
@writes
def push(session: Session, edition_id: int) -> Response:
    edition = get_edition(session, edition_id)
    publication = queue(session, edition, actor=current_actor(), now=now())
    response = _answer(session, edition, 202)
    after_commit(lambda: wake(context().queue, publication.id))
    return response


@bp.post("/editions/<int:edition_id>/withdraw")
@requires(Permission.EDITION_PUSH)
@described(
    "撤回，要写明理由", json=WithdrawInput, ok={202: EditionAnswer}, problems=(404, 409, 422)
)
@writes
def take_back(session: Session, edition_id: int) -> Response:
    sent = payload()
    reason = sent.get("reason") if isinstance(sent, dict) else None
    edition = get_edition(session, edition_id)
    publication = withdraw(session, edition, reason if isinstance(reason, str) else "",
                           actor=current_actor(), now=now())  # fmt: skip
    response = _answer(session, edition, 202)
    if publication is not None:
        after_commit(lambda: wake(context().queue, publication.id))
    return response


@bp.post("/editions/<int:edition_id>/links")
@requires(Permission.EDITION_PUSH)
@described(
    "人工发布后补上文章链接", json=LinksInput, ok={200: EditionAnswer}, problems=(404, 409, 422)
)
@writes
def links(session: Session, edition_id: int) -> Response:
    sent = payload()
    urls = sent.get("urls") if isinstance(sent, dict) else None
    if not isinstance(urls, list) or not all(isinstance(url, str) for url in urls):
        raise Invalid.of_field("urls", "要是链接的列表，一篇一个。")
    edition = get_edition(session, edition_id)
    record_published(session, edition, urls, actor=current_actor(), now=now(),
                     any_host=context().settings.demo)  # fmt: skip
    return _answer(session, edition, 200)
