"""Markdown: CommonMark with tables and strike-through.

What is HTML in it goes the way of all foreign HTML, and then the whole text with it, since a tag may open in one block and
close in another; without any, `commonmark` reads it straight into a document, in a tenth of the time.
"""

from __future__ import annotations

import re
from html import escape

from webapp.document.fitting import Loss, fitted_document
from webapp.document.model import Node, node
from webapp.intake.bounds import (
    MARKDOWN_MAX_BRACKETS,
    MARKDOWN_MAX_DEFINITION_LINES,
    MARKDOWN_MAX_EMPHASIS,
    TEXT_MAX_CHARS,
)
from webapp.intake.commonmark import Tree
from webapp.intake.decoding import normalize_newlines
from webapp.intake.html import import_markup, summed
from webapp.intake.layout import lay_out, text_too_long
from webapp.intake.model import Imported, TitleRule
from webapp.intake.pictures import Fetch, Pictures, fetch_nothing
from webapp.intake.steps.options import Options
from webapp.kernel.errors import TooLarge
from webapp.kernel.richtext import printable

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n((?:[^\n]{0,500}\n){0,50}?)---[ \t]*(?:\n|\Z)")
_DEFINITION = re.compile(r"\]:")
_FIELD = re.compile(r"^([\w-]{1,40})[ \t]*:[ \t]*(.*)$", re.MULTILINE)


def from_markdown(
    source: str, *, fetch: Fetch = fetch_nothing, options: Options | None = None
) -> Imported:
    """The title is the `title` of a front matter, or a level-1 heading at the very beginning.

    Raises TooLarge (`text_too_long`, `markdown_too_many_links`, `markdown_too_many_marks`), Invalid (`markdown_too_deep`, `empty_import`).
    """
    text = printable(normalize_newlines(source))
    if len(text) > TEXT_MAX_CHARS:
        raise text_too_long(len(text))
    _refuse_slow(text)
    title, losses, text = _front_matter(text)
    tree = Tree(text)
    rule = TitleRule.FIRST_HEADING if title or tree.begins_with_title else TitleRule.NONE
    pictures = Pictures(fetch)
    if tree.has_html:
        heading = f"<h1>{escape(title)}</h1>\n" if title else ""
        html = pictures.take_embedded(heading + tree.html)
        losses += tree.dead_links()
        return import_markup(html, title=rule, pictures=pictures, losses=losses, options=options)
    blocks, told = tree.read(lambda address: pictures.asset_for(pictures.take_embedded(address)))
    heading_block = [node("heading", Node("text", text=title))] if title else []
    document = fitted_document([*heading_block, *blocks], told)
    losses = summed([*losses, *dict.fromkeys(told)])
    return lay_out(document, title=rule, losses=losses, pictures=pictures.by_id, options=options)


def _refuse_slow(text: str) -> None:
    definitions = sum(1 for _ in _DEFINITION.finditer(text))
    reading = definitions * text.count("\n")
    if text.count("[") > MARKDOWN_MAX_BRACKETS or reading > MARKDOWN_MAX_DEFINITION_LINES:
        raise TooLarge(
            "Markdown 里的链接太多，没有导入；请分成几篇再试", code="markdown_too_many_links"
        )
    if sum(map(text.count, "*_~")) > MARKDOWN_MAX_EMPHASIS:
        raise TooLarge(
            f"Markdown 里的 *、_、~ 超过 {MARKDOWN_MAX_EMPHASIS} 个，没有导入；请分成几篇再试",
            code="markdown_too_many_marks",
        )


def _front_matter(text: str) -> tuple[str, list[Loss], str]:
    """Its title, what else it says as a loss, and the text behind it."""
    match = _FRONT_MATTER.match(text)
    fields = dict(_FIELD.findall(match[1])) if match else {}
    if match is None or not fields:
        return "", [], text
    title = fields.pop("title", "").strip(" \"'")
    said = "；".join(f"{name}：{value}" for name, value in fields.items())
    losses = [Loss("front_matter", said[:40], "文件头里的这些项没有导入")] if said else []
    return " ".join(title.split()), losses, text[match.end() :]
