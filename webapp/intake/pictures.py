"""Pictures that come with a text, under provisional ids, each content once."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from webapp.intake.bounds import PICTURES_MAX

Fetch = Callable[[str], bytes | None]
"""The bytes at a web address, or None. The caller decides whether to go there at all: this room has no network."""

_SIGNATURES = (
    re.compile(rb"\x89PNG\r\n\x1a\n"),
    re.compile(rb"\xff\xd8\xff"),
    re.compile(rb"GIF8[79]a"),
    re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    re.compile(rb"BM.{4}\x00\x00\x00\x00", re.DOTALL),
    re.compile(rb"II\*\x00|MM\x00\*"),
    re.compile(rb".{4}ftyp(?:avif|avis|heic|heix|mif1)", re.DOTALL),
)
_DATA_ADDRESS = re.compile(
    r"data:image/[\w.+-]{1,40}(?:;[\w=-]{1,40})*;base64,([A-Za-z0-9+/=\s]*)", re.I
)


def fetch_nothing(_address: str) -> bytes | None:
    return None


class Pictures:
    """Takes at most PICTURES_MAX pictures; what is no bitmap (EMF, WMF, SVG) is not taken."""

    def __init__(self, fetch: Fetch = fetch_nothing) -> None:
        self._fetch = fetch
        self._ids: dict[bytes, str] = {}
        self._fetched: dict[str, str | None] = {}

    @property
    def by_id(self) -> Mapping[str, bytes]:
        return MappingProxyType({asset: data for data, asset in self._ids.items()})

    def add(self, data: bytes) -> str | None:
        if data in self._ids:
            return self._ids[data]
        if len(self._ids) >= PICTURES_MAX or not any(s.match(data) for s in _SIGNATURES):
            return None
        return self._ids.setdefault(data, f"import:{len(self._ids) + 1}")

    def asset_for(self, address: str) -> str | None:
        if address in self._ids.values():
            return address
        full = f"https:{address}" if address.startswith("//") else address
        if not full.startswith(("http://", "https://")):
            return None
        if full not in self._fetched:
            data = self._fetch(full)
            self._fetched[full] = self.add(data) if data else None
        return self._fetched[full]

    def take_embedded(self, html: str) -> str:
        """The HTML with `data:` pictures taken out and named by their ids; what is broken or no picture loses its address."""
        return _DATA_ADDRESS.sub(lambda match: self._take(match[1]) or "", html)

    def _take(self, encoded: str) -> str | None:
        try:
            return self.add(base64.b64decode(re.sub(r"\s", "", encoded), validate=True))
        except binascii.Error:
            return None
