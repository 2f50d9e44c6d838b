"""Sign-in by Flask-Security (argon2id, CSRF, session invalidation), by user name, with every attempt in the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Any, cast

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import user_logged_in, user_logged_out
from flask_security import (
    LoginForm,
    Security,
    SQLAlchemySessionUserDatastore,
    current_user,
    uia_username_mapper,
)
from sqlalchemy.orm import Session, scoped_session
from werkzeug.local import LocalProxy

from webapp.kernel.audit import Subject, record
from webapp.kernel.settings import Settings
from webapp.kernel.texts import without_no_text
from webapp.kernel.web import context, now
from webapp.users.access import GUARD
from webapp.users.models import SecurityRole, User
from webapp.users.passwords import PASSWORD_MAX_CHARACTERS
from webapp.users.service import find_user

UNKNOWN_NAME = "（没有的用户名）"
_SECURITY_VIEWS = ("security.login", "security.logout")


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECURITY_USER_IDENTITY_ATTRIBUTES=[
            {"username": {"mapper": uia_username_mapper, "case_insensitive": True}}
        ],
        SECURITY_USERNAME_ENABLE=True,
        SECURITY_USERNAME_REQUIRED=True,
        # What a name may be is said in `service.add_user`; here whatever was typed is looked up.
        SECURITY_USERNAME_MIN_LENGTH=1,
        SECURITY_USERNAME_MAX_LENGTH=64,
        SECURITY_USERNAME_ALLOWED_CHARS=None,
        SECURITY_PASSWORD_NORMALIZE_FORM=None,  # `passwords` does
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  the name of an algorithm
        SECURITY_PASSWORD_SALT="unused by argon2, asked for by Flask-Security",  # noqa: S106
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_LOGIN_URL="/login",
        SECURITY_LOGOUT_URL="/logout",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_POST_LOGIN_VIEW="/",
        SECURITY_POST_LOGOUT_VIEW="/login",
        SECURITY_FLASH_MESSAGES=False,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_LOGIN_USER_TEMPLATE="users/login.html",
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_STATIC_FOLDER=None,
        SECURITY_CACHE_CONTROL=None,  # its own says "no-store=True", which no cache has to understand
        SECURITY_JOIN_USER_ROLES=False,  # rights come from grants; `roles` is no mapped attribute
        SECURITY_FRESHNESS=timedelta(-1),  # nothing asks for it, so /verify is no door
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
    )


def _note(action: str, user_id: object, username: str) -> None:
    with context().db.transaction() as session:
        record(session, action, Subject(kind="user", id=str(user_id)), actor=username, now=now())


def _signed_in(_app: Flask, user: User, **_: Any) -> None:
    _note("user.sign_in", user.id, user.username)


def _signed_out(_app: Flask, user: User, **_: Any) -> None:
    _note("user.sign_out", user.id, user.username)


def _typed_name() -> str:
    sent = request.get_json(silent=True) if request.is_json else request.form
    name = sent.get("username") if isinstance(sent, Mapping) else None
    return without_no_text(name) if isinstance(name, str) else ""


def _note_failure() -> None:
    """A name that nobody has is not kept: it may be a password, typed into the wrong field."""
    user = find_user(context().db.session(), _typed_name().strip())
    if user is None:
        _note("user.sign_in_failed", "-", UNKNOWN_NAME)
    else:
        _note("user.sign_in_failed", user.id, user.username)


def _noting_failures(view: Callable[[], Any]) -> Callable[[], Any]:
    @wraps(view)
    def run() -> Any:
        response = view()
        if request.method == "POST" and not current_user.is_authenticated:
            _note_failure()
        return response

    return run


class SignInForm(LoginForm):
    """Without "remember me": a sign-in lasts as long as the settings say and no longer."""

    remember = None

    def validate(self, **parts: Any) -> bool:
        # An overlong password is a wrong one; Flask-Security would fall over it.
        self.username.data = without_no_text(self.username.data or "")
        self.password.data = (self.password.data or "")[: PASSWORD_MAX_CHARACTERS + 1]
        return bool(super().validate(**parts))


def init_sign_in(app: Flask, settings: Settings) -> None:
    _configure(app, settings)
    sessions = LocalProxy(lambda: context().db.session)
    datastore = SQLAlchemySessionUserDatastore(
        cast("scoped_session[Session]", sessions), User, SecurityRole
    )
    Security(app, datastore, register_blueprint=True, login_form=SignInForm)
    # Flask-Security would also take a token of its own, from a header or even an address. Ours are `ApiToken`s.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=settings.queue_url or "memory://",
        headers_enabled=False,
        in_memory_fallback_enabled=True,  # a queue that is down keeps nobody out
    )
    for endpoint, view in list(app.view_functions.items()):
        if endpoint in _SECURITY_VIEWS:
            setattr(view, GUARD, "public")
    views = cast("dict[str, Any]", app.view_functions)
    limited = limiter.limit(settings.sign_in_rate, methods=["POST"])
    views["security.login"] = limited(_noting_failures(views["security.login"]))
    setattr(app.view_functions["security.login"], GUARD, "public")
    user_logged_in.connect(_signed_in, app)
    user_logged_out.connect(_signed_out, app)
