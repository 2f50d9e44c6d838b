"""Health for whoever watches the machine: alive, ready, and numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select, text

from webapp.articles.queries import count_by_status
from webapp.columns.service import list_columns
from webapp.editions.models import Edition
from webapp.kernel.errors import Forbidden
from webapp.kernel.jobs import check_queue
from webapp.kernel.secrets import same
from webapp.kernel.web import context, now, read
from webapp.publishing.queries import list_awake
from webapp.users.access import public

bp = Blueprint("health", __name__)

_LOOPBACK = ("127.0.0.1", "::1")


@bp.get("/healthz")
@public
def alive() -> dict[str, str]:
    return {"status": "ok"}


def _database() -> None:
    read().execute(text("SELECT 1"))


def _queue() -> None:
    check_queue(context().queue)


def _media() -> None:
    context().store.check()


_PARTS: Mapping[str, Callable[[], None]] = {"database": _database, "queue": _queue, "media": _media}


def _answers(check: Callable[[], None]) -> bool:
    try:
        check()
    except Exception:
        return False
    return True


@bp.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    parts = {name: "ok" if _answers(check) else "failed" for name, check in _PARTS.items()}
    is_ready = set(parts.values()) == {"ok"}
    return jsonify({"status": "ok" if is_ready else "failed", **parts}), 200 if is_ready else 503


def _refuse_strangers() -> None:
    """From this machine without a word, from elsewhere with the token."""
    token = context().settings.metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if token and same(given, token):
        return
    if request.remote_addr in _LOOPBACK and "X-Forwarded-For" not in request.headers:
        return
    raise Forbidden("指标只对本机或持有 TONGXIN_METRICS_TOKEN 的程序开放。")


def _gauge(
    registry: CollectorRegistry, name: str, help_: str, label: str, values: Mapping[str, Any]
) -> None:
    gauge = Gauge(name, help_, [label], registry=registry)
    for key, value in values.items():
        gauge.labels(key).set(value)


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Counted when asked, from the same indexes and counters as the pages, so every process answers the same."""
    _refuse_strangers()
    session = read()
    registry = CollectorRegistry()
    _gauge(registry, "tongxin_articles", "Articles by status", "status",
           {str(k): v for k, v in count_by_status(session).items()})  # fmt: skip
    _gauge(registry, "tongxin_published_articles", "Published articles by column", "column",
           {c.slug: c.published_count for c in list_columns(session)})  # fmt: skip
    editions = session.execute(select(Edition.status, func.count()).group_by(Edition.status))
    _gauge(registry, "tongxin_editions", "Editions by status", "status",
           {row[0]: row[1] for row in editions})  # fmt: skip
    waiting = Gauge("tongxin_publications_waiting", "Publications due now", registry=registry)
    waiting.set(len(list_awake(session, now(), limit=1_000)))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
