from __future__ import annotations

import io
from html import unescape

import pytest
from flask import Flask
from PIL import Image

from tests.cast import Newsroom, picture
from tests.media.pictures import RED, encoded, halves, opened, plain
from tests.queries import counted
from tests.visitor import Visitor, signed_in
from webapp.media.service import ArtworkLabels, Labels, add_asset, find_artwork, store_file

JSON = {"Accept": "application/json"}


@pytest.fixture
def editor(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "editor")


def send(visitor: Visitor, data: bytes, name: str = "图片.jpg", **form: str):
    return visitor.post("/media/upload", headers=JSON, data={"file": (io.BytesIO(data), name), **form})  # fmt: skip


def kept(newsroom: Newsroom, data: bytes) -> str:
    stored = store_file(newsroom.context.store, "图片.jpg", data, max_bytes=10**8)
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        asset, _new = add_asset(session, stored, Labels(), actor=actor, now=newsroom.clock())
        return asset.id


def test_an_upload_answers_what_the_editor_needs(editor: Visitor):
    answer = send(editor, picture(), alt="门诊门前", credit="摄影 张三")
    assert answer.status_code == 201
    told = answer.get_json()
    assert told["alt"] == "门诊门前"
    assert told["is_new"] is True
    for key in ("preview_url", "small_url"):
        assert editor.get(told[key]).mimetype == "image/webp"
    assert editor.get(told["page_url"]).status_code == 200


def test_the_same_file_again_is_the_same_asset(editor: Visitor):
    first, again = send(editor, picture()), send(editor, picture(), "另一个名字.jpg")
    assert again.status_code == 200
    assert again.get_json()["id"] == first.get_json()["id"]
    assert again.get_json()["is_new"] is False


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"", 422), (b"not a picture", 415), (picture()[:500], 422), (b"%PDF-1.7 ...", 415)],
)
def test_what_is_no_picture_is_refused_with_a_sentence(data: bytes, status: int, editor: Visitor):
    answer = send(editor, data)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["title"].endswith("。")


def test_a_file_over_the_limit_is_refused(
    app: Flask, editor: Visitor, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
):
    most = newsroom.context.settings.upload_max_bytes
    assert send(editor, b"\xff\xd8" + b"0" * most).status_code == 413
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = send(editor, picture())
    assert answer.status_code == 413
    assert answer.mimetype == "application/problem+json"


def test_without_a_script_the_form_leads_to_the_picture(editor: Visitor):
    answer = editor.post("/media", data={"file": (io.BytesIO(picture()), "a.jpg")})
    assert answer.status_code == 303
    assert answer.location.endswith("/about")


def test_every_variant_has_its_kind_and_its_size(editor: Visitor, newsroom: Newsroom):
    asset = kept(newsroom, encoded(plain(2000, 1500), "JPEG"))
    found = {}
    for variant in ("body", "original", "640", "320", "preview", "cover", "list", "square"):
        answer = editor.get(f"/media/{asset}/{variant}")
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        found[variant] = (answer.mimetype, opened(answer.data).size)
    assert found == {
        "body": ("image/jpeg", (1920, 1440)),
        "original": ("image/jpeg", (2000, 1500)),
        "640": ("image/webp", (640, 480)),
        "320": ("image/webp", (320, 240)),
        "preview": ("image/webp", (640, 480)),
        "cover": ("image/jpeg", (1800, 766)),
        "list": ("image/webp", (320, 136)),
        "square": ("image/jpeg", (1080, 1080)),
    }
    assert editor.get(f"/media/{asset}").data == editor.get(f"/media/{asset}/body").data


def test_drawings_stay_png_and_are_told_as_such_the_second_time_too(
    editor: Visitor, newsroom: Newsroom
):
    asset = kept(newsroom, encoded(plain(300, 200), "PNG"))
    assert {editor.get(f"/media/{asset}/body").mimetype for _ in range(2)} == {"image/png"}


def test_the_original_is_handed_out_as_a_file_under_its_name(editor: Visitor, newsroom: Newsroom):
    answer = editor.get(f"/media/{kept(newsroom, picture())}/original")
    assert answer.data == picture()
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_picture_may_be_kept_for_good_and_is_not_sent_twice(editor: Visitor, newsroom: Newsroom):
    path = f"/media/{newsroom.asset()}/320"
    answer = editor.get(path)
    assert "immutable" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    again = editor.get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_a_crop_follows_the_focal_point(editor: Visitor, newsroom: Newsroom):
    asset = kept(newsroom, encoded(halves(2000, 400), "JPEG"))
    path = f"/media/{asset}/square"
    centre = editor.get(path)
    form = {"focal_x": "0.02", "focal_y": "0.5", "alt": "", "credit": ""}
    assert editor.post(f"/media/{asset}/about", data=form).status_code == 303
    left = editor.get(path, headers={"If-None-Match": centre.headers["ETag"]})
    assert left.status_code == 200
    assert opened(left.data).convert("RGB").resize((1, 1)).tobytes()[0] > 150  # red, not blue
    assert "immutable" not in left.headers["Cache-Control"]


def test_a_derivative_is_made_once(editor: Visitor, newsroom: Newsroom):
    asset = kept(newsroom, picture())
    editor.get(f"/media/{asset}/320")
    newsroom.context.store.delete(newsroom.find_asset(asset).key)
    assert editor.get(f"/media/{asset}/320").status_code == 200
    assert editor.get(f"/media/{asset}/640").status_code == 404


def test_a_picture_becomes_an_artwork(editor: Visitor, newsroom: Newsroom):
    asset = newsroom.asset()
    form = {"focal_x": "0.5", "focal_y": "0.5", "alt": "书法", "credit": "供图 作者", "is_artwork": "1",
            "title": "众志成城", "artist": "刘长安", "medium": "行书 · 纸本", "size": "138×69 cm",
            "year": "2020", "transcription": "众志成城", "consent": "1"}  # fmt: skip
    assert editor.post(f"/media/{asset}/about", data=form).status_code == 303
    with newsroom.step() as session:
        artwork = find_artwork(session, asset)
        assert artwork is not None
        assert (artwork.title, artwork.consent) == ("众志成城", True)
    assert "《众志成城》" in unescape(editor.get("/media/artworks").text)


def test_wrong_fields_are_all_told_and_nothing_typed_is_lost(editor: Visitor, newsroom: Newsroom):
    asset = newsroom.asset()
    form = {
        "focal_x": "7",
        "focal_y": "x",
        "alt": "字" * 501,
        "is_artwork": "1",
        "artist": "刘长安",
    }
    answer = editor.post(f"/media/{asset}/about", data=form)
    page = unescape(answer.text)
    assert answer.status_code == 422
    for words in ("焦点要在图片之内", "最长 500 字", "书画作品要有题目和作者", "刘长安"):
        assert words in page
    assert newsroom.find_asset(asset).alt == "图"


def test_the_grid_finds_by_what_is_said_of_a_picture(editor: Visitor, newsroom: Newsroom):
    newsroom.asset("#111111", credit="摄影 王五")
    newsroom.asset("#222222", credit="摄影 赵六")
    page = unescape(editor.get("/media?q=王五").text)
    assert "摄影 王五" in page
    assert "摄影 赵六" not in page
    assert "没有找到" in unescape(editor.get("/media?q=%25").text)


def test_a_picture_is_found_by_what_was_said_last_and_by_its_files_name(
    editor: Visitor, newsroom: Newsroom
):
    shown = send(editor, picture(), "IMG_0123 夜班.JPG", credit="摄影 王五").get_json()
    form = {"focal_x": "0.5", "focal_y": "0.5", "alt": "", "credit": "摄影 赵六", "is_artwork": "1",
            "title": "众志成城", "artist": "刘长安", "transcription": "岂曰无衣", "consent": "1"}  # fmt: skip
    page_url = shown["page_url"]

    def finds(words: str, grid: str = "/media") -> bool:
        return page_url in editor.get(grid, query_string={"q": words}).text

    assert finds("王五")
    assert not finds("王五", "/media/artworks")
    assert editor.post(page_url, data=form).status_code == 303
    assert not finds("王五")
    assert finds("赵六", "/media/artworks")
    for words in ("众志", "岂曰无衣", "长安", "夜班", "img_01", "0123", "ｊｐｇ"):
        assert finds(words), words


def test_pages_of_the_grid_show_each_picture_once_in_a_fixed_number_of_statements(
    editor: Visitor, newsroom: Newsroom
):
    ids = [newsroom.asset(f"#{i:06x}") for i in range(0, 60 * 4321, 4321)]
    with counted(newsroom.context.db) as statements:
        first = editor.get("/media").text
    assert first.count('class="shot"') == 48
    more = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    second = editor.get(unescape(more)).text
    assert second.count('class="shot"') == 12
    assert all((f"/media/{i}/320" in first) != (f"/media/{i}/320" in second) for i in ids)
    with counted(newsroom.context.db) as fewer:
        editor.get(f"/media?q={'没有的'}")
    assert len(fewer) <= len(statements) + 2  # the index of words is asked first


def test_a_writer_chooses_among_what_is_there_already(editor: Visitor, newsroom: Newsroom):
    none = unescape(editor.get("/media/choices").text)
    assert "素材库还是空的" in none
    plain = [newsroom.asset(f"#{i:06x}") for i in range(0, 49 * 4321, 4321)]
    work = newsroom.asset("#b7342c", artwork=ArtworkLabels(title="众志成城", artist="刘长安"))
    first = unescape(editor.get("/media/choices").text)
    more = first.split('data-choices-more="')[1].split('"')[0]
    second = unescape(editor.get(more).text)
    assert first.count("data-choice=") == 48
    assert all(f'data-choice="{one}"' in first + second for one in [*plain, work])
    assert "data-choices-more" not in second
    works = unescape(editor.get("/media/choices?artworks=1").text)
    assert works.count("data-choice=") == 1
    assert "《众志成城》" in works
    assert "没有找到“甲骨”" in unescape(editor.get("/media/choices?q=甲骨").text)


def test_who_may_only_look_sees_no_way_to_change(app: Flask, newsroom: Newsroom):
    auditor, asset = signed_in(app, "auditor"), newsroom.asset()
    page = auditor.get(f"/media/{asset}/about").text
    assert "focal_x" not in page
    assert "data-upload" not in auditor.get("/media").text
    assert auditor.post(f"/media/{asset}/about", data={}).status_code == 403
    assert auditor.post("/media/upload").status_code == 403


def test_an_empty_library_teaches_the_next_step(editor: Visitor):
    assert "素材库还是空的" in unescape(editor.get("/media").text)


def test_a_picture_that_is_not_there_is_not_found(editor: Visitor):
    for path in ("/media/0", "/media/0/320", "/media/0/about", "/media/0/uses"):
        assert editor.get(path).status_code == 404
    assert editor.get("/media/0/64").status_code == 404


def test_a_file_of_another_kind_of_picture_is_shown_as_one_that_phones_take(
    editor: Visitor, newsroom: Newsroom
):
    out = io.BytesIO()
    Image.new("RGB", (900, 600), RED).save(out, "TIFF")
    answer = editor.get(f"/media/{kept(newsroom, out.getvalue())}")
    assert answer.mimetype in ("image/png", "image/jpeg")
