"""Refusals as the platform words them, and the tail it hangs on every one.

Codes and texts: https://developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html (read 2026-11). The tail
varies on the live platform (` rid: …`, sometimes ` hint: [xxx] rid: …`), so clients must match on the number alone; here
even codes carry a hint and odd ones do not, that a client meets both.
"""

import secrets

GUIDE = "could get access_token by getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r"

MESSAGES: dict[int, str] = {
    -1: "system error",
    40001: f"invalid credential, access_token is invalid or not latest, {GUIDE}",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid meida size",
    40007: "invalid media_id",
    40009: "invalid image size",
    40013: "invalid appid",
    40014: "invalid access_token",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40035: "invalid parameter",
    40059: "invalid msg id",
    40066: "invalid url",
    40114: "invalid index",
    40125: "invalid appsecret",
    40130: "invalid openid list size, at least two openid",
    40137: "invalid image format",
    40152: "invalid tag id",
    40164: "invalid ip, not in whitelist",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    41039: "invalid content_source_url",
    42001: f"access_token expired, {GUIDE}",
    43001: "require GET method",
    43002: "require POST method",
    44001: "empty media data",
    44002: "empty post data",
    44003: "empty news data",
    44004: "empty content",
    45001: "media size out of limit",
    45002: "content size out of limit",
    45003: "title size out of limit",
    45004: "description size out of limit",
    45005: "url size out of limit",
    45008: "article size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45028: "has no masssend quota",
    45065: "clientmsgid exist",
    45067: "clientmsgid size out of limit",
    45083: "invalid mass send speed",
    45110: "author size out of limit",
    45166: "invalid content",
    46001: "media data no exist",
    47001: "data format error",
    48001: "api unauthorized",
    48006: "forbid to clear quota because of reaching the limit",
    53502: "invalid publish_id",
    53600: "article id not exists",
    61500: "date format error",
    61501: "date range error",
    61503: "data not ready, please try later",
    76001: "rid not found",
    76003: "could not query this rid for no permission",
    76021: "cgi_path not found",
    88000: "without comment privilege",
    88001: "msg_data is not exists",
    88003: "elected comment upper limit",
    88005: "already reply",
    88007: "reply content beyond max len or content len is zero",
    88008: "comment is not exists",
    88010: "count range error. cout <= 0 or count > 50",
}


class Refused(Exception):
    """A business error: HTTP 200 with `errcode`. `extra` joins the body (45065 names the earlier job)."""

    def __init__(
        self, errcode: int, errmsg: str | None = None, *, extra: dict[str, int] | None = None
    ) -> None:
        super().__init__(errcode)
        self.errcode = errcode
        self.errmsg = errmsg if errmsg is not None else MESSAGES.get(errcode, "unknown error")
        self.extra = extra or {}


class Dropped(Exception):
    """The connection is to be closed without an answer."""


class BadControl(Exception):
    """A request to `/_sandbox/…` that makes no sense; the message is a Chinese sentence for whoever wrote the test."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def new_rid(now: float) -> str:
    return f"{int(now) & 0xFFFFFFFF:08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"


def tail(errcode: int, rid: str) -> str:
    hint = f" hint: [{rid[9:15]}-0]" if errcode % 2 == 0 else ""
    return f"{hint} rid: {rid}"
