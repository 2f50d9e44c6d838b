"""The pictures of an archive: one for every second article, which is its cover too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bench.corpus import AUTHORS, TOPICS
from webapp.kernel.search import grams, normalise

_ARTWORK = 10
"""One picture of so many is an artwork."""

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def asset_id(number: int) -> str:
    return checksum("asset", number)[:24]


def checksum(kind: str, number: int) -> str:
    return hashlib.sha256(f"{kind} {number}".encode()).hexdigest()


def hang(rows: Rows, number: int, uploaded_by: int, at: datetime) -> None:
    """The rows of one picture."""
    rows["asset"].append(_asset(number, uploaded_by, at))
    rows["artwork"].extend(_artwork(number))
    rows["asset_text"].append(_asset_text(number))


def _asset(number: int, uploaded_by: int, at: datetime) -> Row:
    return {
        "id": asset_id(number),
        "checksum": checksum("asset", number),
        **_said(number),
        "mime": "image/jpeg",
        "bytes": 240_000,
        "width": 1_080,
        "height": 720,
        "key": f"assets/{asset_id(number)}",
        "focal_x": 0.5,
        "focal_y": 0.5,
        "uploaded_by": uploaded_by,
        "created_at": at,
    }


def said_of(rows: Rows) -> list[tuple[int, str]]:
    """(number, its grams) of what is said of the pictures among the rows."""
    return [(row["id"], grams(row["normalised"])) for row in rows["asset_text"]]


def _asset_text(number: int) -> Row:
    asset = _said(number)
    artworks = [(row["title"], row["artist"]) for row in _artwork(number)]
    words = [asset["name"], asset["alt"], asset["credit"], *(w for pair in artworks for w in pair)]
    return {
        "id": number,
        "asset_id": asset_id(number),
        "is_artwork": bool(artworks),
        "normalised": normalise("\n".join(words)),
    }


def _said(number: int) -> Row:
    return {"name": f"现场{number}.jpg", "alt": "志愿者在路口值守", "credit": "摄影 张三"}


def _artwork(number: int) -> Iterator[Row]:
    if number % _ARTWORK == 0:
        yield {
            "asset_id": asset_id(number),
            "title": f"{TOPICS[number % len(TOPICS)]}（之{number}）",
            "artist": AUTHORS[number % len(AUTHORS)],
            "medium": "纸本水墨",
            "size": "68 × 68",
            "year": "2020",
            "transcription": "",
            "consent": True,
        }


def cover(number: int) -> str | None:
    return asset_id(number // 2) if number >= 2 else None


def uses(number: int) -> Iterator[Row]:
    """The picture in the text is the cover too."""
    if shown := cover(number):
        yield {"article_id": number, "asset_id": shown}
