"""Every valid document, for hypothesis: `documents()` may be used by the tests of any room."""

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

from webapp.document.model import Document, Mark, Node, mark, node, text
from webapp.document.schema import SCHEMA

_MARKED_ALONE = ("bold", "italic", "underline", "strike", "highlight")
_FAVOURITES = "中文，。：“”《》 \u3000\u00a0\ta1-<>&\"'\n\u200b\u2060𠮷😀"


_anything = st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")


def texts(min_size: int = 1, max_size: int = 12) -> st.SearchStrategy[str]:
    sizes = {"min_size": min_size, "max_size": max_size}
    return st.one_of(st.text(_FAVOURITES, **sizes), st.text(_anything, **sizes))


_URLS = (
    "https://example.org/",
    "https://example.org/a/b-c_d.html?x=1&y=%E4%B8%AD#z",
    "http://a.gov.cn:8080/~u;v,w:@!$'()*+",
    "https://九三.cn/专栏?页=1",
    "https://mp.weixin.qq.com/s/AbC-_1",
    "http://localhost",
    "mailto:a@b.cn",
    "tel:029-12345678",
)


def asset_ids() -> st.SearchStrategy[str]:
    return st.text("abc019", min_size=1, max_size=3)


def _mark_sets() -> list[tuple[Mark, ...]]:
    """A hundred sets in any order, from a fixed seed: drawing them mark by mark would take half of a test's time."""
    random = Random(1)
    tones = [mark("tone", name=name) for name in SCHEMA.marks["tone"].attributes["name"].values]
    sets: list[tuple[Mark, ...]] = [
        (mark("code"),),
        (mark("bold"),),
        (mark("link", href=_URLS[0]),),
    ]
    for _ in range(100):
        marks = [mark(name) for name in random.sample(_MARKED_ALONE, random.randint(0, 3))]
        marks += random.sample(tones, random.randint(0, 1))
        marks += [mark("link", href=random.choice(_URLS))] * random.randint(0, 1)
        marks += random.sample([mark("superscript"), mark("subscript")], random.randint(0, 1))
        sets.append(tuple(random.sample(marks, len(marks))))
    return sets


def inline() -> st.SearchStrategy[Node]:
    sets = st.sampled_from(_mark_sets())
    marked = st.builds(lambda value, marks: text(value, *marks), texts(), sets)
    return st.one_of(st.builds(text, texts()), marked, st.just(node("hardBreak")))


def _aligned(*names: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, None, *names])


def paragraphs() -> st.SearchStrategy[Node]:
    aligns = _aligned("left", "center", "right", "justify")
    return st.builds(
        lambda content, align: node("paragraph", *content, align=align),
        st.lists(inline(), max_size=4),
        aligns,
    )


def headings() -> st.SearchStrategy[Node]:
    return st.builds(
        lambda content, level, align: node("heading", *content, level=level, align=align),
        st.lists(inline(), max_size=3),
        st.sampled_from([2, 3, 4]),
        _aligned("left", "center", "right"),
    )


def code_blocks() -> st.SearchStrategy[Node]:
    return st.builds(
        lambda value, language: node(
            "codeBlock", *([text(value)] if value else []), language=language
        ),
        texts(0, 20),
        st.sampled_from([None, "python", "c++"]),
    )


def figures() -> st.SearchStrategy[Node]:
    return st.builds(
        lambda content, asset, alt, width: node(
            "figure", *content, asset=asset, alt=alt, width=width
        ),
        st.lists(inline(), max_size=2),
        asset_ids(),
        texts(0, 8),
        st.integers(20, 100),
    )


def galleries() -> st.SearchStrategy[Node]:
    return st.builds(
        lambda content, layout: node("gallery", *content, layout=layout),
        st.lists(figures(), min_size=1, max_size=4),
        st.sampled_from(["slide", "scroll", "pair"]),
    )


def _lists(blocks: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    items = st.builds(
        lambda first, rest: node("listItem", first, *rest),
        paragraphs(),
        st.lists(blocks, max_size=2),
    )
    several = st.lists(items, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda content: node("bulletList", *content), several),
        st.builds(
            lambda content, start: node("orderedList", *content, start=start),
            several,
            st.sampled_from([0, 1, 9, 9999]),
        ),
    )


def _tables(lists: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    cells = st.builds(
        lambda kind, content, colspan, rowspan: node(
            kind, *content, colspan=colspan, rowspan=rowspan
        ),
        st.sampled_from(["tableCell", "tableHeader"]),
        st.lists(st.one_of(paragraphs(), figures(), lists), min_size=1, max_size=2),
        st.sampled_from([1, 1, 1, 2, 50]),
        st.sampled_from([1, 1, 1, 3, 500]),
    )
    rows = st.builds(
        lambda content: node("tableRow", *content), st.lists(cells, min_size=1, max_size=3)
    )
    return st.builds(
        lambda content: node("table", *content), st.lists(rows, min_size=1, max_size=3)
    )


def _containers(blocks: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    lists = _lists(blocks)
    quotes = st.builds(
        lambda content: node("blockquote", *content), st.lists(blocks, min_size=1, max_size=3)
    )
    return st.one_of(lists, quotes, _tables(lists))


def _height(block: Node) -> int:
    below = [_height(c) for c in block.content if not SCHEMA.nodes[c.type].inline]
    return 1 + max(below, default=0)


def blocks() -> st.SearchStrategy[Node]:
    leaves = st.one_of(
        paragraphs(),
        headings(),
        code_blocks(),
        figures(),
        galleries(),
        st.just(node("horizontalRule")),
    )
    nested = st.recursive(leaves, _containers, max_leaves=8)
    return nested.filter(lambda block: _height(block) <= SCHEMA.max_depth)


def documents(max_blocks: int = 5) -> st.SearchStrategy[Document]:
    return st.builds(Document.of, st.lists(blocks(), min_size=1, max_size=max_blocks))
