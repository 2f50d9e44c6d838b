"""The first lock on every door: who is asking, and may their role do this at all.

Every view carries one of `requires(permission)`, `signed_in` or `public`; a test walks all of them. A person comes with a
session cookie, a program with a bearer token; the API takes tokens only, so that no page of another site can act there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g, request
from flask_security import current_user

from webapp.kernel.errors import NotSignedIn
from webapp.kernel.web import context, now, read
from webapp.users.models import ApiToken, User
from webapp.users.permissions import Actor, Permission
from webapp.users.service import find_token, is_stale_use

View = TypeVar("View", bound=Callable[..., Any])
GUARD = "access_guard"
API_PREFIX = "/api/"


def _bearer_actor() -> Actor | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    found = find_token(read(), token.strip())
    if found is None:
        raise NotSignedIn("访问令牌无效或已停用，请求没有执行；请换一个令牌。", code="bad_token")
    if is_stale_use(found, now()):
        _note_use(found.id)
    return found.actor


def _note_use(token_id: int) -> None:
    with context().db.transaction() as session:
        session.get_one(ApiToken, token_id).last_used_at = now()


def find_actor() -> Actor | None:
    """None: nobody has said who they are. Raises NotSignedIn for a token that is not good."""
    if "actor" not in g:
        if request.path.startswith(API_PREFIX) or request.headers.get("Authorization"):
            g.actor = _bearer_actor()
        else:
            g.actor = cast("User", current_user).actor if current_user.is_authenticated else None
    return cast("Actor | None", g.actor)


def current_actor() -> Actor:
    actor = find_actor()
    if actor is None:
        raise NotSignedIn("请先登录。")
    return actor


def requires(permission: Permission) -> Callable[[View], View]:
    """May this role do it anywhere at all? Which column, and which object, the service asks."""

    def guard(view: View) -> View:
        @wraps(view)
        def run(*args: Any, **kwargs: Any) -> Any:
            current_actor().require(permission)
            return view(*args, **kwargs)

        setattr(run, GUARD, permission)
        return cast("View", run)

    return guard


def signed_in(view: View) -> View:
    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        current_actor()
        return view(*args, **kwargs)

    setattr(run, GUARD, "signed_in")
    return cast("View", run)


def public(view: View) -> View:
    """Open to everyone, on purpose."""
    setattr(view, GUARD, "public")
    return view
