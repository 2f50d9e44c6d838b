"""Flat list paragraphs, each with its level and label, become nested lists around them, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from webapp.intake.labels import Label, LabelKind
from webapp.intake.tokens import token


@dataclass(frozen=True)
class ListParagraph:
    """`level` counts from 1."""

    node: LexborNode
    level: int
    label: Label


@dataclass
class _Open:
    level: int
    kind: LabelKind
    next_number: int

    @property
    def tag(self) -> str:
        return "ol" if self.kind is LabelKind.NUMBER else "ul"


def build_lists(run: Sequence[ListParagraph]) -> None:
    """`run` holds neighbouring paragraphs. One whose label is text ends the lists of its level and stays a paragraph."""
    stack: list[_Open] = []
    for item in run:
        tags = _close_until(stack, item.level)
        if item.label.kind is LabelKind.TEXT:
            tags += _close_until(stack, item.level - 1)
        else:
            tags += _begin_item(stack, item)
        _insert_before(item.node, tags)
    for tag in reversed(_close_until(stack, 0)):
        run[-1].node.insert_after(token(tag))


def _begin_item(stack: list[_Open], item: ListParagraph) -> list[str]:
    label = item.label
    current = stack[-1] if stack and stack[-1].level == item.level else None
    if current and current.kind is label.kind and _continues(current, label):
        current.next_number += 1
        return ["/li", "li"]
    tags = _close_until(stack, item.level - 1)
    stack.append(_Open(item.level, label.kind, label.number + 1))
    start = f" start={label.number}" if label.kind is LabelKind.NUMBER and label.number != 1 else ""
    return [*tags, f"{stack[-1].tag}{start}", "li"]


def _continues(current: _Open, label: Label) -> bool:
    return label.kind is LabelKind.BULLET or label.number == current.next_number


def _close_until(stack: list[_Open], level: int) -> list[str]:
    """Closes the lists deeper than `level`."""
    tags: list[str] = []
    while stack and stack[-1].level > level:
        tags += ["/li", f"/{stack.pop().tag}"]
    return tags


def _insert_before(node: LexborNode, tags: Iterable[str]) -> None:
    for tag in tags:
        node.insert_before(token(tag))
