"""A lexicon (词库) or a table of names is taken in at the desk: whole when every line is right, else not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from webapp.articles.checking import LEXICON_FOLDER
from webapp.checks.lexicon_files import LEXICON_SUFFIXES, MAX_FILE_BYTES, Source
from webapp.checks.name_tables import kind_of
from webapp.checks.rules import ALLOW_FILE, NAMES_FILE, Said, try_lexicon
from webapp.intake.decoding import decode_bytes
from webapp.kernel.errors import Invalid, Unsupported
from webapp.lexicon.models import WordList
from webapp.lexicon.service import put_word_list, terms_beside
from webapp.users.permissions import Actor

NAME_MAX_CHARACTERS = 100


@dataclass(frozen=True, kw_only=True)
class Examined:
    """A file in which every line is right."""

    source: Source
    said: Said


def examine(session: Session, name: str, data: bytes) -> Examined:
    """`name` is the file's, `data` its bytes, UTF-8 or GB18030. To be called outside a transaction that writes: 200,000 lines
    take seconds. Raises Invalid (code `lexicon_invalid` with one FieldError for each wrong line), TooLarge."""
    source = Source(_name_of(name), _text_of(data))
    said = try_lexicon(LEXICON_FOLDER, source, beside=terms_beside(session, source.name))
    if not said.entries:
        raise Invalid.of_field("file", "文件里一条也没有，词库没有改动；请看看是不是选错了文件。")
    return Examined(source=source, said=said)


def take_in(session: Session, file: Examined, *, actor: Actor, now: datetime) -> WordList:
    """In force at once, in place of the lexicon of that name. Raises Forbidden."""
    source, said = file.source, file.said
    musts = sum(term.severity == "must" for term in said.terms)
    return put_word_list(session, source.name, source.text, kind=kind_of(source), terms=said.entries,
                         musts=musts, actor=actor, now=now)  # fmt: skip


def _name_of(name: str) -> str:
    base = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    if Path(base).suffix.lower() not in LEXICON_SUFFIXES or base in (NAMES_FILE, ALLOW_FILE):
        message = "词库要是 .csv、.txt 或 .toml 文件，没有改动；Excel 表格请另存为“CSV UTF-8”再传。"
        raise Invalid.of_field("file", message)
    stem, suffix = base.rsplit(".", 1)
    if not 1 <= len(base) <= NAME_MAX_CHARACTERS:
        message = f"文件名最长 {NAME_MAX_CHARACTERS} 个字，没有改动；请改短再传。"
        raise Invalid.of_field("file", message)
    return f"{stem}.{suffix.lower()}"


def _text_of(data: bytes) -> str:
    try:
        return decode_bytes(data, limit_bytes=MAX_FILE_BYTES)
    except (Invalid, Unsupported):
        message = "这个文件里不是文字，词库没有改动；Excel 表格请另存为“CSV UTF-8”再传。"
        raise Invalid.of_field("file", message) from None
