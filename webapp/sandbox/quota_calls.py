"""The calls that ask for quotas and clear them, and the one that shows a past request by its rid."""

from webapp.sandbox import quota
from webapp.sandbox.calls import OK, Answer, Call, Endpoint, text
from webapp.sandbox.errors import Refused
from webapp.sandbox.records import CallLog, Counter
from webapp.sandbox.tokens import account_of

CLEARS_PER_MONTH = 10
RID_SECONDS = 7 * 86_400


def clear_quota(call: Call) -> Answer:
    if text(call.json(), "appid", "", missing=41002) != call.appid:
        raise Refused(40013)
    return _clear(call, call.appid)


def clear_quota_v2(call: Call) -> Answer:
    """By AppSecret, in the query or the body; shares the ten clears a month."""
    in_query = "appid" in call.request.args
    given = call.request.args if in_query else {k: str(v) for k, v in call.json().items()}
    return _clear(call, account_of(call, given.get("appid"), given.get("appsecret")).appid)


def _clear(call: Call, appid: str) -> Answer:
    if quota.add(call, appid, f"{quota.month(call.now)}|clear_quota") > CLEARS_PER_MONTH:
        raise Refused(48006)
    for counter in call.store.list_all(Counter, appid):
        if not counter.key.endswith("|clear_quota"):
            call.store.delete(counter)
    return OK


def get_quota(call: Call) -> Answer:
    path = text(call.json(), "cgi_path", "")
    if path not in call.known_paths:
        raise Refused(76021)
    limit = quota.daily_limit(call, path)
    spent = min(limit, quota.used(call, call.appid, f"{quota.day(call.now)}|{path}"))
    return {
        **OK,
        "quota": {"daily_limit": limit, "used": spent, "remain": limit - spent},
        "rate_limit": {"call_count": quota.minute_limit(call, path), "refresh_second": 60},
    }


def get_rid(call: Call) -> Answer:
    log = call.store.find_anywhere(CallLog, text(call.json(), "rid", ""))
    if log is None or call.now - log.time > RID_SECONDS:
        raise Refused(76001)
    if log.appid not in ("", call.appid):
        raise Refused(76003)
    return {
        **OK,
        "request": {
            "invoke_time": int(log.time),
            "cost_in_ms": log.cost_ms,
            "request_url": log.query,
            "request_body": log.request_body,
            "response_body": log.response_body,
            "client_ip": log.client_ip,
        },
    }


def get_addresses(call: Call) -> Answer:
    return {"ip_list": ["127.0.0.1"]}


ENDPOINTS = (
    Endpoint(path="/cgi-bin/clear_quota", handler=clear_quota),
    Endpoint(path="/cgi-bin/clear_quota/v2", handler=clear_quota_v2, needs_token=False),
    Endpoint(path="/cgi-bin/openapi/quota/get", handler=get_quota),
    Endpoint(path="/cgi-bin/openapi/rid/get", handler=get_rid),
    Endpoint(path="/cgi-bin/get_api_domain_ip", handler=get_addresses, methods=("GET", "POST")),
    Endpoint(path="/cgi-bin/getcallbackip", handler=get_addresses, methods=("GET", "POST")),
)
