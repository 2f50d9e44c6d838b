"""Two people changed one body: both changes stand in what is put together, or it is said that it cannot be."""

from __future__ import annotations

from hypothesis import given, settings

from tests.document.strategies import documents
from tests.thorough import examples
from webapp.document.merge import merge
from webapp.document.model import from_plain_paragraphs
from webapp.document.text import plain_text


def merged(base: str, mine: str, theirs: str) -> str | None:
    """Bodies of one paragraph a letter."""
    found = merge(*(from_plain_paragraphs(list(letters)) for letters in (base, mine, theirs)))
    return None if found is None else plain_text(found).replace("\n", "")


def test_changes_of_different_paragraphs_stand_together():
    assert merged("甲乙丙", "子乙丙", "甲乙寅") == "子乙寅"
    assert merged("甲乙丙", "甲丑丙", "子乙丙") == "子丑丙"


def test_what_one_put_in_or_took_out_stays_so():
    assert merged("甲乙丙", "甲新乙丙", "甲乙丙末") == "甲新乙丙末"
    assert merged("甲乙丙丁", "甲丙丁", "甲乙丙丁末") == "甲丙丁末"
    assert merged("甲乙", "甲新乙", "甲寅") == "甲新寅"


def test_the_same_paragraph_changed_by_both_is_for_a_person():
    assert merged("甲乙丙", "甲子丙", "甲丑丙") is None
    assert merged("甲乙", "甲子乙", "甲丑乙") is None
    assert merged("甲乙丙", "甲丙", "甲丑丙") is None


def test_what_both_did_alike_is_done_once():
    assert merged("甲乙丙", "子乙丙", "子乙丙") == "子乙丙"


@given(base=documents(), other=documents())
@settings(max_examples=examples(100), deadline=None)
def test_the_change_of_one_alone_is_taken_whole(base, other):
    assert merge(base, other, base) == other
    assert merge(base, base, other) == other
    assert merge(base, other, other) == other


@given(base=documents(), mine=documents(), theirs=documents())
@settings(max_examples=examples(100), deadline=None)
def test_it_does_not_matter_whose_text_is_named_first(base, mine, theirs):
    assert merge(base, mine, theirs) == merge(base, theirs, mine)
