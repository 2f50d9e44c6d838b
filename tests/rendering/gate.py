"""What a body for an official account may consist of, checked on the HTML itself: the gate behind the renderer."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from webapp.rendering.css import PROPERTIES

TAGS = {
    *("section", "p", "h2", "h3", "h4", "hr", "table", "tbody", "tr", "td", "th"),
    *("strong", "em", "span", "sup", "sub", "code", "a", "img", "br"),
}
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "data-w", "data-ratio", "style"},
    "table": {"style", "border", "cellpadding", "data-ignore-width"},
    "section": {"style", "data-tongxin", "data-ignore-width"},
    "td": {"style", "colspan", "rowspan"},
    "th": {"style", "colspan", "rowspan"},
}
_COLOR = r"#(?:[0-9a-f]{3}|[0-9a-f]{6})"
_LENGTH = r"-?(?:\d+|\d*\.\d+)(?:px|em|%)?"
_value = re.compile(
    rf"(?:{_LENGTH}(?:!important)?|{_COLOR}|solid|left|center|right|justify|auto|scroll|nowrap|normal|collapse|touch|flex"
    r"|block|inline-block|top|underline|line-through|break-word|break-all)"
)
_tags = re.compile(r"</?[a-z][a-z0-9]*")
_block = r"/?(?:section|p|h[234]|hr|table|tr|td|th)\b"
_between_blocks = re.compile(rf"<{_block}[^>]*>\s+<{_block}")


def elements(html: str) -> list[LexborNode]:
    return LexborHTMLParser(html).css("body *")


def styles(element: LexborNode) -> dict[str, str]:
    text = element.attributes.get("style") or ""
    pairs = [item.split(":", 1) for item in text.split(";") if item]
    return dict(pairs)


def assert_fit_for_wechat(html: str) -> None:
    assert html.startswith("<section")
    assert html.endswith("</section>")
    assert not _between_blocks.search(html)
    for element in elements(html):
        tag = element.tag or ""
        assert tag in TAGS, tag
        assert set(element.attributes) <= ATTRIBUTES.get(tag, {"style"}), element.html
        for name, value in styles(element).items():
            assert name in PROPERTIES, name
            assert all(_value.fullmatch(part) for part in value.split()), (name, value)
        if tag == "img":
            assert 0 < float(styles(element)["width"].rstrip("%")) <= 100
            assert float(element.attributes["data-ratio"] or 0) > 0
    assert_balanced(html)


def assert_balanced(html: str) -> None:
    """The tags are written as a parser reads them: it adds nothing but the bodies of tables, and takes nothing away."""
    body = LexborHTMLParser(html).body
    assert body is not None
    parsed = [tag for tag in _tags.findall(body.inner_html or "") if not tag.endswith("tbody")]
    assert parsed == _tags.findall(html)
