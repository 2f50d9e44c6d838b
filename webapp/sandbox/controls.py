"""`/_sandbox/…`: what tests and the demo use to look behind the scenes and to order trouble. Loopback only.

A page in the operator's browser can reach loopback too, so a request that names a foreign Origin is refused.
"""

import hmac
import ipaddress
import json
from functools import partial
from typing import TypeVar

from flask import Blueprint, Response, request
from pydantic import JsonValue

from webapp.sandbox import callback
from webapp.sandbox.background import settle_due
from webapp.sandbox.calls import Object
from webapp.sandbox.errors import BadControl
from webapp.sandbox.records import (
    CallLog,
    Comment,
    Counter,
    Draft,
    Event,
    MassJob,
    Material,
    Picture,
    Post,
    PublishJob,
    Record,
    Token,
)
from webapp.sandbox.sandbox import Sandbox, original_id
from webapp.sandbox.settings import changed

R = TypeVar("R", bound=Record)
SECRET_SETTINGS = {"accounts": {"__all__": {"callback_token", "aes_key"}}}


def blueprint(sandbox: Sandbox) -> Blueprint:
    controls = Blueprint("controls", __name__, url_prefix="/_sandbox")
    controls.before_request(_require_loopback)
    controls.errorhandler(BadControl)(_bad_control)
    for method, path, view in (
        ("GET", "/state", _show_state),
        ("POST", "/faults", _order_faults),
        ("DELETE", "/faults", _clear_faults),
        ("POST", "/reset", _reset),
        ("GET", "/settings", _show_settings),
        ("POST", "/settings", _change_settings),
        ("POST", "/callback/verify", _verify_callback),
    ):
        controls.add_url_rule(path, view.__name__, partial(view, sandbox), methods=[method])
    return controls


def _require_loopback() -> None:
    try:
        near = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        near = False
    origin = request.headers.get("Origin")
    if not near or (origin is not None and origin.rstrip("/") != request.host_url.rstrip("/")):
        raise BadControl("沙盒的控制接口只回应本机。", status=403)


def state(sandbox: Sandbox) -> Object:
    """Everything the sandbox remembers, oldest first. Secrets and tokens are left out; `content` of an article is what was
    stored, `content_received` what was sent."""
    settle_due(sandbox)
    with sandbox.store.transaction():
        return {
            "now": sandbox.now(),
            "public_url": sandbox.public_url,
            "accounts": [_account(sandbox, a.appid, a.name) for a in sandbox.config.accounts],
            "drafts": _told(sandbox, Draft, "media_id"),
            "materials": _told(sandbox, Material, "media_id"),
            "images": [
                _record(picture, "file")
                for picture in sandbox.store.list_all(Picture)
                if picture.for_content
            ],
            "publish_jobs": _told(sandbox, PublishJob, "publish_id"),
            "published": _told(sandbox, Post, "article_id"),
            "mass_jobs": _told(sandbox, MassJob, "msg_id"),
            "comments": _told(sandbox, Comment, "user_comment_id"),
            "events": _told(sandbox, Event, "id"),
            "counters": _told(sandbox, Counter, "name"),
            "calls": _told(sandbox, CallLog, "rid"),
            "faults": [fault.model_dump(mode="json") for fault in sandbox.faults.pending()],
            "settings": _settings(sandbox),
        }


def _told(sandbox: Sandbox, cls: type[R], key_name: str) -> list[JsonValue]:
    return [_record(record, key_name) for record in sandbox.store.list_all(cls)]


def _record(record: Record, key_name: str) -> JsonValue:
    fields: Object = record.model_dump(mode="json")
    return {"appid": fields.pop("appid"), key_name: fields.pop("key"), **fields}


def _account(sandbox: Sandbox, appid: str, name: str) -> JsonValue:
    tokens = sandbox.store.list_all(Token, appid)
    alive = [t.family for t in tokens if t.expires_at > sandbox.now()]
    return {
        "appid": appid,
        "name": name,
        "original_id": original_id(appid),
        "profile": sandbox.settings.accounts[appid].profile.value,
        "tokens": {"basic": alive.count("basic"), "stable": alive.count("stable")},
    }


def _settings(sandbox: Sandbox) -> Object:
    fields: Object = sandbox.settings.model_dump(mode="json", exclude=SECRET_SETTINGS)
    return fields


def _show_state(sandbox: Sandbox) -> Response:
    return _json(state(sandbox))


def _show_settings(sandbox: Sandbox) -> Response:
    return _json(_settings(sandbox))


def _clear_faults(sandbox: Sandbox) -> Response:
    sandbox.faults.clear()
    return _json({"ok": True})


def _reset(sandbox: Sandbox) -> Response:
    sandbox.reset()
    return _json({"ok": True})


def _order_faults(sandbox: Sandbox) -> Response:
    """One fault, or a list of them."""
    wanted = _body()
    faults = [
        sandbox.faults.order(one) for one in (wanted if isinstance(wanted, list) else [wanted])
    ]
    return _json({"faults": [fault.model_dump(mode="json") for fault in faults]}, status=201)


def _change_settings(sandbox: Sandbox) -> Response:
    wanted = _body()
    if not isinstance(wanted, dict):
        raise BadControl("设置没有改动：请求体应是一个 JSON 对象。")
    sandbox.settings = changed(sandbox.settings, dict(wanted))
    sandbox.ring()
    return _json(_settings(sandbox))


def _verify_callback(sandbox: Sandbox) -> Response:
    """Asks the callback server as the console does when an address is entered."""
    wanted = _body()
    appid = wanted.get("appid") if isinstance(wanted, dict) else None
    account = sandbox.settings.accounts.get(str(appid))
    if account is None or not account.callback_url:
        raise BadControl("没有验证：请给出 appid，并先为这个公众号设置 callback_url。")
    url, echo = callback.verification(account, int(sandbox.now()))
    try:
        answer = callback.send("GET", url, None, sandbox.settings.callback_timeout_seconds)
    except callback.NotDelivered as error:
        return _json({"verified": False, "error": str(error)})
    return _json({"verified": hmac.compare_digest(answer, echo.encode())})


def _body() -> JsonValue:
    try:
        body: JsonValue = json.loads(request.get_data() or b"{}")
    except ValueError as error:
        raise BadControl("请求体不是 JSON，什么也没有改动。") from error
    return body


def _bad_control(error: BadControl) -> Response:
    return _json({"error": str(error)}, status=error.status)


def _json(body: Object, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, content_type="application/json; charset=utf-8")
