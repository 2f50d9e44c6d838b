"""A file becomes a draft by command; what cannot is refused and leaves nothing behind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document as WordDocument
from docx.shared import Cm

from tests.cast import picture
from tests.commands.office import Office
from webapp.articles.content import content_of
from webapp.articles.models import Article, Revision
from webapp.articles.queries import Filters, head_revision, list_articles
from webapp.demo.people import BULLETIN
from webapp.document.model import asset_ids
from webapp.document.text import plain_text
from webapp.media.models import Asset

MB = 1_000_000


def written(folder: Path, name: str, data: bytes | str) -> str:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def articles_of(office: Office) -> list[tuple[Article, Revision]]:
    context = office.open()
    with context.db.step() as session:
        items = list_articles(session, Filters()).items
        found = [(article, head_revision(session, article)) for article in items]
    context.db.dispose()
    return found


def word_file() -> bytes:
    document = WordDocument()
    document.add_heading("社区里的白大褂", level=1)
    document.add_paragraph("第一段，写的是一线的事。")
    document.add_picture(io.BytesIO(picture(900, 600)), width=Cm(8))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


FILES: dict[str, bytes | str] = {
    "稿.txt": "社区里的白大褂\n\n第一段，写的是一线的事。\n",
    "稿.md": "# 社区里的白大褂\n\n第一段，写的是**一线**的事。\n",
    "稿.html": "<!doctype html><html><body><h1>社区里的白大褂</h1><p>第一段，写的是一线的事。</p></body></html>",
    "稿.docx": word_file(),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_each_kind_becomes_a_draft(office: Office, tmp_path: Path, name: str):
    said = office.say("import", written(tmp_path, name, FILES[name]), "--column", "advice").done()
    assert said.startswith("已导入为第 1 号草稿《社区里的白大褂》")
    [(article, revision)] = articles_of(office)
    assert (article.status, article.column.slug) == ("draft", "advice")
    assert "第一段，写的是一线的事。" in plain_text(content_of(revision).body)


def test_the_pictures_of_a_word_file_come_along(office: Office, tmp_path: Path):
    office.say("import", written(tmp_path, "稿.docx", word_file()), "--column", "advice").done()
    [(_, revision)] = articles_of(office)
    [asset_id] = asset_ids(content_of(revision).body)
    context = office.open()
    with context.db.step() as session:
        assert context.store.exists(session.get_one(Asset, asset_id).key)
    context.db.dispose()


def test_the_scraped_bulletin_tells_what_was_cleaned(office: Office):
    said = office.run("import", str(BULLETIN), "--column", "frontline").done()
    assert "《同心抗疫 共克时艰》" in said
    cleanups = [line.split() for line in said.splitlines() if "清理" in line]
    assert ["清理", "拼音注释", "174", "处"] in cleanups
    [(article, revision)] = articles_of(office)
    assert len(revision.cleanups) >= sum(int(line[2]) for line in cleanups)
    assert article.title == "同心抗疫 共克时艰"


def test_an_author_who_is_a_user_owns_the_draft(office: Office, tmp_path: Path):
    office.say("user", "add", "lin", "--role", "editor", "--display-name", "林编辑").done()
    file = written(tmp_path, "稿.txt", FILES["稿.txt"])
    office.say("import", file, "--column", "advice", "--author", "lin").done()
    office.say("import", file, "--column", "advice", "--author", "外面的人").done()
    outside, own = [article for article, _ in articles_of(office)]
    assert (own.author, own.created_by) == ("林编辑", 1)
    assert (outside.author, outside.created_by) == ("外面的人", None)


def test_an_author_who_may_not_write_there_is_refused(office: Office, tmp_path: Path):
    office.say("user", "add", "zhou", "--role", "reviewer").done()
    file = written(tmp_path, "稿.txt", FILES["稿.txt"])
    said = office.say("import", file, "--column", "advice", "--author", "zhou")
    assert "没有做这件事的权限" in said.refused()
    assert articles_of(office) == []


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\0" * 300 * MB)
    return out.getvalue()


# What is large is made when it is needed: every test process reads this file.
REFUSED: dict[str, tuple[str, bytes | Callable[[], bytes], str]] = {
    "empty": ("空.txt", b"", "空的"),
    "blanks": ("空.txt", b" \n\n\t ", "没有"),
    "binary": ("稿.txt", bytes(range(256)) * 40, "文字"),
    "50 MB of text": ("大.txt", lambda: "字".encode() * (50 * MB // 3), "MB"),
    "50 MB": ("大.docx", lambda: b"PK\x03\x04" + b"\0" * 50 * MB, "MB"),
    "a picture": ("图.docx", picture(), "图片"),
    "a PDF": ("稿.txt", b"%PDF-1.7\n" + b"x" * 100, "PDF"),
    "a cut-off word file": ("稿.docx", word_file()[:3000], "没有导入"),
    "another archive": ("稿.docx", b"PK\x05\x06" + b"\0" * 18, "没有导入"),
    "a bomb": ("稿.docx", _bomb, "没有导入"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_text_is_refused_and_leaves_nothing_behind(
    office: Office, tmp_path: Path, name: str
):
    file, made, word = REFUSED[name]
    data = made if isinstance(made, bytes) else made()
    said = office.say("import", written(tmp_path, file, data), "--column", "advice")
    assert word in said.refused()
    assert articles_of(office) == []
    assert not list((office.folder / "media").rglob("*.*"))


def test_a_column_that_is_not_there_is_said_so_with_those_that_are(office: Office, tmp_path: Path):
    file = written(tmp_path, "稿.txt", FILES["稿.txt"])
    sentence = office.say("import", file, "--column", "nowhere").refused()
    assert "frontline、advice、calligraphy" in sentence


@pytest.mark.postgres
def test_an_import_into_postgresql(grown: Office):
    assert (
        "《同心抗疫 共克时艰》"
        in grown.say("import", str(BULLETIN), "--column", "frontline").done()
    )
