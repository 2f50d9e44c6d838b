"""The one gate for foreign HTML, and the only importer of bleach: size cap → nh3 → depth cap → bleach.

nh3 goes first because bleach 6.4.0 is the last of its line (marked inactive on PyPI, seen 2026-11) and slow where it is
attacked: 5,000 attributes on one tag take it half a second and nh3 0.01 s; ten thousand nested tags make it walk its stack ten
thousand times each. bleach then decides on its own, with the same lists, so that one sanitizer's hole is not ours; a test
shows that nh3 changes nothing after it. What passes is exactly what `document.from_html` can read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator

import bleach
import nh3
import tinycss2  # type: ignore[import-untyped]
from bleach.css_sanitizer import CSSSanitizer

from webapp.kernel.errors import Invalid, TooLarge

HTML_MAX_BYTES = 5_000_000
"""What may come in, in bytes of UTF-8."""
CLEANED_MAX_BYTES = 1_000_000
"""What may be left after the first gate: bleach reads about 0.5 MB a second, and WeChat refuses a body of 1 MB anyway
(developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add, read 2026-11)."""
MAX_DEPTH = 64
"""Tags nested deeper are taken off and their text stays. Real pages stay below 40."""
MAX_NESTING = 12_000
MAX_OPEN_FORMATTING = 100
MAX_TAGS = 200_000
MAX_REFERENCES = 100_000
MAX_ELEMENTS = 20_000
MAX_ATTRIBUTES = 100
MAX_SURPLUS_ATTRIBUTES = 5_000
"""Bounds for what costs the square of its number: nh3 walks its stack at each tag and its text at each `&…;`, bleach the
siblings of each element, and any HTML parser opens unclosed <b>, <a>, … again in every new paragraph and compares each
attribute of a tag with those before it. An article of 20,000 characters pasted from Word has about 2,000 elements, and real
tags have below 40 attributes; the surplus is summed up, since what a script compares with `<` looks like a tag from here."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCK_TAGS = _names(
    "address article aside blockquote caption center dd details div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hgroup hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul"
)
INLINE_TAGS = _names(
    "a b big br cite code del em font i img ins kbd mark q rp rt ruby s samp small span strike strong sub sup tt u var"
)
TABLE_PARTS = _names("caption tbody td tfoot th thead tr")
_containers = _names(
    "article aside blockquote dd div dl footer header li main ol section table tbody td tfoot th thead tr ul"
)
VOID_TAGS = frozenset({"br", "hr", "img"})
_dropped_with_content = set(
    _names(
        "script style title noscript template iframe noembed noframes object applet audio video canvas select textarea"
    )
)
_aligned = {"style", "align"}
ATTRIBUTES: dict[str, set[str]] = {
    **dict.fromkeys(
        _names("p div section center figure figcaption li h1 h2 h3 h4 h5 h6"), _aligned
    ),
    **{
        tag: {"style"}
        for tag in _names("b big cite del em i ins kbd mark q s small strong sub u sup")
    },
    "a": {"style", "href"},
    "code": {"style", "class"},
    "div": _aligned | {"data-gallery", "data-tongxin"},
    "figure": _aligned | {"data-width"},
    "font": {"color"},
    "img": {"src", "data-src", "alt"},
    "ol": {"start"},
    "pre": {"class"},
    "span": {"style", "data-tone"},
    "td": _aligned | {"colspan", "rowspan"},
    "th": _aligned | {"colspan", "rowspan"},
}
SCHEMES = {"http", "https", "mailto", "tel", "asset", "import"}
"""`asset:` and `import:` name pictures of ours that have no address yet; from_html takes neither as a link."""

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_break = re.compile(r"\r\n?|\x0b|\x0c|\x85")
_ADDRESSES = _names("href src data-src")
_ignored_in_addresses = re.compile(r"[\x00-\x20]")
_scheme = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_class_name = re.compile(r"language-[\w+#.-]{1,32}\Z")
_color = re.compile(
    r"#[0-9a-f]{3}(?:[0-9a-f]{3})?\Z|rgba?\([0-9., %]{1,40}\)\Z|[a-z]{3,20}\Z", re.I
)
_VALUES: dict[str, re.Pattern[str]] = {
    "text-align": re.compile(r"(?:left|right|center|justify|start|end)\Z", re.I),
    "font-weight": re.compile(r"(?:bold|bolder|normal|lighter|[1-9]00)\Z", re.I),
    "font-style": re.compile(r"(?:italic|oblique|normal)\Z", re.I),
    "text-decoration": re.compile(r"[a-z -]{4,60}\Z", re.I),
    "text-decoration-line": re.compile(r"[a-z -]{4,40}\Z", re.I),
    "vertical-align": re.compile(r"(?:super|sub|baseline)\Z", re.I),
    "color": _color,
}
_formatting_tags = _names("a b big code em font i nobr s small strike strong tt u")
_any_tag = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.I)
_attribute = r"[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+"
_an_attribute = re.compile(_attribute)
_crowded_tag = re.compile(
    rf"<(?=[a-z][^\s/>]*+(?:{_attribute}){{{MAX_ATTRIBUTES}}}+((?:{_attribute})++))", re.I
)
"""Looked for at every `<`, inside other tags and scripts too: what is inside only a parser knows."""
_tag = re.compile(r"<(/?)([a-z][a-z0-9]*)[^>\"]*(?:\"[^\"]*\"[^>\"]*)*>", re.I)


def printable(text: str) -> str:
    """The text without what no database, XML or HTML can hold: controls, lone surrogates, NUL. Line breaks become \\n."""
    # Next to no text has any, and looking is ten times as fast as exchanging; line breaks other than \n are among them.
    return UNPRINTABLE.sub("", _break.sub("\n", text)) if UNPRINTABLE.search(text) else text


def clean(html: str) -> str:
    """Safe HTML of the tags above; cleaning it again changes nothing.

    Raises TooLarge over HTML_MAX_BYTES or CLEANED_MAX_BYTES, Invalid when tags are left open by the hundred.
    """
    if len(html) > HTML_MAX_BYTES or len(html.encode("utf-8", "replace")) > HTML_MAX_BYTES:
        raise TooLarge(
            f"正文超过 {HTML_MAX_BYTES // 1_000_000} MB，没有收下；请去掉内嵌的图片数据，或分成几篇再试"
        )
    html = printable(html)
    refuse_explosive(html)
    # Once more, since references such as &#1; have become characters.
    guarded = "".join(_within_depth(printable(_guard(html))))
    if len(guarded.encode()) > CLEANED_MAX_BYTES:
        raise TooLarge("正文的文字超过 1 MB，公众号发不出去，没有收下；请分成几篇")
    cleaned = "".join(_bleached(guarded))
    # nh3 writes a no-break space as its entity and bleach as the character; the entity survives both.
    return cleaned.replace("\u00a0", "&nbsp;")


def _guard(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(BLOCK_TAGS | INLINE_TAGS),
        clean_content_tags=_dropped_with_content,
        attributes=ATTRIBUTES,
        attribute_filter=_filtered,
        url_schemes=SCHEMES,
        link_rel=None,
        strip_comments=True,
    )


def only(html: str, tags: Collection[str], attributes: Collection[str]) -> str:
    """The elements and attributes of these names and all text, but for scripts and styles: small enough for any parser
    to look at. To look at alone: nobody may be shown it. `html` must have passed `refuse_explosive`."""
    return nh3.clean(
        html,
        tags=set(tags),
        clean_content_tags={"script", "style", "title"},
        attributes={"*": set(attributes)},
        url_schemes=SCHEMES,
        link_rel=None,
    )


def _filtered(tag: str, name: str, value: str) -> str | None:
    if name == "style":
        return _styles(value) or None
    if name == "class":
        return next((part for part in value.split() if _class_name.match(part)), None)
    return None if name in _ADDRESSES and _is_foreign(value) else value


def _is_foreign(address: str) -> bool:
    """A scheme that we do not know; both sanitizers look at href and src, and neither at data-src."""
    scheme = _scheme.match(_ignored_in_addresses.sub("", address))
    return scheme is not None and scheme[1].lower() not in SCHEMES


def _allowed(tag: str, name: str, value: str) -> bool:
    return name in ATTRIBUTES.get(tag, ()) and _filtered(tag, name, value) is not None


def _styles(style: str) -> str:
    """Only declarations whose property *and* value are known: CSSSanitizer looks at names alone, so that url() would pass."""
    if len(style) > 4_000:
        return ""
    kept: dict[str, str] = {}
    for item in tinycss2.parse_declaration_list(style, skip_comments=True, skip_whitespace=True):
        if item.type != "declaration":
            continue
        value = tinycss2.serialize(item.value).strip()
        if item.lower_name in _VALUES and _VALUES[item.lower_name].match(value):
            kept[item.lower_name] = value.lower()
    return ";".join(f"{name}:{value}" for name, value in kept.items())


class _KnownStyles(CSSSanitizer):
    def sanitize_css(self, style: str) -> str:
        return _styles(style)


_CLEANER = bleach.Cleaner(
    tags=BLOCK_TAGS | INLINE_TAGS,
    attributes=_allowed,
    protocols=SCHEMES,
    strip=True,
    strip_comments=True,
    css_sanitizer=_KnownStyles(),
)


def refuse_explosive(html: str) -> None:
    """What a parser would take minutes for: for whoever reads foreign HTML before `clean`. Raises TooLarge over MAX_TAGS,
    MAX_REFERENCES or MAX_SURPLUS_ATTRIBUTES, Invalid over MAX_NESTING or MAX_OPEN_FORMATTING."""
    still_open: Counter[str] = Counter()
    tags = nesting = formatting = deepest = most_formatting = 0
    for closing, name in _any_tag.findall(html):
        name = name.lower()
        tags += 1
        if closing and not still_open[name]:
            continue
        step = -1 if closing else name not in VOID_TAGS
        still_open[name] += step
        nesting += step
        formatting += step * (name in _formatting_tags)
        deepest = max(deepest, nesting)
        most_formatting = max(most_formatting, formatting)
    if tags > MAX_TAGS or html.count("&") > MAX_REFERENCES:
        raise TooLarge("正文的网页代码太多，没有收下；请改为粘贴纯文字，或分成几篇")
    _refuse_crowded(html)
    if deepest > MAX_NESTING or most_formatting > MAX_OPEN_FORMATTING:
        raise Invalid(
            "正文的网页代码有太多没有闭合的标签，没有收下；请改为粘贴纯文字", code="html_broken"
        )


def _refuse_crowded(html: str) -> None:
    surplus = 0
    for tag in _crowded_tag.finditer(html):
        surplus += sum(1 for _ in _an_attribute.finditer(tag[1]))
        if surplus > MAX_SURPLUS_ATTRIBUTES:
            raise TooLarge(
                "正文的网页代码里，有的标签带着成百上千个属性，没有收下；请改为粘贴纯文字"
            )


def _bleached(html: str) -> Iterator[str]:
    """What bleach makes of it, asked in pieces of about 8 KB, since it slows down with the square of the siblings.

    Sound because nh3's output closes every tag: a piece is cut where only plain containers are open, and those are opened
    before it and closed behind it without attributes, which bleach gives back as they are.
    """
    before = ""
    for piece, still_open in _pieces(html):
        after = "".join(f"</{name}>" for name in reversed(still_open))
        cleaned = _CLEANER.clean(before + piece + after)
        yield cleaned[len(before) : len(cleaned) - len(after)]
        before = "".join(f"<{name}>" for name in still_open)


def _pieces(html: str) -> list[tuple[str, list[str]]]:
    pieces: list[tuple[str, list[str]]] = []
    start = elements = 0
    still_open: list[str] = []
    for match in _tag.finditer(html):
        if match[2] in VOID_TAGS:
            continue
        if match[1]:
            still_open.pop()
        else:
            still_open.append(match[2])
            elements += 1
        if match[1] and match.end() - start > 8_000 and _containers.issuperset(still_open):
            pieces.append((html[start : match.end()], still_open.copy()))
            start = match.end()
    if elements > MAX_ELEMENTS:
        raise TooLarge(f"正文有 {elements} 个网页元素，没有收下；请改为粘贴纯文字，或分成几篇")
    return [*pieces, (html[start:], [])]


def _within_depth(html: str) -> Iterator[str]:
    """nh3's well-formed output without the tags that open below MAX_DEPTH; tables are kept or dropped whole."""
    position = 0
    kept: list[bool] = []
    depth = 0
    for match in _tag.finditer(html):
        closing, name = match[1], match[2]
        if name in VOID_TAGS:
            continue
        if closing:
            keep = kept.pop() if kept else False
            depth -= keep
        else:
            keep = _fits(name, depth, kept)
            kept.append(keep)
            depth += keep
        if not keep:
            yield html[position : match.start()]
            position = match.end()
    yield html[position:]


def _fits(name: str, depth: int, kept: list[bool]) -> bool:
    if name in TABLE_PARTS:
        return depth < MAX_DEPTH and bool(kept) and kept[-1]
    return depth < (MAX_DEPTH - 8 if name == "table" else MAX_DEPTH)
