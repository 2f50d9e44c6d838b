"""Lexicon files → terms, with every fault told by file and line."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from webapp.checks.lexicon import Term
from webapp.kernel.errors import FieldError, Invalid

MAX_FILE_BYTES = 32 * 1024 * 1024
FAULTS_TOLD = 50
"""How many wrong lines are named; all are counted. 200,000 lines take 3 s to read, right or wrong (2 cores, 2026-11)."""

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TOML_LINE = re.compile(r"at line (\d+)")


def _only_a_date(value: object) -> object:
    """Not a number: pydantic would take 20220131 for seconds since 1970."""
    if type(value) is date or (isinstance(value, str) and _ISO_DATE.fullmatch(value.strip())):
        return value
    raise ValueError("不是日期")


_SEVERITIES = {"必改": "must", "必须改": "must", "提示": "should", "建议改": "should"}


def _in_english(value: object) -> object:
    return _SEVERITIES.get(value.strip(), value) if isinstance(value, str) else value


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=64)]
Day = Annotated[date, BeforeValidator(_only_a_date)]
Row = tuple[int, object]
"""A line number, from 1, and what stands there."""


@dataclass(frozen=True)
class Source:
    """One file of rules, wherever it is kept: what it is called and what it says."""

    name: str
    text: str

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix


@dataclass
class Faults:
    """Wrong lines, as they are met; the files are read to the end, so that all can be mended at once."""

    fields: list[FieldError] = field(default_factory=list)

    def add(self, file: str, line: int, message: str) -> None:
        self.fields.append(FieldError(f"{file}:{line}" if line else file, message))

    def raise_if_any(self) -> None:
        if not self.fields:
            return
        first = self.fields[0]
        file, _, line = first.field.partition(":")
        place = f"{file} 第 {line} 行" if line else file
        raise Invalid(
            f"词库有 {len(self.fields)} 处写法不对，没有启用，原来的规则不受影响。{place}：{first.message}。",
            code="lexicon_invalid",
            fields=self.fields[:FAULTS_TOLD],
        )


class Dated(BaseModel):
    """Both days included."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    starts: Day | None = Field(default=None, alias="from")
    ends: Day | None = Field(default=None, alias="until")

    def fault(self) -> str | None:
        if self.starts and self.ends and self.starts > self.ends:
            return "until 早于 from"
        return None


class TermRow(Dated):
    term: Name
    severity: Annotated[Literal["must", "should"], BeforeValidator(_in_english)] = "should"
    reason: str = Field(default="", max_length=200)
    replacement: str | None = Field(default=None, max_length=64)

    def as_term(self) -> Term:
        return Term(
            term=self.term,
            severity=self.severity,
            reason=self.reason,
            replacement=self.replacement,
            starts=self.starts,
            ends=self.ends,
        )


Model = TypeVar("Model", bound=Dated)


def read_lexicon(source: Source, faults: Faults) -> list[Term]:
    """The terms; what a lexicon may be called, LEXICON_SUFFIXES tells."""
    rows = _READERS[source.suffix](source, faults)
    parsed = (parse_row(TermRow, raw, source.name, line, faults) for line, raw in rows)
    return [row.as_term() for row in parsed if row is not None]


def parse_row(
    model: type[Model], raw: object, file: str, line: int, faults: Faults
) -> Model | None:
    """The row, or None after its faults were noted."""
    try:
        row = model.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=False):
            faults.add(file, line, _in_chinese(detail))
        return None
    if fault := row.fault():
        faults.add(file, line, fault)
        return None
    return row


_FAULTS: Mapping[str, str] = {
    "missing": "缺少 {name}",
    "extra_forbidden": "不认识 {name} 这一项",
    "literal_error": "{name}只能是必改（must）或提示（should）",
    "value_error": "{name}不是日期，请写作 2022-01-31",
    "date_from_datetime_parsing": "{name}没有这一天",
    "string_too_short": "{name}太短，至少两个字，一个字会处处误报",
    "string_too_long": "{name}太长",
}


_HEADS = {
    "词": "term",
    "级别": "severity",
    "理由": "reason",
    "改为": "replacement",
    "起": "from",
    "止": "until",
}
"""What the first line of a table may say in Chinese."""
_WORDS = {name: word for word, name in _HEADS.items()}


def _in_chinese(detail: Mapping[str, Any]) -> str:
    name = ".".join(str(part + 1 if isinstance(part, int) else part) for part in detail["loc"])
    name = f"{_WORDS[name]}（{name}）" if name in _WORDS else name
    return _FAULTS.get(detail["type"], "{name}的写法不对").format(name=name or "这一项")


def read_source(path: Path, faults: Faults) -> Source:
    """Empty when the file is missing, too large or not UTF-8."""
    if not path.is_file():
        return Source(path.name, "")
    if path.stat().st_size > MAX_FILE_BYTES:
        faults.add(path.name, 0, f"文件超过 {MAX_FILE_BYTES // 1024 // 1024} MB")
        return Source(path.name, "")
    raw = path.read_bytes()
    try:
        return Source(path.name, raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        how = "在表格软件里另存为“CSV UTF-8”" if path.suffix == ".csv" else "用 UTF-8 编码另存"
        faults.add(path.name, line, f"不是 UTF-8 编码，请{how}")
        return Source(path.name, "")


def read_lines(source: Source) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers from 1."""
    lines = enumerate(source.text.splitlines(), 1)
    stripped = ((number, line.strip()) for number, line in lines)
    return [(number, line) for number, line in stripped if line and not line.startswith("#")]


def read_toml(source: Source, faults: Faults) -> dict[str, Any]:
    """What it says; nothing when it cannot be read."""
    try:
        return tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        line = _TOML_LINE.search(str(error))
        last = source.text.count("\n") + 1
        faults.add(source.name, int(line[1]) if line else last, "TOML 写法不对")
        return {}


def toml_tables(
    source: Source, content: Mapping[str, Any], name: str, faults: Faults
) -> Iterator[Row]:
    """The [[name]] tables, each with the line of its head."""
    if name not in content:
        return
    tables = content[name]
    head = re.compile(rf"[ \t]*\[\[[ \t]*{name}[ \t]*\]\]")
    lines = [n for n, line in enumerate(source.text.split("\n"), 1) if head.match(line)]
    if not isinstance(tables, list) or len(lines) != len(tables):
        faults.add(source.name, 1, f"{name} 要写成一个个 [[{name}]] 小节")
        return
    yield from zip(lines, tables, strict=True)


def refuse_others(
    content: Iterable[str], known: tuple[str, ...], file: str, faults: Faults
) -> None:
    for name in sorted(set(content) - set(known)):
        faults.add(file, 1, f"不认识 {name}，这里只能有 {'、'.join(f'[[{k}]]' for k in known)}")


def _toml_rows(source: Source, faults: Faults) -> Iterable[Row]:
    content = read_toml(source, faults)
    refuse_others(content, ("term",), source.name, faults)
    return toml_tables(source, content, "term", faults)


def _text_rows(source: Source, _faults: Faults) -> Iterable[Row]:
    severity = "must" if source.name.endswith(".must.txt") else "should"
    return ((number, {"term": line, "severity": severity}) for number, line in read_lines(source))


def _csv_rows(source: Source, faults: Faults) -> Iterator[Row]:
    return read_table(source, _HEADS, faults)


def read_table(source: Source, heads: Mapping[str, str], faults: Faults) -> Iterator[Row]:
    """The lines of a CSV file by the names of its columns. `heads`: what its first line may say, in Chinese or as the names;
    the first of them it must say."""
    lines = source.text.splitlines(keepends=True)
    said = ("\n" if line.startswith("#") else line for line in lines)
    reader = csv.reader(said, strict=True)
    header: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header:
                yield reader.line_num, _csv_row(header, cells)
            elif not (header := _csv_header(cells, heads, source.name, reader.line_num, faults)):
                return
    except csv.Error:
        faults.add(source.name, reader.line_num, "引号没有成对，或单元格过长")


def _csv_header(
    cells: list[str], heads: Mapping[str, str], file: str, line: int, faults: Faults
) -> list[str]:
    said = [cell.strip().lower() for cell in cells]
    header = [heads.get(cell, cell) for cell in said]
    word, needed = next(iter(heads.items()))
    if needed not in header or len(set(header)) != len(header) or not set(heads.values()) >= set(header):  # fmt: skip
        others = "、".join(f"{word}（{name}）" for word, name in heads.items() if name != needed)
        faults.add(file, line, f"表头要有“{word}”（{needed}），其余只能是{others}")
        return []
    return header


def _csv_row(header: list[str], cells: list[str]) -> dict[str, str]:
    """Empty cells say nothing. A cell too many makes a key that no row may have."""
    names = [*header, *(f"第 {n} 列" for n in range(len(header) + 1, len(cells) + 1))]
    return {name: cell for name, cell in zip(names, cells, strict=False) if cell.strip()}


_READERS: Mapping[str, Callable[[Source, Faults], Iterable[Row]]] = {
    ".csv": _csv_rows,
    ".toml": _toml_rows,
    ".txt": _text_rows,
}

LEXICON_SUFFIXES = tuple(_READERS)
