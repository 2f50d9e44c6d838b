"""The shape of a body, read from `schema.json`, which the editor bundle reads too: one source for both sides.

A content expression (`paragraph block*`) becomes a regular expression over the children's type names, as ProseMirror
turns it into an automaton. Python and JavaScript agree on the patterns because they use only what means the same in both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

type_names = re.compile(r"\w+")

Value = str | int | None
"""What an attribute may hold."""


@dataclass(frozen=True, kw_only=True)
class Attribute:
    default: Value = None
    required: bool = False
    values: tuple[Value, ...] = ()
    integer: bool = False
    nullable: bool = False
    minimum: int = 0
    maximum: int = 0
    max_length: int = 0
    pattern: re.Pattern[str] | None = None

    def fault(self, value: object) -> str | None:
        """Why the value cannot stand, as a Chinese clause, or None when it can."""
        if self.values:
            # True and 1.0 equal 1 in Python.
            known = not isinstance(value, bool | float) and value in self.values
            return None if known else f"只能是 {'、'.join(map(str, self.values))} 之一"
        if value is None and self.nullable:
            return None
        return self._fault_of_number(value) if self.integer else self._fault_of_string(value)

    def _fault_of_number(self, value: object) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int):
            return "应当是整数"
        inside = self.minimum <= value <= self.maximum
        return None if inside else f"应当在 {self.minimum} 到 {self.maximum} 之间"

    def _fault_of_string(self, value: object) -> str | None:
        if not isinstance(value, str):
            return "应当是文字"
        if len(value) > self.max_length:
            return f"最多 {self.max_length} 个字符"
        if SCHEMA.text_forbidden.search(value):
            return "含有不可见的控制字符"
        if self.pattern is not None and not self.pattern.fullmatch(value):
            return "写法不对"
        return None


@dataclass(frozen=True, kw_only=True)
class NodeType:
    name: str
    attributes: Mapping[str, Attribute]
    content: re.Pattern[str] | None
    inline: bool
    allows_marks: bool

    holds_text: bool
    """True for a paragraph, a heading, a code block and a figure (its caption)."""

    needs_attributes: bool
    """True where a default would not do."""


@dataclass(frozen=True, kw_only=True)
class MarkType:
    name: str
    rank: int
    attributes: Mapping[str, Attribute]
    excludes: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Schema:
    version: int
    max_depth: int
    max_nodes: int
    text_forbidden: re.Pattern[str]
    nodes: Mapping[str, NodeType]
    marks: Mapping[str, MarkType]
    url: re.Pattern[str]


def _attributes(
    raw: Mapping[str, Any], patterns: Mapping[str, re.Pattern[str]]
) -> Mapping[str, Attribute]:
    return MappingProxyType({name: _attribute(spec, patterns) for name, spec in raw.items()})


def _attribute(spec: Mapping[str, Any], patterns: Mapping[str, re.Pattern[str]]) -> Attribute:
    known = dict(spec)
    return Attribute(
        integer=known.pop("type", None) == "integer",
        values=tuple(known.pop("values", ())),
        pattern=patterns[known.pop("pattern")] if "pattern" in known else None,
        **known,
    )


def _content(expression: str, groups: Mapping[str, list[str]]) -> re.Pattern[str]:
    def name(match: re.Match[str]) -> str:
        return f"(?:(?:{'|'.join(groups.get(match[0], [match[0]]))}),)"

    return re.compile(type_names.sub(name, expression).replace(" ", "") + r"\Z")


def load(path: Path) -> Schema:
    raw = json.loads(path.read_text("utf-8"))
    groups: dict[str, list[str]] = {}
    for name, spec in raw["nodes"].items():
        groups.setdefault(spec.get("group", ""), []).append(name)
    patterns = {name: re.compile(text) for name, text in raw["patterns"].items()}
    nodes = {name: _node(name, spec, groups, patterns) for name, spec in raw["nodes"].items()}
    return Schema(
        version=raw["version"],
        max_depth=raw["max_depth"],
        max_nodes=raw["max_nodes"],
        text_forbidden=re.compile(raw["text_forbidden"]),
        nodes=MappingProxyType(nodes),
        marks=MappingProxyType(_marks(raw["marks"], patterns)),
        url=patterns["url"],
    )


def _node(
    name: str,
    spec: Mapping[str, Any],
    groups: Mapping[str, list[str]],
    patterns: Mapping[str, re.Pattern[str]],
) -> NodeType:
    content = _content(spec["content"], groups) if "content" in spec else None
    attributes = _attributes(spec.get("attrs", {}), patterns)
    return NodeType(
        name=name,
        attributes=attributes,
        content=content,
        inline=spec.get("inline", False),
        allows_marks=spec.get("marks", "_") != "",
        holds_text=content is not None and content.match("text,") is not None,
        needs_attributes=any(attribute.required for attribute in attributes.values()),
    )


def _marks(raw: Mapping[str, Any], patterns: Mapping[str, re.Pattern[str]]) -> dict[str, MarkType]:
    marks = {}
    for rank, (name, spec) in enumerate(raw.items()):
        excluded = spec.get("excludes", "")
        names = set(raw) - {name} if excluded == "_" else set(excluded.split())
        marks[name] = MarkType(
            name=name,
            rank=rank,
            attributes=_attributes(spec.get("attrs", {}), patterns),
            excludes=frozenset(names),
        )
    return marks


SCHEMA = load(Path(__file__).with_name("schema.json"))
