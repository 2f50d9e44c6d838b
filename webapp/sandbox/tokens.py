"""Access tokens: two families that know nothing of each other.

https://developers.weixin.qq.com/doc/service/api/base/api_getaccesstoken.html and …/api_getstableaccesstoken.html (2026-11):
a new basic token ends the previous one after five minutes. A stable one is handed out again with what is left of it, is
changed in its last five minutes, and dies at once when a refresh is forced (at most 20 a day, 30 s apart; otherwise the
call gives the token that is).
"""

import ipaddress
import re
import secrets
from typing import Literal

from webapp.sandbox import quota
from webapp.sandbox.calls import Answer, Call, Endpoint, Object, text
from webapp.sandbox.config import AccountConfig
from webapp.sandbox.errors import Refused
from webapp.sandbox.records import Token

FORCED_PER_DAY = 20
Family = Literal["basic", "stable"]


def get_token(call: Call) -> Answer:
    args = call.request.args
    account = identify(call, args.get("grant_type"), args.get("appid"), args.get("secret"))
    previous = _current(call, account, "basic")
    if previous is not None:
        _supersede(call, previous, call.sandbox.config.token_overlap_seconds)
    return _reply(call, _issue(call, account, "basic", forced=False))


def get_stable_token(call: Call) -> Answer:
    body: Object = call.json()
    account = identify(
        call, text(body, "grant_type", ""), text(body, "appid", ""), text(body, "secret", "")
    )
    current = _current(call, account, "stable")
    if body.get("force_refresh") is True and _may_force(call, account):
        if current is not None:
            _supersede(call, current, 0)
        return _reply(call, _issue(call, account, "stable", forced=True))
    overlap = call.sandbox.config.token_overlap_seconds
    if current is not None and current.expires_at - call.now >= overlap:
        return _reply(call, current)
    if current is not None:
        _supersede(call, current, overlap)
    return _reply(call, _issue(call, account, "stable", forced=False))


def identify(
    call: Call, grant_type: str | None, appid: str | None, secret: str | None
) -> AccountConfig:
    """Raises 40002, 41002, 40013, 41004, 40125, 40001 (another account's secret), 40164, and counts the call."""
    if grant_type != "client_credential":
        raise Refused(40002)
    account = account_of(call, appid, secret)
    require_listed(call)
    quota.count(call, account.appid, call.request.path)
    return account


def account_of(call: Call, appid: str | None, secret: str | None) -> AccountConfig:
    if not appid:
        raise Refused(41002)
    account = call.sandbox.account(appid)
    if account is None:
        raise Refused(40013)
    if not secret:
        raise Refused(41004)
    if secret == account.secret:
        return account
    belongs_to_another = any(other.secret == secret for other in call.sandbox.config.accounts)
    raise Refused(40001, "invalid credential") if belongs_to_another else Refused(40125)


def require_listed(call: Call) -> None:
    """40164 in the very words that clients parse the address from."""
    allowed = call.settings.allow_list
    ip = call.request.client_ip
    if allowed is None or any(_covers(entry, ip) for entry in allowed):
        return
    raise Refused(40164, f"invalid ip {ip} ipv6 ::ffff:{ip}, not in whitelist")


def _covers(entry: str, ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip) in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False


def holder(call: Call) -> AccountConfig:
    """Who the token in the query belongs to. Raises 41001, 40014, 40001, 42001."""
    token = find(call, call.request.args.get("access_token", ""))
    if call.now >= token.expires_at:
        raise Refused(40001 if token.superseded else 42001)
    account = call.sandbox.account(token.appid)
    if account is None:
        raise Refused(40001)
    return account


def find(call: Call, value: str) -> Token:
    if not value:
        raise Refused(41001)
    if re.fullmatch(r"[A-Za-z0-9_-]{20,512}", value) is None:
        raise Refused(40014)
    token = call.store.find_anywhere(Token, value)
    if token is None:
        raise Refused(40001)
    return token


def expire(call: Call) -> None:
    """The token of this call, if there is one, is over: 42001 from now on."""
    token = call.store.find_anywhere(Token, call.request.args.get("access_token", ""))
    if token is not None:
        call.store.put(token.model_copy(update={"expires_at": call.now, "superseded": False}))


def _current(call: Call, account: AccountConfig, family: Family) -> Token | None:
    tokens = [t for t in call.store.list_all(Token, account.appid) if t.family == family]
    alive = [t for t in tokens if not t.superseded and t.expires_at > call.now]
    return alive[-1] if alive else None


def _supersede(call: Call, token: Token, overlap_seconds: float) -> None:
    token.superseded = True
    token.expires_at = (
        min(token.expires_at, call.now + overlap_seconds) if overlap_seconds else call.now
    )
    call.store.put(token)


def _may_force(call: Call, account: AccountConfig) -> bool:
    forced = [t.issued_at for t in call.store.list_all(Token, account.appid) if t.forced]
    today = [at for at in forced if quota.day(at) == quota.day(call.now)]
    gap = call.sandbox.config.forced_refresh_gap_seconds
    return len(today) < FORCED_PER_DAY and all(call.now - at >= gap for at in today)


def _issue(call: Call, account: AccountConfig, family: Family, *, forced: bool) -> Token:
    _forget_old(call, account)
    token = Token(
        appid=account.appid,
        key=f"87_{secrets.token_urlsafe(96)}",
        family=family,
        issued_at=call.now,
        expires_at=call.now + call.sandbox.config.token_lifetime_seconds,
        forced=forced,
    )
    call.store.put(token)
    return token


def _forget_old(call: Call, account: AccountConfig) -> None:
    for token in call.store.list_all(Token, account.appid):
        if token.expires_at < call.now - 86_400:
            call.store.delete(token)


def _reply(call: Call, token: Token) -> Answer:
    return {"access_token": token.key, "expires_in": int(token.expires_at - call.now)}


ENDPOINTS = (
    Endpoint(path="/cgi-bin/token", handler=get_token, methods=("GET", "POST"), needs_token=False),
    Endpoint(path="/cgi-bin/stable_token", handler=get_stable_token, needs_token=False),
)
