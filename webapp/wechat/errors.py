"""What can go wrong with the platform, as one tree.

GatewayError           `permanent`: repeating will not help until somebody changes something
├── NotReached         sent "no":    the request certainly did not arrive; repeating is safe
├── OutcomeUnknown     sent "maybe": it may have taken effect; look before repeating
└── Refused            sent "yes":   the platform read it and said no; nothing changed there
    ├── BadCredential        AppID, AppSecret or access token
    ├── AddressNotAllowed    `ip` is not on the allow-list
    ├── NoRight              the account may not use this interface
    ├── QuotaUsedUp          not again today (or this month)
    ├── TooFast              not again within a minute
    ├── BadContent           text, fields or links of an article
    │   └── TooLong          a field over its limit
    ├── BadFile              an uploaded picture
    ├── MissingMaterial      a media_id (draft, cover) that does not exist there, or no longer
    ├── NotThere             a publish job or publication that does not exist there
    ├── DraftNotPublishable  a person must open the draft in the console first
    └── NeedsAdmin           waits for, or was refused by, the account's administrator

No token and no secret gets in here: whatever comes from outside goes through `scrub`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Literal

from webapp.kernel.errors import TongxinError

Sent = Literal["no", "maybe", "yes"]

ERRMSG_MAX = 300

_SECRET_PAIR = re.compile(
    r"""((?:access_token|secret|appsecret|refresh_token)["']?\s*[=:]\s*["']?)[^\s"'&,;)}\]]+""",
    re.IGNORECASE,
)
_RID = re.compile(r"rid:\s*([0-9a-f]+(?:-[0-9a-f]+)*)")
_ADDRESS = re.compile(r"invalid ip\s+(\S+?)(?:,|\s|$)(?:ipv6\s+([0-9A-Fa-f:.]+))?")


def scrub(text: str, hide: Iterable[str] = ()) -> str:
    """`text` without the strings of `hide` and without the value of anything that is called a token or a secret."""
    for secret in hide:
        if secret:
            text = text.replace(secret, "***")
    return _SECRET_PAIR.sub(r"\1***", text)


def rid_of(errmsg: str) -> str:
    """The request id that the platform's support asks for, or ""."""
    match = _RID.search(errmsg)
    return match.group(1) if match else ""


def ip_of(errmsg: str) -> str:
    """The address that the platform saw, from `invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist`, or ""."""
    match = _ADDRESS.search(errmsg)
    for candidate in match.groups() if match else ():
        try:
            address = ipaddress.ip_address(candidate or "")
        except ValueError:
            continue
        mapped = getattr(address, "ipv4_mapped", None)
        return str(mapped or address)
    return ""


class GatewayError(TongxinError):
    """`errmsg` is the platform's own text (scrubbed, at most 300 characters), for the log and the curious."""

    code = "gateway_error"
    permanent = False
    sent: Sent = "maybe"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        errcode: int | None = None,
        errmsg: str = "",
        hide: Iterable[str] = (),
    ) -> None:
        hide = tuple(hide)
        super().__init__(scrub(message, hide), code=code)
        self.errcode = errcode
        self.rid = rid_of(errmsg)
        self.errmsg = scrub(errmsg, hide)[:ERRMSG_MAX]


class NotReached(GatewayError):
    code = "wechat_not_reached"
    sent: Sent = "no"


class OutcomeUnknown(GatewayError):
    code = "wechat_outcome_unknown"


class Refused(GatewayError):
    """`reply` holds what else the platform answered, such as the `msg_id` of 45065."""

    code = "wechat_refused"
    permanent = True
    sent: Sent = "yes"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        errcode: int | None = None,
        errmsg: str = "",
        hide: Iterable[str] = (),
        reply: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, code=code, errcode=errcode, errmsg=errmsg, hide=hide)
        self.reply = {k: v for k, v in (reply or {}).items() if k not in ("errcode", "errmsg")}


class BadCredential(Refused):
    code = "wechat_bad_credential"


class AddressNotAllowed(Refused):
    code = "wechat_ip_not_allowed"

    @property
    def ip(self) -> str:
        """The address to put on the allow-list, or "" when the platform did not say it."""
        return ip_of(self.errmsg)


class NoRight(Refused):
    code = "wechat_no_right"


class QuotaUsedUp(Refused):
    code = "wechat_quota_used_up"
    permanent = False


class TooFast(Refused):
    code = "wechat_too_fast"
    permanent = False


class BadContent(Refused):
    code = "wechat_bad_content"


class TooLong(BadContent):
    code = "wechat_too_long"


class BadFile(Refused):
    code = "wechat_bad_file"


class MissingMaterial(Refused):
    code = "wechat_missing_material"


class NotThere(Refused):
    code = "wechat_not_there"


class DraftNotPublishable(Refused):
    code = "wechat_draft_not_publishable"


class NeedsAdmin(Refused):
    code = "wechat_needs_admin"
    permanent = False
