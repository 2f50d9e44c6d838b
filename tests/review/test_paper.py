from __future__ import annotations

import io

import pytest
from docx import Document
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Newsroom
from tests.conftest import SECRET
from tests.visitor import Visitor, signed_in
from webapp.kernel.errors import Conflict, Invalid
from webapp.kernel.secrets import SecretBox
from webapp.review.codes import check_code, check_in_words, code_of, parse_code
from webapp.review.models import Review
from webapp.review.queries import list_reviews
from webapp.review.workflow import Decision


def code(room: Newsroom, article_id: int) -> str:
    with room.step() as session:
        return code_of(room.context.box, article_id, list_reviews(session, article_id))


def words_of(body: bytes) -> str:
    paper = Document(io.BytesIO(body))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in paper.paragraphs), *cells])


@pytest.fixture
def auditor(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "auditor")


def test_the_word_file_says_what_the_page_says(auditor: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted(content=newsroom.content(title="存档\u000b的稿"))
    newsroom.decide(article_id, "reviewer1", comment="同意，\n请复审。")
    answer = auditor.get(f"/articles/{article_id}/sheet.docx")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    page, paper = auditor.get(f"/articles/{article_id}/sheet").text, words_of(answer.data)
    assert "存档的稿" in paper
    for words in ("初审", "reviewer1姓名", "请复审。", "2026.11.24 10:00", code(newsroom, article_id),
                  newsroom.article(article_id).review_checksum or "-"):  # fmt: skip
        assert words in paper, words
        assert words in page, words


def test_a_sheet_before_the_first_verdict_has_no_code(auditor: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted()
    assert "核验码" not in auditor.get(f"/articles/{article_id}/sheet").text
    assert "核验码" not in words_of(auditor.get(f"/articles/{article_id}/sheet.docx").data)


def test_a_code_fits_its_paper_and_an_earlier_one_too(auditor: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted(content=newsroom.content(title="核验这篇"))
    newsroom.decide(article_id, "reviewer1")
    early = code(newsroom, article_id)
    newsroom.decide(article_id, "reviewer2", Decision.RETURN, "请改。")
    late = code(newsroom, article_id)
    assert early != late
    page = auditor.get(f"/check/{late.lower().replace('-', ' - ')}").text
    assert "<strong>相符</strong>" in page
    assert "共 2 条审核意见" in page
    assert "现在是草稿" in page
    page = auditor.get("/check", query_string={"code": early}).text
    assert "又有 1 条意见" in page


def test_a_code_fits_no_more_once_a_verdict_was_tampered_with(newsroom: Newsroom):
    article_id = newsroom.submitted()
    newsroom.decide(article_id, "reviewer1", comment="第三段请再核。")
    printed = code(newsroom, article_id)
    with newsroom.step() as session:
        assert check_code(session, newsroom.context.box, printed).fits == 1
        session.query(Review).one().comment = "同意。"
    with newsroom.step() as session:
        assert check_code(session, newsroom.context.box, printed).fits is None
    fresh, other = code(newsroom, article_id), SecretBox(SECRET + " of another house")
    with newsroom.step() as session:
        assert check_code(session, other, fresh).fits is None


def test_wrong_codes_are_told_apart(app: Flask, auditor: Visitor, newsroom: Newsroom):
    article_id = newsroom.submitted()
    newsroom.decide(article_id, "reviewer1")
    wrong = f"{article_id}-0000-0000-0000"
    assert "<strong>不符</strong>" in auditor.get(f"/check/{wrong}").text
    assert auditor.get("/check/999-0000-0000-0000").status_code == 404
    assert auditor.get("/check/nonsense").status_code == 422
    assert auditor.get("/check").status_code == 200
    assert signed_in(app, "outsider").get(f"/check/{wrong}").status_code == 403


def test_the_command_says_it_in_one_sentence(newsroom: Newsroom):
    article_id = newsroom.submitted()
    newsroom.decide(article_id, "reviewer1")
    printed = code(newsroom, article_id)
    with newsroom.step() as session:
        assert "相符" in check_in_words(session, newsroom.context.box, printed)
        with pytest.raises(Conflict, match="不符"):
            check_in_words(session, newsroom.context.box, f"{article_id}-0000-0000-0000")


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_is_refused(typed: str):
    try:
        number, letters = parse_code(typed)
    except Invalid:
        return
    assert number >= 0
    assert len(letters) == 12
