"""From cleaned text or a converted Document to `Imported`: the title taken off, each change told with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from webapp.document.fitting import Loss
from webapp.document.model import EMPTY, Document
from webapp.document.text import inline_text, plain_text
from webapp.intake.bounds import TEXT_MAX_CHARS, TITLE_MAX_CHARS
from webapp.intake.cleanup import STEPS, clean_around, describe_place, put_back
from webapp.intake.model import Cleanup, Imported, Source, TitleRule
from webapp.intake.rewriting import mask, rewrite
from webapp.intake.steps.options import Options
from webapp.kernel.errors import Invalid, TooLarge

_ENUMERATED = re.compile(
    r"[（(]?[一二三四五六七八九十\d]{1,3}[、）).．]|第[一二三四五六七八九十\d]{1,3}[章节部条]"
)
"""一、… is the first of several headings, not the title over all of them."""
_SENTENCE_ENDS = "。！？；，、：…!?;,:"


def lay_out(
    document: Document,
    *,
    title: TitleRule,
    text: str | None = None,
    losses: Sequence[Loss] = (),
    pictures: Mapping[str, bytes] | None = None,
    options: Options | None = None,
) -> Imported:
    """`text` stands for the document's plain text, character by character, where a document cannot hold it (controls).

    Raises TooLarge over TEXT_MAX_CHARS, Invalid (`empty_import`) when nothing is there.
    """
    text = plain_text(document) if text is None else text
    if len(text) > TEXT_MAX_CHARS:
        raise text_too_long(len(text))
    cleaned = clean_around(text, mask(document), STEPS, options or Options())
    source = Source(document=document, cleaned=cleaned, title=title)
    return _told(source, tuple(losses), pictures or {})


def text_too_long(characters: int) -> TooLarge:
    return TooLarge(
        f"文件里有 {characters} 个字，一次最多导入 {TEXT_MAX_CHARS} 个，没有导入；请分成几篇再试",
        code="text_too_long",
    )


def restore(imported: Imported, chosen: Collection[Cleanup]) -> Imported:
    """The import without the chosen changes: what they did is taken back, everything else stays."""
    source = imported.origin
    kept = replace(source, cleaned=put_back(source.cleaned, chosen))
    return _told(kept, imported.losses, imported.pictures)


def with_title_in_body(imported: Imported) -> Imported:
    """For a text that has its title from elsewhere: its own first line stays a line of the body."""
    source = replace(imported.origin, title=TitleRule.NONE)
    return _told(source, imported.losses, imported.pictures)


def _told(source: Source, losses: tuple[Loss, ...], pictures: Mapping[str, bytes]) -> Imported:
    rewritten = rewrite(source.document, source.cleaned.cleanups)
    title = _title_of(rewritten.document, source.title)
    blocks = rewritten.document.content[bool(title) :]
    body = Document(blocks) if blocks else EMPTY
    unchanged = rewritten.document is source.document
    text = source.cleaned.text if unchanged else plain_text(rewritten.document)
    if not text.strip() and not pictures:
        raise Invalid(
            "里面没有可以导入的文字或图片；原文件没有改动，请换一个文件再试", code="empty_import"
        )
    return Imported(
        title=title,
        body=body,
        cleanups=tuple(_placed(change, title, text, body) for change in rewritten.cleanups),
        losses=losses,
        pictures=pictures,
        origin=source,
    )


def _placed(change: Cleanup, title: str, text: str, body: Document) -> Cleanup:
    """The place in words; blocks are counted without the title. A line deleted at the end points at the end."""
    block = min((change.block or 0) - bool(title), len(body.content) - 1)
    position = min(change.position, len(text))
    name = "标题" if block < 0 else f"第{block + 1}段"
    place = describe_place(name, text, position, len(change.after))
    line = None if change.line is None else max(0, change.line - bool(title))
    if block < 0:
        return change.at(place=place, position=position, block=None, start=position, line=line)
    start = max(0, (change.start or 0) - (change.position - position))
    return change.at(place=place, position=position, block=block, start=start, line=line)


def _title_of(document: Document, rule: TitleRule) -> str:
    first = document.content[0]
    if rule is TitleRule.NONE or first.type not in {"paragraph", "heading"}:
        return ""
    text = " ".join(inline_text(first).split("\n")).strip()
    if rule is TitleRule.FIRST_HEADING:
        return text if len(text) <= TITLE_MAX_CHARS else ""
    alone = len(document.content) == 1
    is_sentence = len(text) > TITLE_MAX_CHARS or text.endswith(tuple(_SENTENCE_ENDS))
    return "" if alone or is_sentence or _ENUMERATED.match(text) else text
