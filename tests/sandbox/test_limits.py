import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.client import Api
from tests.sandbox.server import RunningSandbox
from webapp.sandbox.limits import unescaped, units


@pytest.mark.parametrize(
    ("profile", "field", "longest", "errcode"),
    [
        ("docs", "title", "题" * 32, 45003),
        ("docs", "author", "者" * 16, 45110),
        ("docs", "digest", "要" * 128, 45004),
        ("live", "title", "题" * 32, 45003),
        ("live", "title", "t" * 64, 45003),
        ("live", "author", "者" * 8, 45110),
        ("live", "digest", "要" * 120, 45004),
    ],
)
def test_the_longest_passes_and_one_more_does_not(
    sandbox: RunningSandbox, api: Api, profile: str, field: str, longest: str, errcode: int
):
    sandbox.settings(limits=profile)
    assert "media_id" in api.add(**{field: longest})
    assert api.add(**{field: longest + longest[0]})["errcode"] == errcode


def test_the_documented_text_ends_at_20000_characters_the_live_one_at_a_megabyte(
    sandbox: RunningSandbox, api: Api
):
    sandbox.settings(limits="docs")
    assert "media_id" in api.add(content="文" * 19_999)
    assert api.add(content="文" * 20_000)["errcode"] == 45002
    sandbox.settings(limits="live")
    assert "media_id" in api.add(content="文" * 39_347)
    assert api.add(content="文" * 333_334)["errcode"] == 45002


def test_escaped_bodies_run_out_of_title_six_times_sooner(sandbox: RunningSandbox, api: Api):
    sandbox.settings(limits="escaped")

    def escaped(**fields: str) -> int:
        body = json.dumps({"articles": [api.article(**fields)]}).encode()
        return api.post("draft/add", body).get("errcode", 0)

    assert (escaped(title="题" * 10, author=""), escaped(title="题" * 11, author="")) == (0, 45003)
    assert (escaped(title="a", author="者" * 2), escaped(title="a", author="者" * 3)) == (0, 45110)
    assert "media_id" in api.add(title="题" * 32)  # raw UTF-8 is counted as ever


def test_without_that_mode_escapes_count_as_what_they_stand_for(api: Api):
    body = json.dumps({"articles": [api.article(title="题" * 32)]}).encode()
    assert "media_id" in api.post("draft/add", body)


@given(st.text(st.characters(exclude_characters="\\", exclude_categories=["Cs"])))
def test_escaping_and_reading_again_is_no_change(text: str):
    escapes = "".join(f"\\u{unit:04x}" for unit in _utf16(text))
    assert unescaped(escapes) == text
    assert units(text) <= len(escapes)


def _utf16(text: str) -> list[int]:
    raw = text.encode("utf-16-be")
    return [int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2)]
