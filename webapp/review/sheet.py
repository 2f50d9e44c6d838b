"""The 审签单: what stands on it, on the page and as a Word file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from sqlalchemy.orm import Session

from webapp.articles.models import Article, Revision
from webapp.articles.queries import head_revision, writers_of
from webapp.kernel.clock import local
from webapp.kernel.secrets import SecretBox
from webapp.review.codes import code_of
from webapp.review.models import Review, UrgentRequest
from webapp.review.queries import Seal, SealState, list_reviews, seals_of
from webapp.review.urgent import find_request
from webapp.review.workflow import DECISION_NAMES, WAY_NAMES, Decision, Way
from webapp.users.service import display_names

Moment = Callable[[datetime], str]
CINNABAR = RGBColor(0xB7, 0x34, 0x2C)
_SEAL_WORDS = {
    SealState.NEXT: "待审",
    SealState.WAITING: "未到",
    SealState.BROKEN: "已作废",
    SealState.OWED: "待补签",
    SealState.OBJECTED: "异议",
}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    article: Article
    revision: Revision
    reviews: Sequence[Review]
    seals: tuple[Seal, ...]
    writers: str
    urgent: UrgentRequest | None
    code: str
    """To be checked against what stands here; empty before the first verdict."""
    printed_at: datetime


def read_sheet(session: Session, article: Article, box: SecretBox, *, now: datetime) -> Sheet:
    reviews = list_reviews(session, article.id)
    names = display_names(session, writers_of(session, article))
    return Sheet(
        article=article,
        revision=head_revision(session, article),
        reviews=reviews,
        seals=seals_of(article, reviews),
        writers="、".join(sorted(names.values())),
        urgent=find_request(session, article),
        code=code_of(box, article.id, reviews),
        printed_at=now,
    )


def is_void(review: Review, article: Article) -> bool:
    """An approval of a text that is not the one under review."""
    return review.decision == Decision.APPROVE and review.checksum != article.review_checksum


def how_decided(review: Review) -> str:
    """By what right, where it is not the plain one."""
    link = f"{review.signer_title}，持链接签批" if review.link_id is not None else ""
    if review.way:
        deputy = (
            f"，代{review.deputy_for}"
            if review.deputy_for
            else "，代审"
            if review.is_deputy
            else ""
        )
        return WAY_NAMES[Way(review.way)] + (f"，{link}" if link else deputy)
    if link:
        return link
    if not review.is_deputy:
        return ""
    return f"代审（代{review.deputy_for}）" if review.deputy_for else "代审"


# As a Word file


def _for_xml(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c in "\n\t")


def _write(cell: Any, text: str, *, bold: bool = False, colour: RGBColor | None = None) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(_for_xml(text))
    run.bold = bold
    if colour is not None:
        run.font.color.rgb = colour


def _rows(sheet: Sheet, status: str, moment: Moment) -> Iterable[tuple[str, ...]]:
    article, revision, at = sheet.article, sheet.revision, moment
    yield ("题名", article.title or "无标题")
    yield ("专栏", article.column.name, "作者", article.author or "—")
    yield ("来源", revision.source or "—", "字数", str(article.characters))
    yield ("撰改", sheet.writers or "—", "版次", f"第 {article.revision} 版")
    if sheet.urgent is not None:
        yield ("急件", sheet.urgent.reason)
    yield ("送审", at(article.submitted_at) if article.submitted_at else "—", "状态", status)
    if article.published_at:
        yield ("刊发", at(article.published_at), "链接", article.url or "—")


def _seal_words(seal: Seal, day: Moment) -> str:
    if seal.state is SealState.PRESSED and seal.review is not None:
        mark = "（代）" if seal.review.is_deputy else ""
        return f"{seal.stage_name}{mark}\n{seal.review.signer}\n{day(seal.review.at)}"
    return f"{seal.stage_name}\n{_SEAL_WORDS[seal.state]}"


def write_docx(sheet: Sheet, *, institution: str, status: str, zone: ZoneInfo) -> bytes:
    """One page of A4 as a rule; the same words as the page has. `status`: where the article stands, in a word."""

    def moment(value: datetime) -> str:
        return f"{local(value, zone):%Y.%m.%d %H:%M}"

    def day(value: datetime) -> str:
        return f"{local(value, zone):%Y.%m.%d}"

    paper = Document()
    _set_up(paper)
    _head(paper, institution, sheet)
    facts = paper.add_table(rows=0, cols=4, style="Table Grid")
    for row in _rows(sheet, status, moment):
        cells = facts.add_row().cells
        if len(row) == 2:
            cells[1].merge(cells[3])
        for index, text in enumerate(row):
            _write(cells[index], text, bold=len(row) == 2 and index == 1)
    _seals(paper, sheet, day)
    _verdicts(paper, sheet, moment)
    _foot(paper, sheet, moment)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def _set_up(paper: Any) -> None:
    section, style = paper.sections[0], paper.styles["Normal"]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    style.font.name, style.font.size = "Times New Roman", Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    style.paragraph_format.space_after = Pt(0)


def _head(paper: Any, institution: str, sheet: Sheet) -> None:
    for text, size, bold in ((institution, 11, False), ("稿 件 审 签 单", 20, True)):
        paragraph = paper.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.font.size, run.bold = Pt(size), bold
    number = paper.add_paragraph(f"编号 {sheet.article.id}")
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _seals(paper: Any, sheet: Sheet, day: Moment) -> None:
    paper.add_paragraph()
    table = paper.add_table(rows=1, cols=len(sheet.seals), style="Table Grid")
    for cell, seal in zip(table.rows[0].cells, sheet.seals, strict=True):
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        pressed = seal.state is SealState.PRESSED
        _write(cell, _seal_words(seal, day), bold=pressed, colour=CINNABAR if pressed else None)


def _verdicts(paper: Any, sheet: Sheet, moment: Moment) -> None:
    paper.add_paragraph()
    table = paper.add_table(rows=1, cols=5, style="Table Grid")
    for cell, word in zip(
        table.rows[0].cells, ("审次", "审核人", "结论", "意见", "时间"), strict=True
    ):
        _write(cell, word, bold=True)
    for review in sheet.reviews:
        void = "（已作废）" if is_void(review, sheet.article) else ""
        how, why = how_decided(review), review.deputy_reason
        words = (
            f"第 {review.round} 次 {sheet.article.column.stage_name(review.stage)}",
            f"{review.signer}\n{how}" if how else review.signer,
            f"{DECISION_NAMES[Decision(review.decision)]}{void}",
            "\n".join(filter(None, (review.comment or "—", f"代审理由：{why}" if why else ""))),
            f"{moment(review.at)}\n{review.checksum[:12]}",
        )
        for cell, text in zip(table.add_row().cells, words, strict=True):
            _write(cell, text)


def _foot(paper: Any, sheet: Sheet, moment: Moment) -> None:
    paper.add_paragraph()
    lines = [f"送审内容校验码（SHA-256）：{sheet.article.review_checksum or '—'}"]
    if sheet.code:
        lines.append(f"核验码：{sheet.code}（在“审核—核验审签单”里输入，看与存档是否相符）")
    lines.append(f"制表 {moment(sheet.printed_at)}")
    for line in lines:
        run = paper.add_paragraph().add_run(line)
        run.font.size = Pt(9)
