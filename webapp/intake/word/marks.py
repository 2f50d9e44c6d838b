"""mammoth's HTML with the bookmarks and classes of `preparation` turned into styles and lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from webapp.intake.labels import Label, LabelKind
from webapp.intake.lists import ListParagraph, build_lists
from webapp.intake.tokens import without_tokens, write_out
from webapp.intake.word.preparation import ALIGN_MARKER, LIST_MARKER
from webapp.intake.word.properties import COLOR_STYLE

_LIST = re.compile(rf"{LIST_MARKER}(\d+)-(\w+)-(\d+)\Z")


def applied(html: str) -> tuple[str, bool]:
    """The HTML, and whether it begins with a level-1 heading."""
    parser = LexborHTMLParser(without_tokens(html))
    body = parser.body
    if body is None:
        return "", False
    for marker in parser.css(f'a[id^="{ALIGN_MARKER}"]'):
        align = (marker.attributes["id"] or "").removeprefix(ALIGN_MARKER)
        if marker.parent is not None:
            marker.parent.attrs["style"] = f"text-align:{align}"
        marker.remove()
    for span in parser.css(f'span[class^="{COLOR_STYLE}"]'):
        color = (span.attributes["class"] or "").removeprefix(COLOR_STYLE)
        span.attrs["style"] = f"color:#{color}"
    for run in _neighbours(list(_list_paragraphs(parser))):
        build_lists(run)
    for link in parser.css('a[href^="#"]'):
        _unlink_note(link)
    for box in parser.css('input[type="checkbox"]'):
        box.insert_before("☑" if "checked" in box.attributes else "☐")
    titled = _begins_with_title(body)
    return write_out(body.inner_html or ""), titled


def _list_paragraphs(parser: LexborHTMLParser) -> Iterator[ListParagraph]:
    for marker in parser.css(f'a[id^="{LIST_MARKER}"]'):
        match = _LIST.match(marker.attributes["id"] or "")
        parent = marker.parent
        marker.remove()
        if match is not None and parent is not None and parent.tag == "p":
            label = Label(LabelKind(match[2]), int(match[3]))
            yield ListParagraph(parent, int(match[1]), label)


def _neighbours(items: Iterable[ListParagraph]) -> Iterator[list[ListParagraph]]:
    run: list[ListParagraph] = []
    for item in items:
        previous = item.node.prev
        if run and (previous is None or previous.mem_id != run[-1].node.mem_id):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _unlink_note(link: LexborNode) -> None:
    """[1] stays behind the word, the way back from the note goes."""
    if "-ref-" in (link.attributes.get("href") or ""):
        link.remove()
    else:
        del link.attrs["href"]


def _begins_with_title(body: LexborNode) -> bool:
    child = body.first_child
    while child is not None:
        if child.is_element_node and (child.text().strip() or child.css_first("img") is not None):
            return child.tag == "h1"
        child = child.next
    return False
