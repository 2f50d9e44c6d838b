"""A body is a Document: the editor's own tree, checked against `schema.json`, and never changed once made.

Equal bodies have equal `canonical()` bytes: attributes that equal their default are left out (so an attribute added later
does not change the checksum of what was approved before), marks stand in the schema's order, neighbouring texts with the
same marks are one, and marks on a line break, which show nothing, are dropped. The text itself is never altered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from webapp.document.schema import SCHEMA, Attribute, NodeType, Value
from webapp.kernel.errors import FieldError, Invalid

_TEXT_HOLDERS = frozenset(name for name, kind in SCHEMA.nodes.items() if kind.holds_text)
_NONE: Mapping[str, Value] = MappingProxyType({})
_top_index = re.compile(r"content\[(\d+)\]")


class InvalidDocument(Invalid):
    """The body does not fit the schema. `fields[0].field` is a path such as `content[2].attrs.level`."""

    code = "invalid_document"

    def __init__(self, path: str, message: str) -> None:
        block = _top_index.match(path)
        place = f"正文第 {int(block[1]) + 1} 段" if block else "正文"
        sentence = f"{place}{message}。这份正文没有被接受，已存的内容不受影响，请改正后再试"
        super().__init__(sentence, fields=(FieldError(path, message),))


class Mark(NamedTuple):
    type: str
    attrs: Mapping[str, Value] = _NONE


class Node(NamedTuple):
    """`attrs` holds every attribute of the type, defaults included; `text` is set on text nodes only.

    A tuple, since a body has thousands of them, and a frozen dataclass takes three times as long to make.
    """

    type: str
    attrs: Mapping[str, Value] = _NONE
    content: tuple[Node, ...] = ()
    text: str | None = None
    marks: tuple[Mark, ...] = ()

    def number(self, name: str) -> int:
        value = self.attrs[name]
        assert isinstance(value, int)
        return value

    def string(self, name: str) -> str:
        value = self.attrs[name]
        return "" if value is None else str(value)

    @property
    def holds_text(self) -> bool:
        return self.type in _TEXT_HOLDERS

    def to_json(self) -> dict[str, Any]:
        raw: dict[str, Any] = {"type": self.type}
        if attrs := _told(self.attrs, SCHEMA.nodes[self.type].attributes):
            raw["attrs"] = attrs
        if self.content:
            raw["content"] = [child.to_json() for child in self.content]
        if self.text is not None:
            raw["text"] = self.text
        if self.marks:
            raw["marks"] = [_mark_to_json(mark) for mark in self.marks]
        return raw


def _mark_to_json(mark: Mark) -> dict[str, Any]:
    attrs = _told(mark.attrs, SCHEMA.marks[mark.type].attributes)
    return {"type": mark.type, "attrs": attrs} if attrs else {"type": mark.type}


def _told(attrs: Mapping[str, Value], specs: Mapping[str, Attribute]) -> dict[str, Value]:
    return {
        name: attrs[name]
        for name, spec in specs.items()
        if spec.required or attrs[name] != spec.default
    }


@dataclass(frozen=True)
class Document:
    content: tuple[Node, ...]

    @classmethod
    def parse(cls, raw: object) -> Document:
        """Raises InvalidDocument for anything that the schema does not know, attributes included."""
        return cls(_Parser().node(raw).content)

    @classmethod
    def of(cls, blocks: Iterable[Node]) -> Document:
        """The document of these blocks, checked; without blocks it is EMPTY. Raises InvalidDocument.

        Nearly all are sound as they stand; what is not is read anew, which sets it right or says what is wrong with it.
        """
        content = tuple(blocks)
        if not content:
            return EMPTY
        made = cls(content)
        return made if _is_sound(content) else cls.parse(made.to_json())

    def to_json(self) -> dict[str, Any]:
        return {"type": "doc", "content": [node.to_json() for node in self.content]}

    def canonical(self) -> bytes:
        """UTF-8 JSON with sorted keys and no blanks: what checksums are taken of."""
        return json.dumps(
            self.to_json(), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        ).encode()

    def replace_assets(self, mapping: Mapping[str, str]) -> Document:
        """The same body with asset ids exchanged; ids that are not in the mapping stay."""

        def exchange(node: Node) -> Node:
            if node.type != "figure":
                return node
            asset = node.string("asset")
            return with_attrs(node, asset=mapping.get(asset, asset))

        return Document.of(rewritten(self.content, exchange))


def mark(kind: str, /, **attrs: Value) -> Mark:
    return Mark(kind, _filled(attrs, SCHEMA.marks[kind].attributes))


def node(kind: str, /, *content: Node, **attrs: Value) -> Node:
    """A node with its defaults filled in; not checked until it is part of a Document."""
    given = _filled(attrs, SCHEMA.nodes[kind].attributes) if attrs else _DEFAULTS[kind]
    return Node(kind, given, content)


def text(value: str, *marks: Mark) -> Node:
    return Node("text", _NONE, (), value, marks)


def paragraph(*content: Node | str, **attrs: Value) -> Node:
    return node("paragraph", *(text(c) if isinstance(c, str) else c for c in content), **attrs)


def with_attrs(subject: Node, **attrs: Value) -> Node:
    return subject._replace(attrs=MappingProxyType({**subject.attrs, **attrs}))


def _filled(attrs: Mapping[str, Value], specs: Mapping[str, Attribute]) -> Mapping[str, Value]:
    if not specs:
        return _NONE
    return MappingProxyType({name: attrs.get(name, spec.default) for name, spec in specs.items()})


_DEFAULTS = {name: _filled({}, kind.attributes) for name, kind in SCHEMA.nodes.items()}
"""By node type, what a node without attributes of its own has; one for all, since none can be changed."""
_SOUND_DEFAULTS = {n: d for n, d in _DEFAULTS.items() if not SCHEMA.nodes[n].needs_attributes}
_LINE_BREAK = node("hardBreak")


def rewritten(nodes: Sequence[Node], change: Callable[[Node], Node]) -> tuple[Node, ...]:
    """The nodes with `change` applied to each, children first."""
    return tuple(
        change(child._replace(content=rewritten(child.content, change)) if child.content else child)
        for child in nodes
    )


def merged(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Neighbouring texts with the same marks become one."""
    if len(nodes) < 2:
        return tuple(nodes)
    out: list[Node] = []
    for child in nodes:
        last = out[-1].text if out else None
        if child.text is None or last is None or out[-1].marks != child.marks:
            out.append(child)
        else:
            out[-1] = Node("text", text=last + child.text, marks=child.marks)
    return tuple(out)


def from_plain_paragraphs(paragraphs: Iterable[str]) -> Document:
    """One paragraph for each string; an empty string is an empty paragraph."""
    return Document.of(paragraph(value) if value else paragraph() for value in paragraphs)


def walk(document: Document) -> Iterator[Node]:
    """Every node in reading order, a parent before its children."""
    stack = list(reversed(document.content))
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.content))


def asset_ids(document: Document) -> tuple[str, ...]:
    """The assets in reading order, each once."""
    figures = (n.string("asset") for n in walk(document) if n.type == "figure")
    return tuple(dict.fromkeys(figures))


class _Parser:
    """Counts nodes while it reads, so that a huge body is refused before it is built."""

    def __init__(self) -> None:
        self.count = 0
        self.trail: list[int] = []
        """The numbers of the children on the way down to where it reads."""

    def wrong(self, message: str, part: str = "") -> InvalidDocument:
        return InvalidDocument(".".join(f"content[{n}]" for n in self.trail) + part, message)

    def node(self, raw: object) -> Node:
        fields = self._fields(raw)
        kind = self._kind(fields.get("type"))
        if kind.name == "text":
            return self._text(fields)
        attrs = self._attrs(fields.get("attrs"), kind.attributes)
        if self._marks(fields.get("marks")) and not kind.inline:
            raise self.wrong("有文字样式，但这里不能有")
        if "text" in fields:
            raise self.wrong("不该直接写文字")
        content = fields.get("content")
        if content is not None and not isinstance(content, list):
            raise self.wrong("的内容不是列表")
        return Node(kind.name, attrs, self._content(content or (), kind))

    def _fields(self, raw: object) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise self.wrong("不是节点")
        if unknown := set(raw) - {"type", "attrs", "content", "text", "marks"}:
            raise self.wrong(f"有不认识的字段“{min(map(str, unknown))}”")
        return raw

    def _kind(self, name: object) -> NodeType:
        kind = SCHEMA.nodes.get(name) if isinstance(name, str) else None
        depth = len(self.trail)
        if kind is None or (kind.name == "doc") != (depth == 0):
            raise self.wrong(f"的类型“{str(name)[:40]}”不能用在这里")
        if depth > SCHEMA.max_depth and not kind.inline:
            raise self.wrong(f"嵌套超过 {SCHEMA.max_depth} 层")
        self.count += 1
        if self.count > SCHEMA.max_nodes:
            raise self.wrong(f"太长：超过 {SCHEMA.max_nodes} 个节点，请分成几篇")
        return kind

    def _content(self, raw: Sequence[Any], kind: NodeType) -> tuple[Node, ...]:
        children = tuple(self._children(raw)) if raw else ()
        content = merged(children) if kind.holds_text else children
        if kind.content is None:
            if content:
                raise self.wrong("不能有内容")
        elif not kind.content.match("".join([f"{child.type}," for child in content])):
            raise self.wrong(f"（{kind.name}）的内容不符合规定")
        if not kind.allows_marks and any(child.marks for child in content):
            raise self.wrong("里的文字不能有样式")
        return content

    def _children(self, raw: Sequence[Any]) -> Iterator[Node]:
        self.trail.append(0)
        for index, child in enumerate(raw):
            self.trail[-1] = index
            yield self.node(child)
        self.trail.pop()

    def _text(self, fields: dict[str, Any]) -> Node:
        value = self._letters(fields.get("text"))
        if fields.get("content") or fields.get("attrs"):
            raise self.wrong("是文字，不能再有内容或属性")
        return Node("text", text=value, marks=self._marks(fields.get("marks")))

    def _letters(self, value: object) -> str:
        if not isinstance(value, str) or not value:
            raise self.wrong("的文字是空的")
        if SCHEMA.text_forbidden.search(value):
            raise self.wrong("含有不可见的控制字符")
        return value

    def _attrs(
        self, raw: object, specs: Mapping[str, Attribute], part: str = ""
    ) -> Mapping[str, Value]:
        if raw is not None and not isinstance(raw, dict):
            raise self.wrong("的属性不是对象", part)
        given: dict[str, Any] = raw or {}
        if unknown := set(given).difference(specs):
            raise self.wrong(f"有不认识的属性“{min(map(str, unknown))}”", f"{part}.attrs")
        for name, spec in specs.items():
            if name not in given and not spec.required:
                continue
            if fault := spec.fault(given.get(name)):
                raise self.wrong(f"的属性 {name} {fault}", f"{part}.attrs.{name}")
        return _filled(given, specs)

    def _marks(self, raw: object) -> tuple[Mark, ...]:
        if not raw and (raw is None or isinstance(raw, list)):
            return ()
        if not isinstance(raw, list):
            raise self.wrong("的样式不是列表")
        marks: dict[str, Mark] = {}
        for index, item in enumerate(raw):
            where = f".marks[{index}]"
            kind = SCHEMA.marks.get(str(item.get("type"))) if isinstance(item, dict) else None
            if kind is None or set(item) - {"type", "attrs"}:
                raise self.wrong("不是认识的样式", where)
            if kind.name in marks or kind.excludes & set(marks):
                raise self.wrong(f"的样式“{kind.name}”重复或与别的样式冲突", where)
            marks[kind.name] = Mark(
                kind.name, self._attrs(item.get("attrs"), kind.attributes, where)
            )
        excluding = {n for n in marks for other in marks if n in SCHEMA.marks[other].excludes}
        if excluding:
            raise self.wrong(f"的样式“{min(excluding)}”与别的样式冲突")
        return tuple(sorted(marks.values(), key=lambda m: SCHEMA.marks[m.type].rank))


def _is_sound(blocks: Sequence[Node]) -> bool:
    """Whether nothing is to be set right in a body of these blocks, told level by level; where it is not, `_Parser` says what."""
    letters: list[str] = []
    count = 1
    level = [(SCHEMA.nodes["doc"], blocks)]
    for _ in range(SCHEMA.max_depth + 1):
        below: list[tuple[NodeType, Sequence[Node]]] = []
        for kind, content in level:
            count += len(content)
            if kind.holds_text:
                if not _is_sound_line(content, kind, letters):
                    return False
            elif not _are_sound_blocks(content, kind):
                return False
            else:
                below += [(SCHEMA.nodes[child.type], child.content) for child in content]
        if not below:
            return count <= SCHEMA.max_nodes and not SCHEMA.text_forbidden.search("".join(letters))
        level = below
    return False


def _are_sound_blocks(content: Sequence[Node], kind: NodeType) -> bool:
    """Whether blocks may stand beside one another in such a node, each with attributes that fit."""
    if kind.content is None:
        return not content
    for child in content:
        given = child.attrs is _SOUND_DEFAULTS.get(child.type) or _fits(child)
        if not given or child.text is not None or child.marks:
            return False
    return kind.content.match("".join([f"{child.type}," for child in content])) is not None


def _fits(one: Node | Mark) -> bool:
    kind = SCHEMA.nodes[one.type] if isinstance(one, Node) else SCHEMA.marks[one.type]
    return one.attrs.keys() == kind.attributes.keys() and not any(
        spec.fault(one.attrs[name]) for name, spec in kind.attributes.items()
    )


def _is_sound_line(content: Sequence[Node], kind: NodeType, letters: list[str]) -> bool:
    """Whether nothing is to be set right in what a text block holds; its texts join the `letters`, to be looked at at once."""
    before: Node | None = None
    for child in content:
        if child.type != "text":
            if child != _LINE_BREAK or not kind.allows_marks:
                return False
            before = None
            continue
        if not child.text or child.attrs or child.content:
            return False
        if child.marks and not (kind.allows_marks and _are_sound(child.marks)):
            return False
        if before and before.marks == child.marks:
            return False
        letters.append(child.text)
        before = child
    return True


def _are_sound(marks: Sequence[Mark]) -> bool:
    """Whether marks stand in the schema's order, each once, beside none that it excludes, with attributes that fit."""
    rank = -1
    for one in marks:
        kind = SCHEMA.marks.get(one.type)
        if kind is None or kind.rank <= rank or not _fits(one):
            return False
        if kind.excludes and any(other.type in kind.excludes for other in marks):
            return False
        rank = kind.rank
    return True


EMPTY = Document((node("paragraph"),))
