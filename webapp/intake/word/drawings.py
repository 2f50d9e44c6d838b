"""Text and pictures inside shapes and groups, which mammoth reads only in their old VML form, brought into that form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webapp.intake.word.xml import MC, PIC, WP, A, Element, V, W, text_in, w

TEXT_BOX = W + "txbxContent"
PICTURE = PIC + "pic"


def better_alternative(element: Element) -> Element | None:
    """Of mc:AlternateContent the older form, unless it holds less text: some programs leave it empty."""
    fallback, choice = element.find(MC + "Fallback"), element.find(MC + "Choice")
    if fallback is None or not len(fallback):
        return choice
    if choice is not None and len(text_in(choice)) > len(text_in(fallback)):
        return choice
    return fallback


def is_plain_picture(drawing: Element) -> bool:
    return any(data.find(PICTURE) is not None for data in drawing.iter(A + "graphicData"))


def graphic_kind(drawing: Element) -> str:
    """The last word of the graphic's namespace: `chart`, `diagram`, `wordprocessingShape`, …"""
    uris = [data.get("uri", "") for data in drawing.iter(A + "graphicData")]
    return uris[0].rpartition("/")[2] if uris else ""


def parts(element: Element) -> Iterator[Element]:
    """Text boxes and pictures in the drawing, in order; a text box as a whole."""
    for inner in element:
        if inner.tag in {TEXT_BOX, PICTURE}:
            yield inner
        else:
            yield from parts(inner)


def as_text_box(content: Element) -> Element:
    box = Element(V + "textbox")
    box.append(content)
    shape = Element(V + "shape")
    shape.append(box)
    return w("pict", shape)


def as_drawing(content: Iterable[Element]) -> Element:
    """`content` is what stands in a pic:pic."""
    picture = Element(PICTURE)
    picture.extend(content)
    data = Element(A + "graphicData")
    data.append(picture)
    graphic = Element(A + "graphic")
    graphic.append(data)
    inline = Element(WP + "inline")
    inline.append(graphic)
    return w("drawing", inline)
