"""Links that a reader outside the house could not open. Outside links as such are fine: they become footnotes."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from webapp.checks.model import Finding
from webapp.checks.passages import Case
from webapp.checks.reporting import about, at_raw

_HOUSE_ENDINGS = (
    ".local",
    ".lan",
    ".internal",
    ".intranet",
    ".localdomain",
    ".home",
    ".corp",
    ".test",
    ".invalid",
)


def check(case: Case) -> Iterator[Finding]:
    for block in case.blocks:
        for start, end, href in block.links:
            parts = _parts(href)
            if parts is None or parts.scheme not in ("http", "https"):
                yield at_raw(
                    "link.scheme",
                    block,
                    (start, end),
                    f"链接“{href[:60]}”不是网页地址，公众号里打不开，请把内容写成文字。",
                )
            elif not is_public(parts.hostname or ""):
                yield at_raw("link.unreachable", block, (start, end), _unreachable(parts))
    source = _parts(case.subject.source_url)
    # One without a host is wrong altogether, and `platform_limits` says so.
    if source and source.hostname and not is_public(source.hostname):
        yield about("link.unreachable", _unreachable(source), field="source_url")


def _parts(url: str) -> SplitResult | None:
    """None for what is no address at all."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def _unreachable(parts: SplitResult) -> str:
    return f"链接指向“{parts.hostname or ''}”，这是本机、内网或数字地址，读者打不开，请换成公开的网址。"


def is_public(host: str) -> bool:
    """A name with a dot, not of the house, and no IP address in any of its spellings."""
    host = host.rstrip(".").lower()
    if "." not in host or ":" in host or host.endswith(_HOUSE_ENDINGS):
        return False
    if host.rsplit(".", 1)[-1].isdigit():
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False
