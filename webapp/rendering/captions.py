"""Words that a renderer adds of its own, the same for every channel: captions of artworks, credits, heading numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from webapp.document.model import Document, Node
from webapp.document.text import inline_text
from webapp.rendering.model import Artwork, Credit, Picture
from webapp.rendering.themes import Credits

_DIGITS = "零一二三四五六七八九"
_numbered = re.compile(
    r"\s*(?:第?[一二三四五六七八九十百]+[、章节部.．]|[（(][一二三四五六七八九十\d]+[）)]|\d+\s*[、.．])"
)


def picture_lines(picture: Picture) -> Iterator[str]:
    """What stands below a picture besides its own caption."""
    if picture.artwork is not None:
        yield artwork_line(picture.artwork)
        if picture.artwork.transcription:
            yield f"释文：{picture.artwork.transcription}"
    if picture.credit:
        yield f"图：{picture.credit}"


def artwork_line(artwork: Artwork) -> str:
    """《题目》 作者 书体/材质 尺寸 年代, what is unknown left out."""
    title = artwork.title.strip()
    if title and not title.startswith("《"):
        title = f"《{title}》"
    parts = (title, artwork.artist, artwork.medium, artwork.size, artwork.year)
    return "\u3000".join(part.strip() for part in parts if part.strip())


def ordered_credits(
    given: tuple[Credit, ...], layout: Credits
) -> tuple[list[Credit], list[Credit]]:
    """Those for the head and those for the foot, in the theme's order; labels it does not know come last, as given."""
    rank = {label: index for index, label in enumerate(layout.order)}
    filled = [credit for credit in given if credit.names.strip()]
    filled.sort(key=lambda credit: rank.get(credit.label, len(rank)))
    head = [credit for credit in filled if credit.label in layout.head]
    return head, [credit for credit in filled if credit.label not in layout.head]


def heading_numbers(document: Document, numbering: str) -> dict[int, str]:
    """The number before each level-2 heading, by its place among the blocks; none when the author numbered any himself."""
    if numbering == "none":
        return {}
    places = [i for i, block in enumerate(document.content) if _is_section(block)]
    if any(_numbered.match(inline_text(document.content[place])) for place in places):
        return {}
    form = "{}、" if numbering == "chinese" else "{}. "
    count = chinese_number if numbering == "chinese" else str
    return {place: form.format(count(n)) for n, place in enumerate(places, 1)}


def _is_section(block: Node) -> bool:
    return block.type == "heading" and block.number("level") == 2 and bool(block.content)


def chinese_number(number: int) -> str:
    """1 to 99 in Chinese numerals; beyond, in digits."""
    tens, ones = divmod(number, 10)
    if not 1 <= number <= 99:
        return str(number)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")
