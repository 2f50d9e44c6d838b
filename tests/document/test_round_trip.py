"""HTML in and out: nothing of a document is lost on the way, and no text of foreign HTML either."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tests.document.strategies import documents
from tests.thorough import examples
from webapp.document.from_html import from_html
from webapp.document.model import Document, walk
from webapp.document.to_html import to_html
from webapp.kernel.richtext import BLOCK_TAGS, INLINE_TAGS, clean

relaxed = settings(
    max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def written(document: Document) -> str:
    return to_html(document, image_url=lambda asset: f"asset:{asset}")


def read(html: str) -> Document:
    return from_html(html, asset_for=lambda address: address.removeprefix("asset:")).document


def letters(text: str) -> str:
    return re.sub(r"[ \t\n\r\f]+", "", text)


@relaxed
@given(documents())
def test_a_document_written_as_html_and_read_again_is_the_same(document: Document):
    assert read(written(document)) == document


@relaxed
@given(documents())
def test_the_gate_for_foreign_html_leaves_our_own_html_as_it_means(document: Document):
    assert read(clean(written(document))) == document


@relaxed
@given(documents())
def test_json_round_trips_and_equal_documents_have_equal_bytes(document: Document):
    again = Document.parse(document.to_json())
    assert again == document
    assert again.canonical() == document.canonical()


_tags = sorted((BLOCK_TAGS | INLINE_TAGS | {"script", "style", "blink", "svg"}) - {"img"})
_scraps = st.one_of(
    st.sampled_from(_tags).map(lambda tag: f"<{tag}>"),
    st.sampled_from(_tags).map(lambda tag: f"</{tag}>"),
    st.sampled_from(
        [
            "<div data-gallery=slide>",
            '<p style="text-align:center;font-weight:bold">',
            '<a href="https://example.org/x">',
            "<img src=/1.png alt=图>",
            "<td colspan=3>",
            "<span style='color:red;font-style:italic'>",
        ]
    ),
    st.text("中文ab ，\n\t&<>", min_size=1, max_size=6),
)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(_scraps, max_size=40).map("".join))
def test_no_text_is_lost_or_reordered_whatever_the_html(html: str):
    cleaned = clean(html)
    body = LexborHTMLParser(cleaned).body
    shown = "" if body is None else body.text()
    document = from_html(cleaned, asset_for=lambda address: "a").document
    kept = "".join(node.text or "" for node in walk(document))
    assert letters(kept) == letters(shown)


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(_scraps, max_size=40).map("".join))
def test_no_picture_is_lost_or_reordered_whatever_the_html(html: str):
    tree = LexborHTMLParser(clean(html))
    addresses = [f"asset:{number}" for number, _ in enumerate(tree.css("img"))]
    for picture, address in zip(tree.css("img"), addresses, strict=True):
        picture.attrs["src"] = address
    document = read(tree.html or "")
    figures = [node for node in walk(document) if node.type == "figure"]
    assert [f"asset:{figure.string('asset')}" for figure in figures] == addresses
