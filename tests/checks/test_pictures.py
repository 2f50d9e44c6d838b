from __future__ import annotations

from dataclasses import replace

from tests.checks.articles import GOOD_PICTURE, codes, document, figure, findings


def codes_with(picture, *, column_kind="story", cover=None, body=None):
    return codes(
        body or document(figure("a", "图注")),
        pictures={"a": picture},
        cover=cover,
        column_kind=column_kind,
    )


def test_a_picture_with_credit_and_alt_is_fine():
    assert codes_with(GOOD_PICTURE) == []


def test_credit_and_alt_are_asked_for():
    assert codes_with(replace(GOOD_PICTURE, credit=" ")) == ["picture.credit"]
    assert codes_with(replace(GOOD_PICTURE, alt="")) == ["picture.alt"]


def test_the_alt_text_of_the_figure_serves():
    body = document(figure("a", alt="雪中的检测点"))
    assert codes_with(replace(GOOD_PICTURE, alt=""), body=body) == []


def test_an_artwork_without_consent_must_wait_and_needs_no_credit():
    unasked = replace(GOOD_PICTURE, credit="", consent=False, title="众志成城")
    (found,) = findings(document(figure("a")), pictures={"a": unasked})
    assert (found.code, found.severity, found.block, found.asset) == (
        "picture.consent",
        "must",
        0,
        "a",
    )
    assert "《众志成城》" in found.message
    assert codes_with(replace(unasked, consent=True)) == []


def test_a_column_of_artworks_asks_for_registration():
    assert codes_with(GOOD_PICTURE, column_kind="artwork") == ["picture.artwork_unregistered"]


def test_a_picture_that_is_gone_must_be_replaced():
    assert codes(document(figure("gone"))) == ["picture.missing"]


def test_a_small_cover_is_told_and_its_rights_are_asked_once():
    small = replace(GOOD_PICTURE, width=899, credit="")
    assert codes_with(small, cover="a") == ["picture.cover_small", "picture.credit"]


def test_a_cover_that_is_not_in_the_body_is_looked_at_too():
    found = findings(
        "正文。", cover="c", pictures={"c": replace(GOOD_PICTURE, credit="", consent=False)}
    )
    assert [(f.code, f.field, f.block) for f in found] == [("picture.consent", "cover", None)]


def test_a_picture_that_moves_will_not_and_the_editor_is_told_once():
    moving = replace(GOOD_PICTURE, animated=True)
    assert codes_with(moving) == ["picture.motion"]
    assert codes_with(moving, cover="a") == ["picture.motion"]
    (found,) = findings("正文。", pictures={"a": moving}, cover="a")
    assert (found.code, found.severity, found.field) == ("picture.motion", "should", "cover")
