"""Two people, or two windows of one, write the same article: whoever stores first, neither text is lost."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from flask import Flask

from tests.articles.test_views import content_json, post, put
from tests.cast import Newsroom, body_of
from tests.visitor import Visitor
from webapp.articles.content import content_of
from webapp.articles.queries import find_autosave, get_revision, list_revisions
from webapp.document.text import plain_text


def test_an_autosave_on_an_older_revision_is_a_conflict_with_the_other_text(
    editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    mine = content_json(newsroom, article_id, title="我的题目")
    theirs = content_json(newsroom, article_id, title="同事的题目")
    assert post(colleague, f"/articles/{article_id}/save", theirs).status_code == 200
    answer = put(editor, f"/articles/{article_id}/autosave", mine)
    assert answer.status_code == 409
    told = answer.get_json()
    assert told["code"] == "stale_revision"
    assert told["message"]
    assert told["theirs"]["content"]["title"] == "同事的题目"


def test_anothers_unsaved_text_is_not_written_over_unless_one_went_on_from_it(
    editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    path = f"/articles/{article_id}/autosave"
    saved = put(colleague, path, content_json(newsroom, article_id, title="同事写到一半"))
    mine = content_json(newsroom, article_id, title="我也在写")
    refused = put(editor, path, mine)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "article.being_written")
    assert "editor2姓名" in refused.get_json()["message"]
    seen = {**mine, "continues": saved.get_json()["saved_at"]}
    assert put(editor, path, seen).status_code == 200


def test_no_revision_is_stored_over_anothers_unsaved_text_unless_one_went_on_from_it(
    editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    theirs = content_json(newsroom, article_id, title="同事写到一半")
    saved = put(colleague, f"/articles/{article_id}/autosave", theirs)
    mine = content_json(newsroom, article_id, title="我也在写")
    for path in ("save", "cleanups/written"):
        refused = post(
            editor, f"/articles/{article_id}/{path}", {**mine, "put_back": "kind:spaces"}
        )
        assert (refused.status_code, refused.get_json()["code"]) == (409, "article.being_written")
    with newsroom.step() as session:
        kept = find_autosave(session, article_id)
        assert kept is not None
        assert kept.content["title"] == "同事写到一半"
        assert len(list_revisions(session, article_id)) == 1
    seen = {**mine, "continues": saved.get_json()["saved_at"]}
    assert post(editor, f"/articles/{article_id}/save", seen).status_code == 200


def test_another_window_of_one_s_own_is_as_another_writer_and_its_text_goes_into_the_history(
    editor: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    path = f"/articles/{article_id}/autosave"
    first = content_json(newsroom, article_id, title="第一个窗口", window="a1")
    second = content_json(newsroom, article_id, title="第二个窗口", window="b2")
    for _ in range(2):
        assert put(editor, path, first).status_code == 200
    refused = put(editor, path, second)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "article.being_written")
    assert "另一个窗口" in refused.get_json()["message"]
    taken = editor.post(f"/articles/{article_id}/take-over", json={"window": "b2"}).get_json()
    assert (taken["revision"], taken["content"]["title"]) == (2, "第一个窗口")
    assert put(editor, path, {**second, "base_revision": 2}).status_code == 200


def test_whoever_takes_over_finds_the_others_text_in_the_history(
    editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    put(colleague, f"/articles/{article_id}/autosave",
        content_json(newsroom, article_id, title="同事写到一半"))  # fmt: skip
    told = post(editor, f"/articles/{article_id}/take-over", {}).get_json()
    assert (told["revision"], told["content"]["title"]) == (2, "同事写到一半")
    with newsroom.step() as session:
        revision = get_revision(session, article_id, 2)
        assert revision.name == "editor2姓名被接手时的稿子"
    assert newsroom.actor("editor2").id == revision.edited_by  # and so may not review it
    mine = content_json(newsroom, article_id, title="我接着写")
    assert put(editor, f"/articles/{article_id}/autosave", mine).status_code == 200


def test_a_second_saver_gets_both_texts_and_loses_neither(
    editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    mine = content_json(newsroom, article_id, title="我的题目")
    theirs = content_json(newsroom, article_id, title="同事的题目")
    post(colleague, f"/articles/{article_id}/save", theirs)
    answer = post(editor, f"/articles/{article_id}/save", mine)
    assert answer.status_code == 412
    told = answer.get_json()
    assert told["theirs"]["content"]["title"] == "同事的题目"
    assert told["yours"]["title"] == "我的题目"
    assert told["theirs"]["by"] == "editor2姓名"


def _in_conflict(colleague: Visitor, newsroom: Newsroom) -> tuple[int, str]:
    article_id = newsroom.draft()
    body = body_of("我写的一段。").to_json()
    mine = content_json(newsroom, article_id, title="我的题目", body=body)
    theirs = content_json(newsroom, article_id, title="同事的题目")
    post(colleague, f"/articles/{article_id}/save", theirs)
    return article_id, json.dumps(mine)


def test_the_conflict_page_shows_both_texts_and_what_differs(
    editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id, mine = _in_conflict(colleague, newsroom)
    page = editor.post(f"/articles/{article_id}/conflict", data={"content": mine}).text
    for words in ("我的题目", "同事的题目", "我写的一段。", "第一段，写的是一线的事。"):
        assert words in page


@pytest.mark.parametrize(("keep", "newest"), [("mine", "我的题目"), ("theirs", "同事的题目")])
def test_whichever_text_is_kept_the_other_stays_in_the_history(
    keep: str, newest: str, editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id, mine = _in_conflict(colleague, newsroom)
    on = content_json(newsroom, article_id, title="同事接着写")
    assert put(colleague, f"/articles/{article_id}/autosave", on).status_code == 200
    form = {"content": mine, "theirs": "2", "keep": keep}
    answer = editor.post(f"/articles/{article_id}/conflict/settle", data=form)
    assert answer.status_code == 303
    assert newsroom.article(article_id).title == newest
    with newsroom.step() as session:
        titles = {r.title for r in list_revisions(session, article_id)}
    assert titles >= {"我的题目", "同事的题目", "同事接着写"}


def test_changes_of_different_places_are_both_kept_and_so_is_each_text(
    editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft(replace(newsroom.content(), body=body_of("甲段。", "乙段。")))
    body = body_of("甲段，我改的。", "乙段。").to_json()
    mine = json.dumps(content_json(newsroom, article_id, body=body))
    theirs = body_of("甲段。", "乙段，同事改的。").to_json()
    post(colleague, f"/articles/{article_id}/save",
         content_json(newsroom, article_id, title="同事的题目", body=theirs))  # fmt: skip
    page = editor.post(f"/articles/{article_id}/conflict", data={"content": mine}).text
    assert "两处的改动都留下" in page
    form = {"content": mine, "theirs": "2", "base": "1", "keep": "both"}
    assert editor.post(f"/articles/{article_id}/conflict/settle", data=form).status_code == 303
    with newsroom.step() as session:
        texts = [plain_text(content_of(r).body) for r in list_revisions(session, article_id)]
    assert newsroom.article(article_id).title == "同事的题目"
    assert texts[0] == "甲段，我改的。\n乙段，同事改的。"
    assert set(texts) >= {"甲段，我改的。\n乙段。", "甲段。\n乙段，同事改的。"}


@pytest.mark.parametrize("base", [None, "x", -1, True, 10**30, [1]])
def test_a_text_that_goes_on_from_nothing_known_is_shown_and_not_put_together(
    base: object, editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id, mine = _in_conflict(colleague, newsroom)
    sent = json.dumps({**json.loads(mine), "base_revision": base})
    answer = editor.post(f"/articles/{article_id}/conflict", data={"content": sent})
    assert answer.status_code == 200
    assert "两处的改动都留下" not in answer.text


def test_changes_of_the_same_place_are_not_offered_together_and_refused_if_asked(
    editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id, mine = _in_conflict(colleague, newsroom)
    page = editor.post(f"/articles/{article_id}/conflict", data={"content": mine}).text
    assert "两处的改动都留下" not in page
    form = {"content": mine, "theirs": "2", "base": "1", "keep": "both"}
    refused = editor.post(f"/articles/{article_id}/conflict/settle", data=form)
    assert "合不起来" in refused.text
    assert newsroom.article(article_id).title == "同事的题目"


def test_a_third_saver_meanwhile_brings_the_conflict_page_again_with_ones_own_text(
    editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id, mine = _in_conflict(colleague, newsroom)
    post(colleague, f"/articles/{article_id}/save",
         content_json(newsroom, article_id, title="又一个题目"))  # fmt: skip
    form = {"content": mine, "theirs": "2", "keep": "mine"}
    answer = editor.post(f"/articles/{article_id}/conflict/settle", data=form)
    assert "我的题目" in answer.text
    assert "又一个题目" in answer.text
    assert newsroom.article(article_id).title == "又一个题目"


def test_what_was_only_saved_by_itself_goes_into_the_history_before_another_text_is_stored(
    app: Flask, editor: Visitor, colleague: Visitor, newsroom: Newsroom
):
    article_id = newsroom.draft()
    post(editor, f"/articles/{article_id}/save", content_json(newsroom, article_id, title="第二版"))
    half = content_json(newsroom, article_id, title="同事写到一半")
    assert put(colleague, f"/articles/{article_id}/autosave", half).status_code == 200
    editor.post(f"/articles/{article_id}/restore/1")
    assert f"/articles/{article_id}/restore/3" in editor.get(f"/articles/{article_id}/history").text
    half = content_json(newsroom, article_id, title="我自己写到一半")
    assert put(editor, f"/articles/{article_id}/autosave", half).status_code == 200
    token = newsroom.token("editor")
    changed = app.test_client().patch(
        f"/api/v1/articles/{article_id}", json={"title": "程序改的"},
        headers={"Authorization": f"Bearer {token}", "If-Match": '"4"'},
    )  # fmt: skip
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"6"')
    with newsroom.step() as session:
        told = [(r.title, r.name, r.edited_by) for r in list_revisions(session, article_id)]
    mine, theirs = newsroom.actor("editor").id, newsroom.actor("editor2").id
    assert told[1] == ("我自己写到一半", "接口改稿前editor姓名写的稿子", mine)
    assert told[3] == ("同事写到一半", "恢复旧版前editor2姓名写的稿子", theirs)
