from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.settings import Settings
from webapp.notices.senders import refuse_unknown_host
from webapp.notices.service import Wanted
from webapp.notices.workflow import PERSONAL, ChannelKind, Kind, Mode

_MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
NAME_MAX_CHARACTERS = 60
ADDRESS_MAX_CHARACTERS = 500


def parse_mail_address(value: str, field: str = "address") -> str:
    value = value.strip()
    if len(value) > 254 or not _MAIL.fullmatch(value):
        raise Invalid.of_field(field, "邮箱地址写得不对，没有改动。")
    return value


def parse_preference(form: Mapping[str, str]) -> tuple[Mode, str]:
    mode, address = form.get("mode", ""), form.get("address", "").strip()
    if mode not in set(Mode):
        raise Invalid.of_field("mode", "选一种收法，没有改动。")
    return Mode(mode), parse_mail_address(address) if address else ""


def parse_channel(form: Any, settings: Settings) -> Wanted:
    """Raises Invalid with all that is wrong."""
    kind, name = form.get("kind", ""), form.get("name", "").strip()
    address, secret = form.get("address", "").strip(), form.get("secret", "").strip()
    kinds = tuple(k for k in Kind if k in form.getlist("kinds") and k not in PERSONAL)
    errors = []
    if kind not in set(ChannelKind):
        raise Invalid.of_field("kind", "选一种去处，没有添加。")
    if not 1 <= len(name) <= NAME_MAX_CHARACTERS:
        errors.append(FieldError("name", f"起个名字，最长 {NAME_MAX_CHARACTERS} 字。"))
    if not kinds:
        errors.append(FieldError("kinds", "至少选一类提醒。"))
    try:
        hint = _hint(ChannelKind(kind), address, settings)
    except Invalid as wrong:
        errors += wrong.fields
    if errors:
        raise Invalid("有几处要改，没有添加。", fields=errors)
    return Wanted(kind=ChannelKind(kind), name=name, address=address, secret=secret[:200],
                  kinds=kinds, hint=hint)  # fmt: skip


def _hint(kind: ChannelKind, address: str, settings: Settings) -> str:
    if kind is ChannelKind.EMAIL:
        return parse_mail_address(address)
    if len(address) > ADDRESS_MAX_CHARACTERS:
        raise Invalid.of_field("address", "地址太长，没有添加。")
    refuse_unknown_host(kind, address, settings)
    return f"{urlsplit(address).hostname} …{address[-4:]}"


def parse_moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
    except ValueError:
        raise Invalid.of_field("at", "撤销的标记不对，没有改动。") from None
    return moment
