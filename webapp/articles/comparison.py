"""Two states of an article side by side: the fields, then the body block by block; and two put together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from webapp.articles.content import Content
from webapp.document.diff import BlockChange, Part, diff
from webapp.document.merge import merge
from webapp.document.model import from_plain_paragraphs
from webapp.rendering.model import FORM_NAMES

FIELD_LABELS = {
    "title": "标题",
    "author": "作者",
    "digest": "摘要",
    "source": "来源",
    "source_url": "原文链接",
    "credits": "署名",
    "cover_id": "封面",
    "form": "形式",
    "issue": "期号",
    "issue_year": "期号的年份",
}


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    label: str
    old: str
    new: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Neighbouring blocks: unchanged ones together, so that a page may fold them, others one by one."""

    is_same: bool
    changes: tuple[BlockChange, ...]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    fields: tuple[FieldChange, ...]
    stretches: tuple[Stretch, ...]
    counts: Counter[str]

    @property
    def is_equal(self) -> bool:
        return not self.fields and all(s.is_same for s in self.stretches)


def _field_text(content: Content, name: str) -> str:
    value = getattr(content, name)
    if name == "credits":
        return "；".join(f"{label}：{names}" for label, names in value)
    if name == "form":
        return FORM_NAMES[content.form]
    return str(value or "")


def _fields(old: Content, new: Content) -> Iterator[FieldChange]:
    for name, label in FIELD_LABELS.items():
        before, after = _field_text(old, name), _field_text(new, name)
        if before != after:
            whole = diff(from_plain_paragraphs([before]), from_plain_paragraphs([after]))
            parts = tuple(part for change in whole for part in change.parts)
            yield FieldChange(label=label, old=before, new=after, parts=parts)


def _stretches(changes: Sequence[BlockChange]) -> Iterator[Stretch]:
    run: list[BlockChange] = []
    for change in changes:
        if change.kind == "same":
            run.append(change)
            continue
        if run:
            yield Stretch(is_same=True, changes=tuple(run))
            run = []
        yield Stretch(is_same=False, changes=(change,))
    if run:
        yield Stretch(is_same=True, changes=tuple(run))


def compare(old: Content, new: Content) -> Comparison:
    changes = diff(old.body, new.body)
    return Comparison(
        fields=tuple(_fields(old, new)),
        stretches=tuple(_stretches(changes)),
        counts=Counter(change.kind for change in changes),
    )


def put_together(base: Content, mine: Content, theirs: Content) -> Content | None:
    """`base` with what both changed; None when both changed the same field or the same place of the body otherwise."""
    body = merge(base.body, mine.body, theirs.body)
    if body is None:
        return None
    fields = {}
    for name in FIELD_LABELS:
        before, own, other = (getattr(content, name) for content in (base, mine, theirs))
        if own != other and before not in (own, other):
            return None
        fields[name] = other if own == before else own
    return replace(base, body=body, **fields)
