from __future__ import annotations

import gzip
from pathlib import Path

from flask import Flask

from webapp.kernel.statics import static_url

EDITOR = "editor/editor.min.js"


def address_of(app: Flask, name: str) -> str:
    with app.test_request_context():
        return static_url(name)


def test_a_script_is_packed_for_those_who_unpack(app: Flask):
    client, raw = app.test_client(), Path(app.static_folder or "", EDITOR).read_bytes()
    packed = client.get(f"/static/{EDITOR}", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.data) == raw
    assert len(packed.data) < len(raw) / 2
    plain = client.get(f"/static/{EDITOR}", buffered=True)
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert plain.data == raw


def test_a_packed_script_that_did_not_change_is_not_sent_again(app: Flask):
    client, headers = app.test_client(), {"Accept-Encoding": "gzip"}
    tag = client.get(f"/static/{EDITOR}", headers=headers).headers["ETag"]
    again = client.get(
        f"/static/{EDITOR}", headers={**headers, "If-None-Match": tag}, buffered=True
    )
    assert again.status_code == 304


def test_what_stands_under_a_versioned_address_is_kept_for_good(app: Flask):
    client = app.test_client()
    address = address_of(app, "css/base.css")
    assert "v=" in address
    assert "immutable" in client.get(address, buffered=True).headers["Cache-Control"]
    assert "immutable" not in client.get("/static/css/base.css", buffered=True).headers.get(
        "Cache-Control", ""
    )


def test_a_page_is_never_packed_since_it_holds_a_form_token(app: Flask):
    page = app.test_client().get("/login", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in page.headers
