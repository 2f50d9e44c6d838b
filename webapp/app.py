"""The roof: every room's views under one application, the headers of every answer, and the one table from errors to HTTP."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from flask import Flask, Response, g, redirect, render_template, request, url_for
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from webapp import blueprints, templating
from webapp.kernel import audit, errors
from webapp.kernel.problems import problem, problem_of
from webapp.kernel.settings import Settings, require_secret
from webapp.kernel.texts import refuse_no_text, without_no_text
from webapp.kernel.web import EXTENSION, Context, context, create_context
from webapp.notices import listening
from webapp.users.access import API_PREFIX
from webapp.users.sign_in import init_sign_in
from webapp.wechat.errors import GatewayError

log = structlog.get_logger(__name__)

# The one place where an error becomes a number. The first that fits counts, so the narrower stand first.
HTTP_STATUS: tuple[tuple[type[errors.TongxinError], int], ...] = (
    (errors.TooLarge, 413),
    (errors.Invalid, 422),
    (errors.NotFound, 404),
    (errors.NotSignedIn, 401),
    (errors.Forbidden, 403),
    (errors.Stale, 412),
    (errors.Gone, 410),
    (errors.Conflict, 409),
    (errors.PreconditionMissing, 428),
    (errors.Unsupported, 415),
    (errors.Unavailable, 503),
    (GatewayError, 502),
)

HTTP_SENTENCES = {
    400: ("bad_request", "请求有误，没有执行；请刷新页面后再试。"),
    404: ("not_found", "没有这个页面：链接可能抄错了，或内容已被移走。"),
    405: ("method_not_allowed", "这个地址不接受这种请求，没有执行。"),
    413: ("too_large", "送来的内容太大，没有收下；原有内容没有变动。"),
    415: ("unsupported", "不认识这种内容格式，没有收下。"),
    429: ("too_many_requests", "试得太频繁了，请过一分钟再来；什么也没有改动。"),
}

# What stands over the sentence on a person's page; programs are told the code.
HTTP_WORDS = {
    401: "没有登录",
    403: "没有权限",
    404: "没有找到",
    409: "现在不能这样做",
    410: "已经失效",
    412: "别人先改了",
    413: "太大了",
    422: "填得不对",
    429: "太频繁了",
    500: "程序出了意外",
    503: "暂时用不了",
}


class RowNumber(IntegerConverter):
    """What a row of the database can be numbered; anything else is an address that leads nowhere."""

    regex = "[0-9]{1,18}"


def _refuse_no_text() -> None:
    """The API looks at its own JSON, and at its forms after it knows who is asking."""
    if without_no_text(request.path) != request.path:
        raise NotFound
    refuse_no_text(request.args.items(multi=True))
    if not request.path.startswith(API_PREFIX):
        refuse_no_text(request.form.items(multi=True))


def status_of(error: errors.TongxinError) -> int:
    return next((status for kind, status in HTTP_STATUS if isinstance(error, kind)), 500)


def _wants_problem() -> bool:
    if request.path.startswith(API_PREFIX):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def _page(status: int, message: str, **more: Any) -> Response:
    word = HTTP_WORDS.get(status, "没有做成")
    body = render_template("errors/error.html", status=status, word=word, message=message, **more)
    return Response(body, status=status)


def _answer(error: errors.TongxinError) -> Response:
    status = status_of(error)
    if _wants_problem():
        return problem_of(error, status)
    if isinstance(error, errors.NotSignedIn) and request.method == "GET":
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    if error.page:
        return Response(error.page, status=status)
    return _page(status, error.message, fields=getattr(error, "fields", ()))


def _answer_http(error: HTTPException) -> Response:
    status = error.code or 500
    if error.response is not None and 300 <= status < 400:
        return error.response  # type: ignore[return-value]
    code, message = HTTP_SENTENCES.get(status, ("http_error", "请求没有执行，什么也没有改动。"))
    if _wants_problem():
        answer = problem(status, code, message)
    else:
        answer = _page(status, message, fields=())
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _answer_depth(_error: RecursionError) -> Response:
    """JSON nested deeper than Python reads; nothing of ours goes that deep."""
    return _answer(
        errors.Invalid("送来的内容嵌套太深，没有收下，原有内容没有变动。", code="too_deep")
    )


def _told_path() -> str:
    """For the log. Whoever knows the address of a link can decide with it."""
    return "/sign/…" if request.path.startswith("/sign/") else request.path


def _answer_crash(error: Exception) -> Response:
    """The details go to the log under a number; the person gets the number."""
    number = secrets.token_hex(4)
    log.error("unexpected", incident=number, path=_told_path(), exc_info=error)
    message = f"程序出了意外（编号 {number}），这一步没有完成，之前保存的都在；请稍后再试，再不行请把编号告诉管理员。"
    if _wants_problem():
        return problem(500, "unexpected", message)
    return _page(500, message, fields=())


def _security_headers(response: Response) -> Response:
    nonce = g.get("csp_nonce", "")
    # ProseMirror sets alignment as style attributes; only the editor's page may.
    attributes = "'unsafe-inline'" if g.get("style_attributes") else "'none'"
    frame = "'self'" if g.get("framed_by_us") else "'none'"
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; "
        f"script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; style-src-attr {attributes}; "
        "img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {frame}",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def create_app(settings: Settings, *, parts: Context | None = None) -> Flask:
    """The web application. Raises Invalid when a setting is wrong or the secret is missing."""
    require_secret(settings)
    app = Flask("webapp")
    app.secret_key = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_max_bytes + 1024 * 1024
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.body_max_bytes
    app.config["WTF_CSRF_TIME_LIMIT"] = settings.session_hours * 3600
    app.url_map.converters["int"] = RowNumber
    app.jinja_env.undefined = StrictUndefined
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    found = parts or create_context(settings)
    app.extensions[EXTENSION] = found
    listening.install(found.db, found.settings)

    @app.before_request
    def _begin() -> None:
        g.csp_nonce = secrets.token_urlsafe(16)
        audit.caller_address.set(request.remote_addr or "")
        _refuse_no_text()

    csrf = CSRFProtect(app)  # its look at the request comes after ours: its refusal is a page too

    @app.teardown_appcontext
    def _end(_error: BaseException | None) -> None:
        context().db.session.remove()

    templating.install(app)
    init_sign_in(app, settings)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # after Flask-Security, which brings its own
    blueprints.register(app, csrf)
    app.after_request(_security_headers)
    app.register_error_handler(errors.TongxinError, _answer)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(RecursionError, _answer_depth)
    app.register_error_handler(Exception, _answer_crash)
    return app
