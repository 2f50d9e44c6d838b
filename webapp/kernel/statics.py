"""Static files: an address that changes with the file, kept by browsers for good, and packed on the way.

Only static files are packed: a page holds form tokens, and packed secrets beside what a visitor sent can be guessed by
their length (BREACH, CVE-2013-3587). Packed once a file and change, in memory.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, current_app, request, url_for

YEAR_SECONDS = 365 * 24 * 3600
PACKED_ENDINGS = frozenset({".js", ".css", ".svg", ".json", ".txt"})
PACKED_FROM_BYTES = 1_400
"""Less fits into one network packet as it is."""


@lru_cache(maxsize=256)
def _version(path: Path, _changed_at: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:10]


@lru_cache(maxsize=128)
def _packed(path: Path, _changed_at: int) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)


def _path_of(name: str) -> Path:
    return Path(current_app.static_folder or "") / name


def static_url(name: str) -> str:
    path = _path_of(name)
    if not path.is_file():
        return url_for("static", filename=name)
    return url_for("static", filename=name, v=_version(path, path.stat().st_mtime_ns))


def _is_worth_packing(path: Path, response: Response) -> bool:
    return (
        response.status_code == 200
        and request.method == "GET"
        and "Range" not in request.headers
        and path.suffix in PACKED_ENDINGS
        and (response.content_length or 0) >= PACKED_FROM_BYTES
    )


def _pack(path: Path, response: Response) -> None:
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"]:
        return
    response.response.close()  # type: ignore[union-attr]  # send_file left the file open
    response.direct_passthrough = False
    response.set_data(_packed(path, path.stat().st_mtime_ns))
    response.headers["Content-Encoding"] = "gzip"
    tag, _is_weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)


def _finish(response: Response) -> Response:
    if request.endpoint != "static":
        return response
    if request.args.get("v") and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    path = _path_of((request.view_args or {}).get("filename", ""))
    if _is_worth_packing(path, response):
        _pack(path, response)
    return response


def install(app: Flask) -> None:
    app.after_request(_finish)
