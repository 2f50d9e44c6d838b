"""Which part of a .docx is what, by its relationships (ECMA-376 part 2, 9.3)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from webapp.intake.word.archive import Archive, broken
from webapp.intake.word.xml import RELATIONSHIP, Element, parse
from webapp.kernel.errors import Unsupported

_OTHER_PROGRAMS = {"xl/workbook.xml": "Excel 表格", "ppt/presentation.xml": "PPT 演示文稿"}


@dataclass(frozen=True)
class Relationship:
    kind: str
    target: str
    """The part's name, or an address outside."""


class Package:
    """Raises Unsupported (`unsupported_file`) when it is no Word file, Invalid (`docx_broken`)."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.main = self._main_part()
        self.related = self.relationships(self.main)

    def _main_part(self) -> str:
        roots = self.relationships("").values()
        named = [r.target for r in roots if r.kind == "officeDocument"]
        for name in (*named, "word/document.xml"):
            if name.endswith(".xml") and name in self.archive.names and name not in _OTHER_PROGRAMS:
                return name
        for name, program in _OTHER_PROGRAMS.items():
            if name in self.archive.names:
                raise Unsupported(
                    f"这是 {program}，没有导入；请把文字和表格复制后粘贴到编辑器里",
                    code="unsupported_file",
                )
        if self.archive.names and "[Content_Types].xml" not in self.archive.names:
            raise Unsupported(
                "这是压缩包，不是 Word 文件，没有导入；请解压后选择里面的文件",
                code="unsupported_file",
            )
        raise broken()

    def relationships(self, part: str) -> Mapping[str, Relationship]:
        folder = posixpath.dirname(part)
        root = self.tree(relationships_name(part))
        if root is None:
            return {}
        return {
            element.get("Id", ""): _relationship(element, folder)
            for element in root.iter(RELATIONSHIP)
        }

    def tree(self, name: str) -> Element | None:
        data = self.archive.read(name)
        return None if data is None else parse(data)

    def main_tree(self) -> Element:
        root = self.tree(self.main)
        if root is None:
            raise broken()
        return root

    def part_of_kind(self, kind: str) -> str | None:
        return next(self.parts_of_kind(kind), None)

    def parts_of_kind(self, kind: str) -> Iterator[str]:
        names = (r.target for r in self.related.values() if r.kind == kind)
        return (name for name in names if name in self.archive.names)

    def tree_of_kind(self, kind: str) -> Element | None:
        name = self.part_of_kind(kind)
        return None if name is None else self.tree(name)


def relationships_name(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relationship(element: Element, folder: str) -> Relationship:
    kind = element.get("Type", "").rpartition("/")[2]
    target = element.get("Target", "")
    if element.get("TargetMode") != "External":
        target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return Relationship(kind, target)
