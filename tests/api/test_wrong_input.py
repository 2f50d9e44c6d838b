"""Wrong, enormous and hostile input: a clear sentence, a stable code, and nothing that was there is lost."""

from __future__ import annotations

import io
import json
import struct
import time
import zlib
from collections.abc import Callable

import pytest

from tests.api.desk import Caller, said

As = Callable[[str], Caller]
MB = 1024 * 1024


def post(caller: Caller, **fields: object):
    given = {"column": "advice", "title": "题目", **fields}
    return caller.post("/articles", data=json.dumps(given))


@pytest.mark.parametrize("key", ["body_html", "body_markdown", "body_text"])
@pytest.mark.parametrize("body", ["", "   \n ", "\x00\x01\x02", "坏\udc80"])
def test_empty_and_binary_bodies_are_refused(as_: As, key: str, body: str):
    problem = said(post(as_("editor"), **{key: body}))
    assert problem["status"] == 422
    assert any(e["field"] == key for e in problem["errors"])
    assert as_("editor").get("/articles").get_json()["items"] == []


def test_a_body_that_is_enormous_is_refused_quickly(as_: As):
    start = time.process_time()
    assert said(post(as_("editor"), body_text="字" * (50 * MB // 3)))["status"] == 413
    assert said(post(as_("editor"), body_text="字" * (6 * MB // 3)))["code"] == "too_large"
    assert time.process_time() - start < 10


HOSTILE = {
    "script": "<p>好</p><script>alert(1)</script>",
    "handler": '<p onclick="alert(1)">好</p>',
    "javascript": '<p><a href="javascript:alert(1)">好</a></p>',
    "data": '<p><a href="data:text/html;base64,PHNjcmlwdD4=">好</a></p>',
    "svg": "<svg onload=alert(1)></svg><p>好</p>",
    "style": "<style>p{background:url(//evil)}</style><p style='background:url(javascript:1)'>好</p>",
    "iframe": "<iframe src='https://evil.example'></iframe><p>好</p>",
    "deep": "<div>" * 10_000 + "好" + "</div>" * 10_000,
    "attributes": "<p " + " ".join(f'a{i}="1"' for i in range(20_000)) + ">好</p>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_leaves_its_words_and_nothing_else(as_: As, name: str):
    start = time.process_time()
    answer = post(as_("editor"), body_html=HOSTILE[name])
    assert time.process_time() - start < 5
    if answer.status_code != 201:
        assert said(answer)["status"] in (413, 422)
        return
    article = answer.get_json()
    html = as_("editor").get(f"/articles/{article['id']}/wechat").get_json()["html"]
    for bad in ("script", "onclick", "onload", "javascript:", "data:", "iframe", "evil", "alert"):
        assert bad not in html
        assert bad not in article["body_html"]
    assert "好" in article["body_text"]


def test_a_title_over_the_platform_s_limit_is_kept_and_stops_the_submission(as_: As):
    caller = as_("editor")
    article = post(caller, title="很" * 60, body_text="正文。").get_json()
    assert article["title"] == "很" * 60
    problem = said(caller.post(f"/articles/{article['id']}/submit"))
    assert any(e["field"] == "limit.title" for e in problem["errors"])


def test_a_title_longer_than_can_be_kept_is_refused(as_: As):
    problem = said(post(as_("editor"), title="很" * 300, body_text="正文。"))
    assert problem["errors"][0]["field"] == "title"


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[1,2]", b'"text"', b"\xff\xfe"])
def test_what_is_no_json_object_is_said_so(as_: As, body: bytes):
    assert said(as_("editor").post("/articles", data=body))["status"] == 422


def test_json_nested_deeper_than_can_be_read_is_refused(as_: As):
    body = b'{"body":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    problem = said(as_("editor").post("/articles", data=body))
    assert problem["status"] == 422


def test_unknown_fields_are_named(as_: As):
    problem = said(post(as_("editor"), body_text="正文。", colour="red"))
    assert problem["errors"] == [{"field": "colour", "message": "不认识的字段。"}]


def test_two_bodies_at_once_and_an_unknown_column_are_refused(as_: As):
    assert said(post(as_("editor"), body_text="一", body_html="<p>二</p>"))["status"] == 422
    assert said(post(as_("editor"), body_text="一", column="nowhere"))["status"] == 404


def test_a_cover_that_is_not_there_is_named(as_: As):
    problem = said(post(as_("editor"), body_text="一", cover_id="f" * 24))
    assert (problem["code"], problem["errors"][0]["field"]) == ("asset.missing", "cover_id")


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header promises far more than it holds."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    packed = (
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


FILES = {
    "text": (b"not a picture", {415, 422}),
    "empty": (b"", {415, 422}),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", {415, 422}),
    "bomb": (png_of(30_000, 30_000), {413, 422}),
    "cut off": (png_of(300, 300), {415, 422}),
    "40 MB": (b"\xff\xd8\xff" + b"\0" * 40 * MB, {413}),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_usable_picture_is_refused_and_not_kept(as_: As, name: str):
    data, expected = FILES[name]
    start = time.process_time()
    problem = said(as_("editor").post("/media", data={"file": (io.BytesIO(data), "a.png")}))
    assert problem["status"] in expected
    assert time.process_time() - start < 10
    assert as_("editor").get("/media").get_json()["items"] == []


def test_an_upload_without_a_file_is_said_so(as_: As):
    assert (
        said(as_("editor").post("/media", data={"credit": "张三"}))["errors"][0]["field"] == "file"
    )


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/articles?limit=0", "limit"),
        ("/articles?limit=x", "limit"),
        ("/articles?cursor=%21%21", "cursor"),
        ("/articles?status=gone", "status"),
        ("/articles?form=video", "form"),
        ("/articles?from=yesterday", "from"),
        ("/articles?q=" + "很" * 200, "q"),
        ("/reports/counts?by=weather", "by"),
        ("/reports/counts?as_of=2026-13-40", "as_of"),
    ],
)
def test_wrong_parameters_are_named(as_: As, path: str, field: str):
    problem = said(as_("editor").get(path))
    assert (problem["status"], problem["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("match", ["abc", '"x"', "1,2"])
def test_an_if_match_that_is_none_of_ours_is_refused(as_: As, match: str):
    caller = as_("editor")
    article = post(caller, body_text="正文。").get_json()
    problem = said(
        caller.patch(
            f"/articles/{article['id']}", json={"title": "改"}, headers={"If-Match": match}
        )
    )
    assert problem["status"] in (412, 422)


@pytest.mark.parametrize(
    "edition",
    [{}, {"delivery": "pigeon", "articles": [1]}, {"delivery": "draft", "articles": "1"},
     {"delivery": "draft", "articles": [1], "scheduled_at": "soon"}, {"delivery": "manual", "articles": []},
     {"delivery": "manual", "articles": [999_999]}],
)  # fmt: skip
def test_an_edition_that_cannot_be_is_refused(as_: As, edition: dict):
    assert said(as_("publisher").post("/editions", json=edition))["status"] == 422


@pytest.mark.parametrize(
    "method_path",
    ["GET /nowhere", "DELETE /articles", "GET /articles/999999", "POST /editions/999999/push"],
)
def test_what_is_not_there_is_a_problem_too(as_: As, method_path: str):
    method, path = method_path.split()
    assert said(as_("publisher").call(method, path))["status"] in (404, 405)
