from __future__ import annotations

from typing import cast

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_security import current_user, login_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from webapp.kernel.errors import Invalid, NotSignedIn
from webapp.kernel.web import now, read, transaction
from webapp.users.access import API_PREFIX, current_actor, find_actor, signed_in
from webapp.users.models import User
from webapp.users.permissions import ROLE_NAMES, Role
from webapp.users.service import (
    PASSWORD_MIN_CHARACTERS,
    hash_password,
    set_password,
)

bp = Blueprint("users", __name__)

_OPEN_WHILE_PASSWORD_IS_OLD = ("users.", "security.", "static")


@bp.before_app_request
def ask_for_new_password() -> Response | None:
    """Whoever came in with a one-time password chooses their own before anything else."""
    endpoint = request.endpoint or ""
    if endpoint.startswith(_OPEN_WHILE_PASSWORD_IS_OLD) or request.path.startswith(API_PREFIX):
        return None
    user = cast("User", current_user)
    if user.is_authenticated and user.must_change_password:
        return redirect("/me", code=303)
    return None


@bp.app_errorhandler(CSRFError)
def form_token_is_wrong(_error: CSRFError) -> ResponseReturnValue:
    """A session that ran out took its form token along: then that is what is said."""
    error: Exception = BadRequest()
    if find_actor() is None and not (request.endpoint or "").startswith("security."):
        error = NotSignedIn(
            "登录已过期，这一步没有做；请重新登录后再做一次。", code="session_expired"
        )
    return current_app.handle_user_exception(error)


def _me() -> User:
    return read().get_one(User, current_actor().id)


def _show(errors: dict[str, str]) -> str:
    roles = [ROLE_NAMES[role] for role in Role if role in current_actor().roles]
    return render_template(
        "users/me.html",
        user=_me(),
        roles=roles,
        errors=errors,
        password_min=PASSWORD_MIN_CHARACTERS,
    )


@bp.get("/me")
@signed_in
def me() -> str:
    return _show({})


@bp.post("/me/password")
@signed_in
def change_password() -> str | Response:
    """Ends the person's other sessions and keeps this one."""
    if not _me().verify_and_update_password(request.form.get("current", "")):
        return _show({"current": "现在的密码不对，密码没有改。"})
    if request.form.get("password", "") != request.form.get("again", ""):
        return _show({"again": "两次写的不一样，密码没有改。"})
    try:
        hashed = hash_password(request.form.get("password", ""))
    except Invalid as wrong:
        return _show({one.field: one.message for one in wrong.fields})
    with transaction() as session:
        user = session.get_one(User, current_actor().id)
        set_password(session, user, hashed, actor=current_actor(), now=now())
    login_user(user)
    flash("密码改好了；别处登录的都已退出。")
    return redirect("/me", code=303)
