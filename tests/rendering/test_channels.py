"""For every document: what goes out is fit and safe, and all channels carry the same text and pictures in one order."""

from __future__ import annotations

import re

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tests.document.strategies import documents
from tests.rendering.gate import ATTRIBUTES, TAGS, assert_fit_for_wechat
from tests.rendering.samples import THEMES, piece, theme
from tests.thorough import examples
from webapp.document.model import Document, Node, asset_ids, rewritten, walk
from webapp.document.text import is_empty
from webapp.rendering import website
from webapp.rendering.model import Credit
from webapp.rendering.newspic import render_newspic
from webapp.rendering.wechat import _Writer, render

themes = st.sampled_from([theme(name) for name in THEMES])
thorough = settings(max_examples=examples(25), deadline=None)

# Letters that no marker, number, note, hint or credit of a renderer uses.
LETTERS = "天地玄黄宇宙洪荒日月盈昃"


def in_letters(document: Document) -> Document:
    """The same document with every letter exchanged for one of LETTERS; blanks stay where they are."""

    def exchange(node: Node) -> Node:
        if node.text is None:
            return node
        text = "".join(c if c.isspace() else LETTERS[ord(c) % len(LETTERS)] for c in node.text)
        return Node("text", text=text, marks=node.marks)

    return Document.of(rewritten(document.content, exchange))


def letters_of(html: str) -> str:
    body = LexborHTMLParser(html).body
    text = "" if body is None else body.text()
    return letters_in(text)


def letters_in(text: str) -> str:
    return "".join(c for c in text if c in LETTERS)


def pictures_of(html: str) -> list[str]:
    images = LexborHTMLParser(html).css("img")
    return [(image.attributes["src"] or "").removeprefix("asset:") for image in images]


def without_notes(html: str, title: str) -> str:
    return html.rpartition(f"<strong>{title}</strong>")[0] or html


@thorough
@given(documents(), themes)
def test_every_document_comes_out_fit_for_wechat(document, look):
    rendered = render(piece(document, marker="m1"), look)
    assert_fit_for_wechat(rendered.html)
    assert rendered.characters == len(rendered.html)
    assert rendered.bytes == len(rendered.html.encode())


@thorough
@given(documents(), themes)
def test_a_sanitizer_finds_nothing_to_take_away(document, look):
    html = render(piece(document, marker="m1"), look).html
    attributes = {tag: ATTRIBUTES.get(tag, {"style"}) for tag in TAGS}
    schemes = {"http", "https", "asset"}
    cleaned = nh3.clean(html, tags=TAGS, attributes=attributes, url_schemes=schemes, link_rel=None)
    unchanged = nh3.clean(
        cleaned, tags=TAGS, attributes=attributes, url_schemes=schemes, link_rel=None
    )
    body = LexborHTMLParser(html).body
    again = LexborHTMLParser(cleaned).body
    assert body is not None
    assert again is not None
    assert again.inner_html == body.inner_html
    assert unchanged == cleaned


@thorough
@given(documents(), themes)
def test_both_channels_carry_the_documents_text_and_pictures_in_its_order(document, look):
    document = in_letters(document)
    text = "".join(n.text or "" for n in walk(document))
    letters = "".join(c for c in text if c in LETTERS)
    pictures = [n.string("asset") for n in walk(document) if n.type == "figure"]
    article = piece(document)
    wechat = render(article, look).html
    page = website.render(article, look)
    assert letters_of(without_notes(wechat, look.notes.title)) == letters == letters_of(page)
    assert pictures_of(wechat) == pictures == pictures_of(page)
    assert render(article, look).assets == tuple(dict.fromkeys(pictures))


@thorough
@given(documents())
def test_a_picture_message_loses_no_letter_and_no_picture(document):
    """Captions come after the text there, so the order is that of each."""
    document = in_letters(document)
    inside = [n for n in walk(document) if n.holds_text]
    words, captions = (
        ["".join(c.text or "" for c in n.content) for n in inside if (n.type == "figure") is told]
        for told in (False, True)
    )
    newspic = render_newspic(piece(document))
    letters = letters_in(newspic.text)
    body = letters_in("".join(words))
    assert letters.startswith(body)
    told = {caption.strip() for caption in captions if caption.strip()}
    assert all(letters_in(caption) in letters[len(body) :] for caption in told)
    assert newspic.assets == asset_ids(document)


@thorough
@given(documents(), themes)
def test_the_two_forms_say_the_same(document, look):
    article = piece(in_letters(document))
    full = render(article, look).html
    short = _Writer(article, look, "compact").article()
    assert_fit_for_wechat(short)
    title = look.notes.title
    assert letters_of(without_notes(full, title)) == letters_of(without_notes(short, title))
    assert pictures_of(full) == pictures_of(short)
    assert len(short) <= len(full)


@thorough
@given(documents(), themes, st.text(max_size=20))
def test_the_website_is_safe_too(document, look, name):
    article = piece(document, credits=(Credit(label="编辑", names=name),))
    page = website.render(article, look)
    assert not re.search(r"<script|<style|\son\w+=|style=", re.sub(r'"[^"]*"', '""', page))
    balance = re.sub(r"<(?:br|hr|img)[^>]*>", "", page)
    assert len(re.findall(r"<[a-z]", balance)) == len(re.findall(r"</[a-z]", balance))


@pytest.mark.parametrize("name", THEMES)
def test_the_empty_document_leaves_only_the_outermost_section(name: str):
    html = render(piece(Document.of([])), theme(name)).html
    assert re.fullmatch(r'<section style="[^"]*"></section>', html)


@thorough
@given(documents())
def test_rendering_leaves_out_only_what_nobody_sees(document):
    seen = Document.of(block for block in document.content if not is_empty(block))
    look = theme()
    assert render(piece(seen), look).html == render(piece(document), look).html
