"""What of a text survives storage: the platform rewrites every body it is given.

The rules follow round trips (draft/add, then draft/get) that were measured on a live account in 2026-09 and counts over
published bodies in https://github.com/wechatjs/verify-article-structure-spec (2026-08). Three things that were seen now and
then are `quirks`: hex colours become `rgb()`, text is wrapped in `<span leaf="">`, and a hidden `mp-style-type` paragraph is
hung on the end.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from webapp.sandbox.css import stored_style
from webapp.sandbox.errors import Refused

STYLE_MARKER = '<p style="display: none;"><mp-style-type data-value="3"></mp-style-type></p>'
# Stands for an `&#39;` that the author wrote, through the parser, which would decode it.
_WRITTEN_APOSTROPHE = "\ufdd0"


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


_DROPPED = _words(
    "script style link meta title base head noscript template object embed applet input button select option textarea"
    " frame frameset param source track math"
)
_BLOCKS = _words(
    "section p h1 h2 h3 h4 h5 h6 blockquote ul ol li table thead tbody tfoot tr td th caption colgroup figure"
    " figcaption hr header footer aside article nav main div pre dl dt dd center address svg"
)
_INLINE = _words(
    "span strong b em i u s del ins mark sub sup small big img a br code font ruby rt rp kbd q cite abbr iframe video"
    " audio wbr col"
)
_SVG = _words(
    "g path rect circle ellipse line polyline polygon text tspan animate animateTransform animateMotion set foreignObject"
    " image"
)
_KEPT = _BLOCKS | _INLINE | _SVG
_VOID = frozenset(("br", "hr", "img", "col", "wbr"))
# Their text would be raw, and is nothing a reader sees.
_HOLLOW = _VOID | frozenset(("iframe", "video", "audio"))
_OWN_CLASS = re.compile(
    r"rich_pages|wxw-img|list-paddingleft-\d|ue-table.*|js_.*|code-snippet.*|video_iframe|mp[-_].*|wx[-_].*|weapp_.*"
    r"|Powered-by-XIUMI|V5"
)
_FORBIDDEN = re.compile(
    r"id|on.*|srcset|srcdoc|sizes|action|formaction|xlink:href|background|ping|target|rel|poster",
    re.IGNORECASE,
)
_MP_LINK = re.compile(r"https?://mp\.weixin\.qq\.com/", re.IGNORECASE)
_NO_LEAF = frozenset(
    ("svg", "text", "tspan", "pre", "code", "ul", "ol", "table", "tbody", "tr", "thead")
)


@dataclass(frozen=True, kw_only=True)
class Storage:
    """`own_image` gives the stored address of a picture that this sandbox handed out, None for any other; `own_link` knows
    the articles published here."""

    own_image: Callable[[str], str | None]
    own_link: Callable[[str], bool]
    refuse_outside_links: bool = False
    rgb: bool = True
    leaf: bool = True
    style_marker: bool = True


def stored(html: str, storage: Storage) -> str:
    """Raises 45166 for an outside link when those are refused, and for nesting beyond reason."""
    parser = LexborHTMLParser(html.replace("&#39;", _WRITTEN_APOSTROPHE), is_fragment=True)
    try:
        body = "".join(_render(node, storage) for node in _siblings(parser.root))
    except RecursionError as error:
        raise Refused(45166) from error
    if storage.style_marker and body and "<mp-style-type" not in body:
        body += STYLE_MARKER
    return body.replace(_WRITTEN_APOSTROPHE, "'")


def plain_text(html: str) -> str:
    """The text without tags; a newspic keeps nothing else."""
    parser = LexborHTMLParser(html, is_fragment=True)
    return "".join(_texts(parser.root)).strip()


def pictures(html: str) -> list[str]:
    """The addresses of the pictures in a stored text."""
    return re.findall(r'<img\b[^>]*?\bdata-src="([^"]*)"', html)


def _siblings(node: LexborNode | None) -> Iterator[LexborNode]:
    while node is not None:
        yield node
        node = node.next


def _texts(node: LexborNode | None) -> Iterator[str]:
    for sibling in _siblings(node):
        if sibling.is_text_node:
            yield sibling.text_content or ""
        elif sibling.tag not in _DROPPED:
            yield from _texts(sibling.first_child)


def _render(node: LexborNode, storage: Storage, parent: str = "") -> str:
    if node.is_text_node:
        return _text(node.text_content or "", storage, parent)
    tag = node.tag or ""
    if not node.is_element_node or tag in _DROPPED:
        return ""
    if tag == "div" and _has_block(node):
        return _dissolved(node, storage)
    if tag not in _KEPT and not tag.startswith("mp"):
        return _children(node, storage, parent)
    attributes = _attributes(node, tag, storage)
    if tag == "img" and "data-src" not in attributes:
        return ""
    return _element(
        tag,
        attributes,
        "" if tag in _HOLLOW else _children(node, storage, _inside(tag, attributes)),
    )


def _element(tag: str, attributes: dict[str, str], inner: str) -> str:
    written = "".join(f' {name}="{_escaped(value)}"' for name, value in attributes.items())
    if tag == "br":
        return f"<br{written}  />"
    return f"<{tag}{written} />" if tag in _VOID else f"<{tag}{written}>{inner}</{tag}>"


def _inside(tag: str, attributes: dict[str, str]) -> str:
    return "leaf" if "leaf" in attributes else tag


def _children(node: LexborNode, storage: Storage, parent: str) -> str:
    return "".join(_render(child, storage, parent) for child in _siblings(node.first_child))


def _text(value: str, storage: Storage, parent: str) -> str:
    written = escape(value, quote=False).replace("\xa0", "&nbsp;")
    if not storage.leaf or not value.strip() or parent in ("", "leaf") or parent in _NO_LEAF:
        return written
    return f'<span leaf="">{written}</span>'


def _has_block(node: LexborNode) -> bool:
    return any(
        child.tag in _BLOCKS or _has_block(child)
        for child in _siblings(node.first_child)
        if child.is_element_node
    )


def _dissolved(node: LexborNode, storage: Storage) -> str:
    """A div around blocks goes; what stood between them becomes paragraphs."""
    out, run = [], ""
    for child in _siblings(node.first_child):
        if child.is_element_node and (child.tag in _BLOCKS or _has_block(child)):
            out += [_paragraph(run), _render(child, storage)]
            run = ""
        else:
            run += _render(child, storage, "p")
    return "".join([*out, _paragraph(run)])


def _paragraph(run: str) -> str:
    return f"<p>{run}</p>" if run.strip() else ""


def _attributes(node: LexborNode, tag: str, storage: Storage) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, raw in node.attributes.items():
        value = raw or ""
        if _FORBIDDEN.fullmatch(name):
            continue
        if name == "style":
            kept |= _style(value, storage)
        elif name == "class":
            kept |= _class(value)
        elif name in ("src", "data-src", "href"):
            kept |= _address(tag, name, value, node.attributes, storage)
        else:
            kept[name] = value
    return kept


def _style(value: str, storage: Storage) -> dict[str, str]:
    if _WRITTEN_APOSTROPHE in value:
        return {"style": ""}
    style = stored_style(
        value, is_own=lambda url: storage.own_image(url) is not None, rgb=storage.rgb
    )
    return {"style": style} if style else {}


def _class(value: str) -> dict[str, str]:
    own = [name for name in value.split() if _OWN_CLASS.fullmatch(name)]
    return {"class": " ".join(own)} if own else {}


def _address(
    tag: str, name: str, value: str, attributes: dict[str, str | None], storage: Storage
) -> dict[str, str]:
    if tag == "img" and name != "href":
        url = storage.own_image(value.strip())
        return {"data-src": url} if url else {}
    if tag == "a" and name == "href":
        return _link(value.strip(), storage)
    is_platform_video = "video_iframe" in (attributes.get("class") or "")
    return {name: value} if tag == "iframe" and name == "data-src" and is_platform_video else {}


def _link(url: str, storage: Storage) -> dict[str, str]:
    if _MP_LINK.match(url) or storage.own_link(url):
        return {"href": url}
    if storage.refuse_outside_links:
        raise Refused(45166)
    return {}


def _escaped(value: str) -> str:
    return (
        escape(value, quote=False)
        .replace('"', "&quot;")
        .replace("'", "&#39;")
        .replace("\xa0", "&nbsp;")
    )
