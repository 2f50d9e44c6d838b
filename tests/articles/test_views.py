from __future__ import annotations

import io
import json
import re
from html import unescape
from typing import Any

import docx
from flask import Flask

from tests.cast import Newsroom, body_of, picture
from tests.clock import FakeClock
from tests.visitor import Visitor, signed_in
from webapp.articles.content import content_of
from webapp.articles.queries import find_autosave, get_article, get_revision, list_revisions

SCRAPED = "密碼:\n\n九三學(xué)社陜西省委\n\n時(shí)近歲末年關(guān),正處于疫情常態(tài)化防控中。"
JSON_ANSWER = {"Accept": "application/json"}


def content_json(newsroom: Newsroom, article_id: int, **changes: Any) -> dict[str, Any]:
    with newsroom.step() as session:
        article = get_article(session, article_id)
        content = content_of(get_revision(session, article_id, article.revision)).to_json()
    return {"base_revision": article.revision, **content, **changes}


def put(visitor: Visitor, path: str, sent: object) -> Any:
    return visitor.open("PUT", path, json=sent, headers=JSON_ANSWER)


def post(visitor: Visitor, path: str, sent: object) -> Any:
    return visitor.post(path, json=sent, headers=JSON_ANSWER)


def number_in(location: str) -> int:
    found = re.search(r"/articles/(\d+)", location)
    assert found
    return int(found.group(1))


# Beginning


def test_a_new_article_begins_empty_in_the_chosen_column(editor: Visitor, newsroom: Newsroom):
    answer = editor.post("/articles/new", data={"column": "advice", "how": "blank"})
    assert answer.status_code == 303
    article = newsroom.article(number_in(answer.location))
    assert (article.column.slug, article.title, article.revision) == ("advice", "", 1)


def test_without_a_column_what_was_typed_is_kept_and_nothing_is_made(
    editor: Visitor, newsroom: Newsroom
):
    answer = editor.post("/articles/new", data={"how": "text", "text": "写了很久的一段话"})
    assert answer.status_code == 422
    assert "写了很久的一段话" in answer.text
    assert "先选一个专栏" in answer.text


def test_pasted_scraped_text_is_cleaned_and_every_change_is_listed(
    editor: Visitor, newsroom: Newsroom
):
    answer = editor.post(
        "/articles/new", data={"column": "frontline", "how": "text", "text": SCRAPED}
    )
    article_id = number_in(answer.location)
    assert answer.location.endswith("/cleanups")
    with newsroom.step() as session:
        revision = get_revision(session, article_id, 1)
    page = unescape(editor.get(answer.location).text)
    assert page.count("<del>") == len(revision.cleanups) > 5
    for kind in ("拼音注释", "繁体转简体", "网页残留", "误用字形", "全角标点"):
        assert kind in page
    assert revision.title == "九三学社陕西省委"


def test_a_word_file_brings_its_pictures_into_the_store(editor: Visitor, newsroom: Newsroom):
    document = docx.Document()
    document.add_paragraph("病房里的一天，写给每一个没有回家的人。")
    document.add_picture(io.BytesIO(picture(640, 480)))
    raw = io.BytesIO()
    document.save(raw)
    sent = {"column": "frontline", "how": "file", "file": (io.BytesIO(raw.getvalue()), "一天.docx")}
    answer = editor.post("/articles/new", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    with newsroom.step() as session:
        revision = get_revision(session, number_in(answer.location), 1)
    figures = [b for b in revision.body["content"] if b["type"] == "figure"]
    assert len(figures) == 1
    assert newsroom.find_asset(figures[0]["attrs"]["asset"]).width == 640
    assert revision.title == "一天"


def test_a_file_that_is_none_of_ours_is_refused_beside_its_field(editor: Visitor):
    sent = {"column": "frontline", "how": "file", "file": (io.BytesIO(b"%PDF-1.7 ..."), "a.pdf")}
    answer = editor.post("/articles/new", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 415
    assert "PDF" in answer.text
    assert 'name="column" value="frontline" required checked' in answer.text


def test_a_picture_that_cannot_be_read_costs_the_picture_and_not_the_text(
    editor: Visitor, newsroom: Newsroom
):
    page = (
        '<p>前一段。</p><p><img src="data:image/png;base64,aGVsbG8=" alt="坏图"></p><p>后一段。</p>'
    )
    article_id = newsroom.draft()
    answer = post(editor, f"/articles/{article_id}/import-html", {"html": page})
    assert answer.status_code == 200, answer.text
    told = answer.get_json()
    words = json.dumps(told["body"], ensure_ascii=False)
    assert "前一段" in words
    assert "后一段" in words
    assert told["losses"]


def test_pasted_html_comes_back_as_a_document_with_its_changes(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft()
    html = "<h2>守望</h2><p>他說,<b>很好</b>。</p><script>alert(1)</script>"
    told = post(editor, f"/articles/{article_id}/import-html", {"html": html}).get_json()
    assert told["body"]["content"][0]["type"] == "heading"
    assert {c["kind"] for c in told["cleanups"]} == {"punctuation"}
    assert "alert" not in json.dumps(told["body"])


# Writing


def test_the_writing_page_opens_with_what_stands_there(editor: Visitor, newsroom: Newsroom):
    page = editor.get(f"/articles/{newsroom.draft()}/edit")
    assert page.status_code == 200
    assert "社区里的白大褂" in page.text
    assert "style-src-attr 'unsafe-inline'" in page.headers["Content-Security-Policy"]


def test_autosave_keeps_one_rolling_copy_and_no_revision(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft()
    for n in range(3):
        sent = content_json(newsroom, article_id, title=f"第 {n} 稿")
        assert put(editor, f"/articles/{article_id}/autosave", sent).status_code == 200
    with newsroom.step() as session:
        saved = find_autosave(session, article_id)
        assert saved is not None
        assert saved.content["title"] == "第 2 稿"
        assert len(list_revisions(session, article_id)) == 1


def test_an_autosave_is_opened_and_said_so_and_can_be_dropped(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft()
    put(editor, f"/articles/{article_id}/autosave",
        content_json(newsroom, article_id, title="半路上的题目"))  # fmt: skip
    page = editor.get(f"/articles/{article_id}/edit").text
    assert '"is_mine": true' in page
    assert "半路上的题目" in unescape(page)
    dropped = editor.open("DELETE", f"/articles/{article_id}/autosave", headers=JSON_ANSWER)
    assert dropped.get_json()["content"]["title"] == "社区里的白大褂"
    assert '"autosave": null' in editor.get(f"/articles/{article_id}/edit").text


def test_saving_makes_a_named_revision(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft()
    sent = content_json(newsroom, article_id, title="新题目", name="会后定稿")
    told = post(editor, f"/articles/{article_id}/save", sent).get_json()
    assert (told["revision"], told["name"]) == (2, "会后定稿")
    assert "会后定稿" in editor.get(f"/articles/{article_id}/history").text


def test_saving_what_stands_there_already_makes_no_revision_but_takes_the_name(
    editor: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    sent = content_json(newsroom, article_id, name="初稿")
    told = post(editor, f"/articles/{article_id}/save", sent).get_json()
    assert (told["revision"], told["name"]) == (1, "初稿")


def test_the_preview_is_the_very_html_with_counts_and_findings_must_first(
    editor: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    sent = content_json(newsroom, article_id, cover_id=None,
                        body=body_of("截止目前，已经完成。").to_json())  # fmt: skip
    told = post(editor, f"/articles/{article_id}/preview", sent).get_json()
    assert "截止目前，已经完成。" in told["html"]
    assert told["units"]["title"] == 14
    assert told["characters"] == 10
    severities = [f["severity"] for f in told["findings"]]
    assert severities == sorted(severities)
    assert severities[0] == "must"
    jiezhi = next(f for f in told["findings"] if f["code"] == "style.jiezhi")
    assert (jiezhi["block"], jiezhi["start"], jiezhi["end"]) == (0, 0, 4)
    assert jiezhi["fix"] == "截至目前"


def test_a_body_that_is_no_document_is_refused_with_a_sentence(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft()
    sent = content_json(newsroom, article_id, body={"type": "doc", "content": [{"type": "video"}]})
    answer = put(editor, f"/articles/{article_id}/autosave", sent)
    assert answer.status_code == 422
    assert answer.get_json()["message"].endswith("。")


def test_the_focal_point_of_a_cover_moves_with_a_click(editor: Visitor, newsroom: Newsroom):
    article_id, asset = newsroom.draft(), newsroom.asset()
    path = f"/articles/{article_id}/cover/{asset}"
    assert post(editor, path, {"x": 0.2, "y": 0.8}).get_json()["focal"] == [0.2, 0.8]
    assert editor.get(path).get_json()["focal"] == [0.2, 0.8]
    assert post(editor, path, {"x": "left"}).status_code == 422


# Moves


def test_submitting_says_who_is_next_and_can_be_taken_back_at_once(
    editor: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    assert editor.post(f"/articles/{article_id}/submit").location == f"/articles/{article_id}"
    page = editor.get(f"/articles/{article_id}").text
    assert "已送审，等初审。" in page
    assert f'action="/articles/{article_id}/recall"' in page
    editor.post(f"/articles/{article_id}/recall")
    assert newsroom.article(article_id).status == "draft"


def test_an_open_must_leads_back_to_the_checks(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft(newsroom.content(cover_id=None))
    answer = editor.post(f"/articles/{article_id}/submit")
    assert answer.location == f"/articles/{article_id}/edit#checks"
    assert "必须先改" in editor.get(f"/articles/{article_id}/edit").text
    assert newsroom.article(article_id).status == "draft"


def test_an_earlier_revision_is_restored_as_the_newest_with_a_way_back(
    editor: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    post(editor, f"/articles/{article_id}/save",
         content_json(newsroom, article_id, title="第二版的题目"))  # fmt: skip
    editor.post(f"/articles/{article_id}/restore/1")
    article = newsroom.article(article_id)
    assert (article.title, article.revision) == ("社区里的白大褂", 3)
    assert f"/articles/{article_id}/restore/2" in editor.get(f"/articles/{article_id}/history").text


def test_editing_an_approved_article_warns_that_its_seals_break(
    editor: Visitor, newsroom: Newsroom
):
    page = editor.get(f"/articles/{newsroom.approved()}/edit").text
    assert "已盖的章作废" in page


def test_who_may_not_write_gets_no_writing_page(app: Flask, newsroom: Newsroom):
    article_id = newsroom.draft()
    for name in ("reviewer1", "publisher", "admin", "auditor"):
        assert signed_in(app, name).get(f"/articles/{article_id}/edit").status_code == 403


def test_times_are_the_institutions(editor: Visitor, newsroom: Newsroom, clock: FakeClock):
    clock.advance(hours=15)  # 17:00 UTC is the next day in Shanghai
    article_id = newsroom.draft()
    assert "11月25日 01:00" in editor.get(f"/articles/{article_id}").text
