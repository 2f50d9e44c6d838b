from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from webapp.kernel.errors import Invalid
from webapp.kernel.paging import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    decode_cursor,
    encode_cursor,
    parse_limit,
)

LARGEST = 2**63 - 1


@example("\x00" * 60, LARGEST)
@example("𰻝" * 60, LARGEST)
@given(st.text(max_size=60), st.integers(0, LARGEST))
def test_a_cursor_comes_back_as_it_went_out_and_fits_into_an_address(at: str, last: int):
    cursor = encode_cursor(at, last)
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert decode_cursor(cursor, str, int) == (at, last)


@given(st.text(max_size=300).filter(lambda text: not text.startswith("W")))
def test_what_never_went_out_is_refused_as_the_field_it_is(cursor: str):
    """Every cursor of ours begins like a JSON list: with W."""
    with pytest.raises(Invalid) as told:
        decode_cursor(cursor, str, int)
    assert told.value.fields[0].field == "cursor"


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


SAID = "2026-11-24T02:00:00+00:00"
MOMENT = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "cursor",
    [packed([1, 2]), packed([SAID, True]), packed([SAID]), packed({"a": 1}), packed(None), packed("ab"),
     packed([SAID, 10**30]), packed(["yesterday", 1]), packed(["9999-12-31T23:59:59-23:00", 1]), "[" * 200, "é", "=", " ", "A" * 5000, packed([SAID, -1])],
)  # fmt: skip
def test_a_forged_cursor_is_refused(cursor: str):
    with pytest.raises(Invalid, match="第一页") as told:
        decode_cursor(cursor, datetime, int)
    assert told.value.code == "cursor"


def test_a_deep_cursor_is_refused_and_exhausts_nothing():
    deep = base64.urlsafe_b64encode(b"[" * 100_000).decode()
    with pytest.raises(Invalid):
        decode_cursor(deep, str, int)


def test_a_moment_cursor_is_a_moment_and_an_id():
    at, last = decode_cursor(encode_cursor(MOMENT, 7), datetime, int)
    assert (at, last) == (MOMENT, 7)


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_limit_there_is_one(value: str | None):
    assert parse_limit(value) == DEFAULT_LIMIT


@pytest.mark.parametrize(
    "value", ["0", "-1", "x", "1.5", str(MAX_LIMIT + 1), "９９９９", "²", " 5"]
)
def test_a_limit_out_of_bounds_is_refused(value: str):
    with pytest.raises(Invalid) as told:
        parse_limit(value)
    assert told.value.fields[0].field == "limit"


def test_a_limit_within_bounds_is_taken():
    assert (parse_limit("1"), parse_limit(str(MAX_LIMIT))) == (1, MAX_LIMIT)
