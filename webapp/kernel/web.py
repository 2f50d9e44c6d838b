"""What every edge needs: the parts of this installation, the request's session, and one way to write.

`writes` gives a view its transaction and, where the caller sent an `Idempotency-Key`, answers a repeated request with the
first answer; key and act are committed together.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, g, has_app_context, make_response, request
from sqlalchemy import Index, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.kernel.clock import local_date, utc_now
from webapp.kernel.db import Base, BigId, Checksum, Database, Id, Moment
from webapp.kernel.errors import Conflict, Invalid
from webapp.kernel.secrets import SecretBox
from webapp.kernel.settings import Settings
from webapp.kernel.storage import Store, open_store

if TYPE_CHECKING:
    from huey import Huey

EXTENSION = "tongxin"
IDEMPOTENCY_KEY_MAX_CHARACTERS = 200
TAKES_KEY = "takes_idempotency_key"
"""On a view: it may be sent again with its key."""
IDEMPOTENCY_MEMORY = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Context:
    """The parts of this installation."""

    settings: Settings
    db: Database
    store: Store
    box: SecretBox
    clock: Callable[[], datetime] = utc_now

    @cached_property
    def queue(self) -> Huey:
        """Opened by whoever wakes or listens; most requests and commands do neither, and are spared reading the library."""
        from webapp.kernel.jobs import make_queue

        return make_queue(self.settings)


def _session_scope() -> Hashable:
    """The request's own session; outside a request the thread's."""
    if has_app_context():
        return id(g._get_current_object())
    return threading.get_ident()


def create_context(settings: Settings, **parts: Any) -> Context:
    settings.instance.mkdir(parents=True, exist_ok=True)
    return Context(
        settings=settings,
        db=Database(settings.database_url, scope=_session_scope, zone=settings.zone),
        store=parts.get("store") or open_store(settings.media_url),
        box=SecretBox(settings.secret_key),
        clock=parts.get("clock", utc_now),
    )


def context() -> Context:
    found: Context = current_app.extensions[EXTENSION]
    return found


def now() -> datetime:
    return context().clock()


def today() -> date:
    """The institution's day."""
    return local_date(now(), context().settings.zone)


def wants_json() -> bool:
    """A script asked, not a form."""
    best = request.accept_mimetypes.best_match(("text/html", "application/json"))
    return request.is_json or best == "application/json"


def read() -> Session:
    """The request's session, for reading."""
    return context().db.session()


def after_commit(act: Callable[[], object]) -> None:
    """Run once the request's transaction is committed: a wake-up must not arrive before what it announces."""
    g.setdefault("after_commit", []).append(act)


def _run_after_commit() -> None:
    for act in g.pop("after_commit", []):
        act()


@contextmanager
def transaction() -> Iterator[Session]:
    """Everything or nothing, then whatever waits for the commit."""
    g.pop("after_commit", None)
    with context().db.transaction() as session:
        yield session
    _run_after_commit()


class RememberedRequest(Base):
    """The answer to a request that carried an Idempotency-Key."""

    __tablename__ = "remembered_request"
    __table_args__ = (Index(None, "actor_id", "key", unique=True), Index(None, "at"))

    id: Mapped[Id]
    actor_id: Mapped[int] = mapped_column(BigId)
    key: Mapped[str] = mapped_column(String(IDEMPOTENCY_KEY_MAX_CHARACTERS))
    fingerprint: Mapped[Checksum]
    status: Mapped[int]
    etag: Mapped[str] = mapped_column(String(64), default="")
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[Moment]


def _fingerprint() -> str:
    parts = (request.method.encode(), request.full_path.encode(), request.get_data(cache=True))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _key_of_request() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > IDEMPOTENCY_KEY_MAX_CHARACTERS:
        raise Invalid.of_field(
            "Idempotency-Key", f"最长 {IDEMPOTENCY_KEY_MAX_CHARACTERS} 个字符，请求没有执行。"
        )
    return key


def _remembered(session: Session, actor_id: int, key: str, fingerprint: str) -> Response | None:
    row = session.scalar(
        select(RememberedRequest).where(
            RememberedRequest.actor_id == actor_id, RememberedRequest.key == key
        )
    )
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise Conflict(
            "这个 Idempotency-Key 已用于另一个请求，本次没有执行；请换一个新的。",
            code="idempotency_key_reused",
        )
    response = Response(row.body, status=row.status, mimetype="application/json")
    response.headers["Idempotent-Replayed"] = "true"
    if row.etag:
        response.headers["ETag"] = row.etag
    if row.status == 201 and "id" in (made := json.loads(row.body)):
        response.headers["Location"] = f"{request.path}/{made['id']}"
    return response


def _remember(
    session: Session, actor_id: int, key: str, fingerprint: str, response: Response
) -> None:
    moment = now()
    session.execute(
        delete(RememberedRequest).where(RememberedRequest.at < moment - IDEMPOTENCY_MEMORY)
    )
    session.add(
        RememberedRequest(
            actor_id=actor_id,
            key=key,
            fingerprint=fingerprint,
            status=response.status_code,
            etag=response.headers.get("ETag", ""),
            body=response.get_data(as_text=True),
            at=moment,
        )
    )


def writes(view: Callable[..., Any]) -> Callable[..., Response]:
    """The view takes the session first. Stands under `requires`, which has set `g.actor`."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Response:
        key = _key_of_request()
        fingerprint = _fingerprint() if key else ""
        with transaction() as session:
            if key and (answer := _remembered(session, g.actor.id, key, fingerprint)):
                return answer
            response: Response = make_response(view(session, *args, **kwargs))
            if key:
                _remember(session, g.actor.id, key, fingerprint, response)
        return response

    setattr(run, TAKES_KEY, True)
    return run
