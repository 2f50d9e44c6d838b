"""A request as a handler sees it, the endpoint that it reached, and the answer.

Bodies are read as bytes and parsed whatever Content-Type says: clients in the field send none. A form-encoded body is no
JSON and so 47001. `\\uXXXX` is kept as the six characters that came, as the platform was measured to do (title, author and
text then show them); bytes that are no UTF-8 are 40033.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from pydantic import JsonValue

from webapp.sandbox.config import AccountConfig
from webapp.sandbox.errors import Refused
from webapp.sandbox.sandbox import Sandbox
from webapp.sandbox.settings import AccountSettings, Settings
from webapp.sandbox.store import Store

Object: TypeAlias = dict[str, JsonValue]

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)


class Right(StrEnum):
    """Groups of calls that a kind of account has or lacks."""

    BASIC = "basic"
    PUBLISH = "publish"
    MASS = "mass"
    MASS_OPENID = "mass_openid"
    COMMENT = "comment"
    STATS = "stats"


@dataclass(frozen=True)
class Upload:
    filename: str
    data: bytes


@dataclass(frozen=True)
class Raw:
    """An answer that is not JSON: a downloaded file."""

    data: bytes
    content_type: str
    filename: str


@dataclass(frozen=True)
class PlainText:
    """JSON sent as text/plain without a charset, as draft/get was measured to do."""

    body: Object


Answer: TypeAlias = Object | Raw | PlainText


@dataclass(frozen=True, kw_only=True)
class Request:
    method: str
    path: str
    args: Mapping[str, str]
    body: bytes
    upload: Upload | None
    form: Mapping[str, str]
    client_ip: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """`account` is who the token belongs to; calls that need no token identify the account themselves."""

    sandbox: Sandbox
    request: Request
    now: float
    known_account: AccountConfig | None = None
    known_paths: frozenset[str] = frozenset()

    @property
    def account(self) -> AccountConfig:
        if self.known_account is None:
            raise Refused(41001)
        return self.known_account

    @property
    def appid(self) -> str:
        return self.account.appid

    @property
    def store(self) -> Store:
        return self.sandbox.store

    @property
    def settings(self) -> Settings:
        return self.sandbox.settings

    @property
    def account_settings(self) -> AccountSettings:
        return self.settings.accounts[self.appid]

    def json(self) -> Object:
        return parse_body(self.request.body)


Handler: TypeAlias = Callable[[Call], Answer]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    path: str
    handler: Handler
    right: Right = Right.BASIC
    methods: tuple[str, ...] = ("POST",)
    needs_token: bool = True


def parse_body(body: bytes) -> Object:
    if not body.strip():
        raise Refused(44002)
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(40033) from error
    try:
        value = json.loads(_ESCAPE.sub(_keep_escape, text), strict=False)
    except (ValueError, RecursionError) as error:
        raise Refused(47001) from error
    if not isinstance(value, dict):
        raise Refused(47001)
    return value


def _keep_escape(match: re.Match[str]) -> str:
    return (
        "\\" + match.group(0)
        if match.group(1)[0] == "u" and len(match.group(1)) == 5
        else match.group(0)
    )


def text(body: Object, name: str, default: str | None = None, *, missing: int = 47001) -> str:
    """A string, or a number written as one (ids travel both ways); `missing` is the code for none at all."""
    value = body.get(name)
    if value is None:
        if default is None:
            raise Refused(missing)
        return default
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused(47001)
    return str(value)


def integer(body: Object, name: str, default: int | None = None) -> int:
    value = body.get(name, default)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,18}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(47001)
    return value


def flag(body: Object, name: str) -> int:
    """0 or 1. The platform takes true and false too, though it documents numbers."""
    value = body.get(name, 0)
    if isinstance(value, str) and value in ("0", "1"):
        value = int(value)
    if value not in (0, 1):
        raise Refused(47001)
    return int(bool(value))


def page(body: Object, largest: int = 20) -> tuple[int, int]:
    """`offset` from 0 and `count` from 1 to `largest`; 40035 beyond."""
    offset, count = integer(body, "offset", 0), integer(body, "count", largest)
    if offset < 0 or not 1 <= count <= largest:
        raise Refused(40035)
    return offset, count


OK: Object = {"errcode": 0, "errmsg": "ok"}
