"""What a new article of a column starts from (模板): headings to fill in, a standing note, the source and the credits.

It is a text as any other, less what only an article has: no title, byline, digest, cover or number. An article that was
begun from it is on its own from then on: another template changes none that is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.articles.content import Content, parse_content
from webapp.articles.service import refuse_missing_pictures
from webapp.columns.models import Column
from webapp.document.text import count_characters, is_empty
from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Invalid
from webapp.users.permissions import Actor, Permission

KEYS = ("source", "credits", "body")


def find_template(column: Column) -> Content | None:
    return None if column.template is None else parse_content(column.template)


def get_template(column: Column) -> Content:
    """Raises Invalid where the column has none."""
    found = find_template(column)
    if found is None:
        raise Invalid.of_field("column", f"“{column.name}”还没有模板，没有建立稿件；请从空白写起。")
    return found


def parse_template(payload: Mapping[str, object]) -> Content | None:
    """The editor's JSON; None when nothing stands in it. Raises Invalid with all wrong fields."""
    content = parse_content({key: payload.get(key) for key in KEYS})
    has_words = not all(map(is_empty, content.body.content))
    return content if has_words or content.source or content.credits else None


def parse_credit_lines(text: str) -> list[list[str]]:
    """One a line: 编辑：张三."""
    rows = [line.replace(":", "：").partition("：") for line in text.splitlines() if line.strip()]
    return [[label.strip(), names.strip()] for label, _colon, names in rows]


def credit_lines(credits_: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{label}：{names}" for label, names in credits_)


def keep_template(
    session: Session, column: Column, content: Content | None, *, actor: Actor, now: datetime
) -> None:
    """None takes it away. Raises Invalid for a picture that is not there."""
    actor.require(Permission.COLUMN_MANAGE, column.id)
    if content is not None:
        refuse_missing_pictures(session, content)
    before, column.template = find_template(column), _stored(content)
    record(session, "column.template", Subject(kind="column", id=column.id), actor=actor.name,
           now=now, details={"before": _length(before), "after": _length(content)})  # fmt: skip


def _stored(content: Content | None) -> dict[str, object] | None:
    if content is None:
        return None
    whole = content.to_json()
    return {key: whole[key] for key in KEYS}


def _length(content: Content | None) -> str:
    return "没有" if content is None else f"{count_characters(content.body).characters} 字"
