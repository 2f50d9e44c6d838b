"""WordprocessingML as trees: read within bounds, one set of names for the transitional and the strict standard."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from webapp.intake.bounds import XML_MAX_DEPTH, XML_MAX_ELEMENTS
from webapp.intake.word.archive import broken
from webapp.kernel.errors import TooLarge

Element = ElementTree.Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
V = "{urn:schemas-microsoft-com:vml}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"

_STRICT = {
    "http://purl.oclc.org/ooxml/wordprocessingml/main": W,
    "http://purl.oclc.org/ooxml/officeDocument/relationships": R,
    "http://purl.oclc.org/ooxml/officeDocument/math": M,
    "http://purl.oclc.org/ooxml/drawingml/main": A,
    "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": WP,
    "http://purl.oclc.org/ooxml/drawingml/picture": PIC,
}


class _Builder(ElementTree.TreeBuilder):
    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > XML_MAX_DEPTH or self._count > XML_MAX_ELEMENTS:
            raise TooLarge(
                "这个 Word 文件里的表格、文本框套得太深，或者格式太零碎，没有导入；请只复制文字粘贴到编辑器里",
                code="docx_too_intricate",
            )
        return super().start(_usual(tag), {_usual(name): value for name, value in attrs.items()})

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(_usual(tag))

    def doctype(self, _name: str, _public: str, _system: str) -> None:
        # No Office program writes one; it is where entity bombs are declared.
        raise broken()


def _usual(name: str) -> str:
    if not name.startswith("{http://purl.oclc.org/"):
        return name
    namespace, _, local = name[1:].partition("}")
    return _STRICT.get(namespace, f"{{{namespace}}}") + local


def parse(data: bytes) -> Element:
    """Raises Invalid (`docx_broken`), TooLarge (`docx_too_intricate`)."""
    # Entities cannot be declared without a doctype, and that is refused above.
    parser = ElementTree.XMLParser(target=_Builder())  # noqa: S314
    try:
        parser.feed(data)
        root = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise broken() from error
    if not isinstance(root, Element):
        raise broken()
    return root


def serialize(root: Element) -> bytes:
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def value(element: Element | None, path: str = "", name: str = "val") -> str | None:
    """The attribute `w:val`, or another, of the element or of the child that the path names (`w:pPr/w:jc`)."""
    found = child(element, path) if path else element
    return None if found is None else found.get(W + name)


def child(element: Element | None, path: str) -> Element | None:
    for step in path.split("/"):
        element = None if element is None else element.find(step.replace("w:", W))
    return element


def is_on(element: Element | None) -> bool:
    """A toggle such as <w:b/>; absent is off."""
    return element is not None and element.get(W + "val", "true") not in {
        "0",
        "false",
        "off",
        "none",
    }


def text_in(element: Element) -> str:
    """What a reader would see of it, deleted text included, paragraphs as blanks."""
    return "".join(_visible(element)).strip()


def _visible(element: Element) -> Iterator[str]:
    for part in element.iter():
        if part.tag in {W + "t", W + "delText", M + "t"}:
            yield part.text or ""
        elif part.tag in {W + "p", W + "tab", W + "br"}:
            yield " "


def w(tag: str, *children: Element, **attributes: str) -> Element:
    element = ElementTree.Element(W + tag, {W + name: text for name, text in attributes.items()})
    element.extend(children)
    return element


def run(text: str) -> Element:
    written = w("t")
    written.text = text
    return w("r", written)
