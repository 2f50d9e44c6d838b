"""What an editor is shown of two versions."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.document.strategies import documents
from tests.thorough import examples
from webapp.document.diff import BlockChange, diff, is_changed
from webapp.document.model import Document, from_plain_paragraphs, mark, node, paragraph, text


def kinds(old: list[str], new: list[str]) -> list[tuple[str, int | None, int | None]]:
    changes = diff(from_plain_paragraphs(old), from_plain_paragraphs(new))
    return [(c.kind, c.old_index, c.new_index) for c in changes]


def told(change: BlockChange) -> str:
    signs = {"same": "{}", "added": "[+{}]", "removed": "[-{}]"}
    return "".join(signs[part.kind].format(part.text) for part in change.parts)


def test_one_wrong_word_is_shown_inside_its_paragraph():
    (change,) = diff(
        from_plain_paragraphs(["截止目前，共刊发抗疫宣传稿件18篇。"]),
        from_plain_paragraphs(["截至目前，共刊发抗疫宣传稿件18篇。"]),
    )
    assert change.kind == "changed"
    assert told(change) == "截[-止][+至]目前，共刊发抗疫宣传稿件18篇。"


def test_a_new_paragraph_leaves_its_neighbours_alone():
    assert kinds(["甲甲甲", "乙乙乙"], ["甲甲甲", "丙丙丙", "乙乙乙"]) == [
        ("same", 0, 0),
        ("added", None, 1),
        ("same", 1, 2),
    ]


def test_a_paragraph_taken_out_stands_where_it_was():
    assert kinds(["甲甲甲", "乙乙乙", "丙丙丙"], ["甲甲甲", "丙丙丙"]) == [
        ("same", 0, 0),
        ("removed", 1, None),
        ("same", 2, 1),
    ]


def test_a_paragraph_put_elsewhere_has_moved():
    assert kinds(["甲甲甲", "乙乙乙", "丙丙丙"], ["丙丙丙", "甲甲甲", "乙乙乙"]) == [
        ("moved", 2, 0),
        ("same", 0, 1),
        ("same", 1, 2),
    ]


def test_a_paragraph_put_elsewhere_and_mended_has_moved_and_shows_the_mending():
    old = ["社省委迅速发出倡议书，号召全省社员。", "乙乙乙", "丙丙丙"]
    new = ["乙乙乙", "丙丙丙", "社省委迅速发出倡议书，号召全省广大社员。"]
    changes = diff(from_plain_paragraphs(old), from_plain_paragraphs(new))
    assert [c.kind for c in changes] == ["same", "same", "moved"]
    assert told(changes[-1]) == "社省委迅速发出倡议书，号召全省[+广大]社员。"


def test_a_rewritten_paragraph_is_one_taken_out_and_one_put_in():
    assert [k for k, *_ in kinds(["春眠不觉晓"], ["九三学社陕西省委员会"])] == ["removed", "added"]


def test_the_pairing_follows_likeness_and_not_place():
    old = ["一、及时发出倡议。", "二、主动发声正面引导。"]
    new = ["新的一段文字", "一、及时发出倡议书。", "二、主动发声，正面引导。"]
    assert kinds(old, new) == [("added", None, 0), ("changed", 0, 1), ("changed", 1, 2)]


def test_only_a_change_of_style_is_a_change_whose_parts_are_the_same():
    plain = Document.of([paragraph("重点")])
    strong = Document.of([paragraph(text("重点", mark("bold")))])
    (change,) = diff(plain, strong)
    assert change.kind == "changed"
    assert {part.kind for part in change.parts} == {"same"}


def test_another_picture_is_a_change_even_without_words():
    old = Document.of([node("figure", text("合影"), asset="a1")])
    new = Document.of([node("figure", text("合影"), asset="a2")])
    (change,) = diff(old, new)
    assert told(change) == "合影\n〔图 a[-1][+2]〕"


@settings(max_examples=examples(50), deadline=None)
@given(documents())
def test_a_document_does_not_differ_from_itself(document: Document):
    assert not is_changed(diff(document, document))


@settings(max_examples=examples(50), deadline=None)
@given(documents(), documents(), st.data())
def test_every_block_of_both_is_told_once_and_the_parts_make_up_both_texts(old, new, data):
    mixed = data.draw(st.permutations(old.content + new.content))
    other = Document(tuple(mixed[: max(1, len(mixed) - 1)]))
    changes = diff(old, other)
    olds = [c.old_index for c in changes if c.old_index is not None]
    news = [c.new_index for c in changes if c.new_index is not None]
    assert sorted(olds) == list(range(len(old.content)))
    assert news == list(range(len(other.content)))
    for change in changes:
        if change.kind == "same":
            assert change.old_index is not None
            assert old.content[change.old_index] == other.content[change.new_index or 0]


def test_long_bodies_are_compared_in_bounded_time():
    old = from_plain_paragraphs([f"第{n}段，" + "社员抗疫" * 20 for n in range(400)])
    new = from_plain_paragraphs([f"第{n}段，" + "社员防疫" * 20 for n in range(5, 400)])
    started = time.process_time()
    assert is_changed(diff(old, new))
    assert time.process_time() - started < 10
