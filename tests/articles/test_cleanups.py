from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.cast import Newsroom
from tests.visitor import Visitor, signed_in
from webapp.articles.content import content_of
from webapp.articles.queries import (
    get_article,
    get_paste,
    get_revision,
    head_revision,
    list_pastes,
    was_cleaned,
)
from webapp.articles.views.cleanups import PASTES_SHOWN
from webapp.document.text import plain_text
from webapp.kernel.audit import AuditEntry
from webapp.lexicon.service import allowed_phrases

SCRAPED = "密碼:\n\n九三學(xué)社員讀書\n\n時(shí)近歲末,他讀《後漢書》,很忙。\n第二段在此(cǐ)。"
JSON_ANSWER = {"Accept": "application/json"}


def begin(editor: Visitor, text: str = SCRAPED, **more: str) -> int:
    sent = {"column": "frontline", "how": "text", "text": text, **more}
    found = re.search(r"/articles/(\d+)", editor.post("/articles/new", data=sent).location)
    assert found
    return int(found.group(1))


def head(newsroom: Newsroom, article_id: int) -> tuple[int, str]:
    """The newest revision's number and text, the title first."""
    with newsroom.step() as session:
        revision = head_revision(session, get_article(session, article_id))
        content = content_of(revision)
    return revision.number, f"{content.title}\n{plain_text(content.body)}"


def token_on(page: str) -> str:
    found = re.search(r'name="token" value="([^"]*)"', page)
    assert found, "no change can be moved on this page"
    return unescape(found.group(1))


def number_of(newsroom: Newsroom, article_id: int, before: str) -> int:
    with newsroom.step() as session:
        told = get_revision(session, article_id, 1).cleanups
    return next(n for n, one in enumerate(told) if one["before"] == before)


def send(editor: Visitor, article_id: int, **wanted: str) -> Any:
    path = f"/articles/{article_id}/cleanups"
    sent = {"token": token_on(editor.get(path).text), **wanted}
    return editor.post(path, data=sent)


def save(editor: Visitor, newsroom: Newsroom, article_id: int, old: str, new: str) -> None:
    """Somebody writes on: `new` for `old` in the body."""
    with newsroom.step() as session:
        article = get_article(session, article_id)
        content = content_of(head_revision(session, article)).to_json()
    (changed,) = [b for b in content["body"]["content"] if old in b["content"][0]["text"]]
    changed["content"][0]["text"] = changed["content"][0]["text"].replace(old, new)
    sent = {"base_revision": article.revision, **content}
    answer = editor.post(f"/articles/{article_id}/save", json=sent, headers=JSON_ANSWER)
    assert answer.status_code == 200, answer.text


def acts(newsroom: Newsroom) -> list[str]:
    with newsroom.step() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_one_change_is_put_back_and_made_again_and_what_was_written_since_stays(
    editor: Visitor, newsroom: Newsroom
):
    article_id = begin(editor)
    save(editor, newsroom, article_id, "很忙", "非常忙")
    number = str(number_of(newsroom, article_id, "後漢書"))
    assert send(editor, article_id, put_back=number).status_code == 303
    text = "九三学社员读书\n时近岁末，他读《後漢書》，非常忙。\n第二段在此。"
    assert head(newsroom, article_id) == (3, text)
    page = unescape(editor.get(f"/articles/{article_id}/cleanups").text)
    assert "已恢复原样" in page
    assert send(editor, article_id, apply=number).status_code == 303
    assert "《后汉书》，非常忙" in head(newsroom, article_id)[1]
    assert [a for a in acts(newsroom) if a.startswith("cleanup")] == [
        "cleanup.put_back",
        "cleanup.apply",
    ]


def test_a_line_that_was_taken_for_the_page_comes_back_above_the_first_paragraph(
    editor: Visitor, newsroom: Newsroom
):
    article_id = begin(editor)
    send(editor, article_id, put_back=str(number_of(newsroom, article_id, "密碼:\n\n")))
    title, first, *_rest = head(newsroom, article_id)[1].split("\n")
    assert (title, first) == ("九三学社员读书", "密碼:")


def test_a_kind_goes_back_as_a_whole_and_comes_again(editor: Visitor, newsroom: Newsroom):
    article_id = begin(editor)
    before = head(newsroom, article_id)[1]
    send(editor, article_id, put_back="kind:traditional")
    number, text = head(newsroom, article_id)
    assert number == 2
    assert "他讀《後漢書》" in text
    assert "，" in text
    send(editor, article_id, apply="kind:traditional")
    assert head(newsroom, article_id) == (3, before)


def test_a_place_that_was_written_over_is_left_alone_with_a_sentence(
    editor: Visitor, newsroom: Newsroom
):
    article_id = begin(editor)
    save(editor, newsroom, article_id, "《后汉书》", "《史记》")
    answer = send(editor, article_id, put_back=str(number_of(newsroom, article_id, "後漢書")))
    assert answer.status_code == 409
    assert "“後漢書”这一处后来改过" in unescape(answer.text)
    assert head(newsroom, article_id)[0] == 2
    assert "这里后来改过" in answer.text


def test_a_choice_made_on_an_older_page_changes_nothing(editor: Visitor, newsroom: Newsroom):
    article_id = begin(editor)
    path = f"/articles/{article_id}/cleanups"
    old = token_on(editor.get(path).text)
    save(editor, newsroom, article_id, "很忙", "非常忙")
    answer = editor.post(path, data={"token": old, "put_back": "kind:traditional"})
    assert answer.status_code == 412
    assert "什么也没有动" in answer.text
    assert head(newsroom, article_id)[0] == 2


def test_ones_own_unsaved_words_go_into_the_new_revision_and_anothers_are_not_touched(
    app: Flask, editor: Visitor, newsroom: Newsroom
):
    article_id = begin(editor)
    with newsroom.step() as session:
        content = content_of(get_revision(session, article_id, 1)).to_json()
    sent = {"base_revision": 1, **content, "digest": "半路上的摘要"}
    editor.open("PUT", f"/articles/{article_id}/autosave", json=sent, headers=JSON_ANSWER)
    colleague = signed_in(app, "editor2")
    refused = send(colleague, article_id, put_back="kind:traditional")
    assert refused.status_code == 409
    assert "editor姓名正在写这一篇" in refused.text
    send(editor, article_id, put_back="kind:traditional")
    with newsroom.step() as session:
        revision = get_revision(session, article_id, 2)
    assert revision.digest == "半路上的摘要"
    assert "後漢書" in str(revision.body)


def test_a_title_can_be_kept_for_good_and_the_next_import_leaves_it_alone(
    editor: Visitor, newsroom: Newsroom
):
    article_id = begin(editor)
    number = number_of(newsroom, article_id, "後漢書")
    path = f"/articles/{article_id}/cleanups"
    sent = {"token": token_on(editor.get(path).text), "phrase": "後", "reason": "书名从旧"}
    assert editor.post(f"{path}/keep/{number}", data=sent).status_code == 422
    sent["phrase"] = "後漢書"
    assert editor.post(f"{path}/keep/{number}", data=sent).status_code == 303
    assert "《後漢書》" in head(newsroom, article_id)[1]
    with newsroom.step() as session:
        assert allowed_phrases(session) == ("後漢書",)
    again = head(newsroom, begin(editor))[1]
    assert "他读《後漢書》，很忙" in again


def test_traditional_titles_stay_when_the_import_is_told_so(editor: Visitor, newsroom: Newsroom):
    assert "他读《後漢書》，很忙" in head(newsroom, begin(editor, keep_titles="1"))[1]


def test_from_the_writing_page_what_is_written_there_is_what_is_changed(
    editor: Visitor, newsroom: Newsroom
):
    article_id = begin(editor)
    with newsroom.step() as session:
        content = content_of(get_revision(session, article_id, 1)).to_json()
    path = f"/articles/{article_id}/cleanups/written"
    sent = {**content, "digest": "刚写的摘要", "base_revision": 1, "put_back": "kind:traditional"}
    answer = editor.post(path, json=sent, headers=JSON_ANSWER).get_json()
    assert answer["revision"] == 2
    assert answer["content"]["digest"] == "刚写的摘要"
    assert "後漢書" in str(answer["content"]["body"])
    stale = editor.post(path, json=sent, headers=JSON_ANSWER)
    assert (stale.status_code, stale.get_json()["code"]) == (412, "stale_revision")
    assert head(newsroom, article_id)[0] == 2


def paste(editor: Visitor, newsroom: Newsroom, article_id: int, html: str) -> int:
    """Into the body as it is stored, at its end, and saved; the number of the paste."""
    told = editor.post(
        f"/articles/{article_id}/import-html", json={"html": html}, headers=JSON_ANSWER
    ).get_json()
    with newsroom.step() as session:
        article = get_article(session, article_id)
        content = content_of(head_revision(session, article)).to_json()
        (kept,) = list_pastes(session, article_id, limit=1)
    content["body"]["content"] += told["body"]["content"]
    sent = {"base_revision": article.revision, **content}
    editor.post(f"/articles/{article_id}/save", json=sent, headers=JSON_ANSWER)
    return kept.id


def test_what_a_paste_changed_is_still_told_and_put_back_singly_when_the_page_was_closed(
    app: Flask, editor: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft(newsroom.content(text="写在前面。"))
    number = paste(editor, newsroom, article_id, "<p>上一篇：通知</p><p>他說,好.</p><p>再見!</p>")
    path = f"/articles/{article_id}/cleanups?paste={number}"
    colleague = signed_in(app, "editor2")
    page = unescape(colleague.get(f"/articles/{article_id}/cleanups").text)
    assert "editor姓名" in page
    assert page.count("<del>") == 4
    with newsroom.step() as session:
        told = get_paste(session, article_id, number).cleanups
    comma = next(n for n, one in enumerate(told) if one["before"] == ",")
    sent = {"token": token_on(page), "put_back": f"0,{comma}"}
    assert colleague.post(path, data=sent).location.endswith(f"/cleanups#change-p{number}-0")
    lines = head(newsroom, article_id)[1].split("\n")
    assert lines[-3:] == ["上一篇：通知", "他說,好。", "再見！"]
    again = {"token": token_on(colleague.get(path).text), "apply": str(comma)}
    assert colleague.post(path, data=again).status_code == 303
    assert "他說，好。" in head(newsroom, article_id)[1]
    with newsroom.step() as session:
        assert was_cleaned(session, article_id)


def test_from_the_writing_page_a_pastes_changes_are_put_back_in_what_is_written_there(
    editor: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft(newsroom.content(text="写在前面。"))
    number = paste(editor, newsroom, article_id, "<p>他說,好.</p>")
    with newsroom.step() as session:
        content = content_of(head_revision(session, get_article(session, article_id))).to_json()
    path = f"/articles/{article_id}/cleanups/written?paste={number}"
    sent = {**content, "digest": "刚写的摘要", "base_revision": 2, "put_back": "kind:punctuation"}
    answer = editor.post(path, json=sent, headers=JSON_ANSWER).get_json()
    assert (answer["revision"], answer["content"]["digest"]) == (3, "刚写的摘要")
    assert "他說,好." in str(answer["content"]["body"])
    elsewhere = path.replace(f"/{article_id}/", f"/{newsroom.draft()}/")
    refused = editor.post(elsewhere, json={**sent, "base_revision": 1}, headers=JSON_ANSWER)
    assert refused.status_code == 404


def test_however_often_was_pasted_every_change_can_be_reached(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft()
    path = f"/articles/{article_id}"
    for number in range(PASTES_SHOWN + 1):
        html = {"html": f"<p>第{number}次,</p>"}
        editor.post(f"{path}/import-html", json=html, headers=JSON_ANSWER)
    page = editor.get(f"{path}/cleanups").text
    assert page.count("<del>") == PASTES_SHOWN
    (earlier,) = re.findall(r'href="([^"]*before=\d+)"', page)
    rest = editor.get(earlier).text
    assert rest.count("<del>") == 1
    assert "before=" not in rest


def test_a_paste_that_changed_nothing_leaves_nothing_behind(editor: Visitor, newsroom: Newsroom):
    article_id = newsroom.draft()
    editor.post(
        f"/articles/{article_id}/import-html", json={"html": "<p>好。</p>"}, headers=JSON_ANSWER
    )
    with newsroom.step() as session:
        assert not list_pastes(session, article_id, limit=1)
        assert not was_cleaned(session, article_id)


def test_who_may_only_read_sees_every_change_and_no_button(
    app: Flask, editor: Visitor, newsroom: Newsroom
):
    page = signed_in(app, "auditor").get(f"/articles/{begin(editor)}/cleanups").text
    assert "後漢書" in page
    assert "cleanups-form" not in page


def test_over_rest_a_changed_text_tells_its_clean_up_and_no_first_line_is_lost(
    app: Flask, newsroom: Newsroom
):
    client, bearer = app.test_client(), {"Authorization": f"Bearer {newsroom.token('editor')}"}
    sent = {"column": "frontline", "title": "另拟的题目", "body_text": SCRAPED}
    made = client.post("/api/v1/articles", json=sent, headers=bearer)
    assert made.get_json()["body_text"].startswith("九三学社员读书\n时近")
    again = client.patch(
        made.headers["Location"],
        json={"body_text": "短短一行\n他說,好。"},
        headers={**bearer, "If-Match": made.headers["ETag"]},
    ).get_json()
    assert again["body_text"].split("\n")[0] == "短短一行"
    assert [(c["before"], c["after"]) for c in again["cleanups"]] == [(",", "，")]
