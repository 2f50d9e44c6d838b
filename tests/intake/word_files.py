"""Word files for the tests: python-docx writes them, and what it cannot write is put into their XML by hand."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import docx
from docx.document import Document as WordDocument

from webapp.document.to_html import to_html
from webapp.intake.cleanup import KIND_LABELS
from webapp.intake.docx import from_docx
from webapp.intake.model import Imported
from webapp.intake.steps.options import Options

W_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W_NAMESPACE}" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:wpg="http://schemas.microsoft.com/office/word/2010/wordprocessingGroup" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word(build: Callable[[WordDocument], object]) -> bytes:
    document = docx.Document()
    build(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_of_xml(body: str, **parts: str) -> bytes:
    """A file whose body is this XML. `parts`: footnotes, comments, numbering, styles, header1, … as whole inner XML."""
    out = io.BytesIO()
    roots = {"header1": "hdr", "footer1": "ftr"}
    kinds = {"header1": "header", "footer1": "footer"}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        overrides = "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="application/xml"/>'
            for name in ("document", *parts)
        )
        target.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" ContentType="application/xml"/>'
            f'<Default Extension="png" ContentType="image/png"/>{overrides}</Types>',
        )
        target.writestr("_rels/.rels", relationships([("officeDocument", "word/document.xml")]))
        related = [(kinds.get(name, name), f"{name}.xml") for name in parts]
        target.writestr(
            "word/_rels/document.xml.rels", relationships([*related, ("image", "media/image1.png")])
        )
        target.writestr(
            "word/document.xml",
            f"<w:document {NAMESPACES}><w:body>{body}<w:sectPr/></w:body></w:document>",
        )
        for name, inner in parts.items():
            root = roots.get(name, name)
            target.writestr(f"word/{name}.xml", f"<w:{root} {NAMESPACES}>{inner}</w:{root}>")
        target.writestr("word/media/image1.png", png(3, 2))
    return out.getvalue()


def relationships(targets: list[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{i}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'


def p(*runs: str, properties: str = "") -> str:
    """A paragraph; plain strings become runs."""
    inner = "".join(text if text.startswith("<") else r(text) for text in runs)
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def r(text: str, properties: str = "", tag: str = "t") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


def png(width: int, height: int, shade: int = 200) -> bytes:
    rows = (b"\x00" + bytes([shade, 30, 30]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


AS_WRITTEN = Options(skip=frozenset(KIND_LABELS))


def html(imported: Imported) -> str:
    shown = to_html(imported.body, image_url=lambda asset: asset)
    return shown.removeprefix('<div data-tongxin="document">').removesuffix("</div>")


def body_html(xml: str, **parts: str) -> str:
    return html(from_docx(word_of_xml(xml, **parts)))


def losses(imported: Imported) -> dict[str, str]:
    return {loss.kind: loss.excerpt for loss in imported.losses}


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def replaced(
    data: bytes, name: str, content: bytes, compression: int = zipfile.ZIP_DEFLATED
) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        zipfile.ZipFile(out, "w", compression) as target,
    ):
        for other in archive.namelist():
            if other != name:
                target.writestr(other, archive.read(other))
        target.writestr(name, content)
    return out.getvalue()


ABSTRACT = (
    '<w:abstractNum w:abstractNumId="0">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>'
    '<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:isLgl/><w:lvlText w:val="%1.%2.%3"/></w:lvl>'
    "</w:abstractNum>"
    '<w:abstractNum w:abstractNumId="1">'
    '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="●"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
)
