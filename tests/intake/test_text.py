from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples, thorough
from webapp.document.model import Document
from webapp.document.text import inline_text, plain_text
from webapp.intake.bounds import TEXT_MAX_CHARS
from webapp.intake.layout import restore
from webapp.intake.model import Imported
from webapp.intake.steps.options import Options
from webapp.intake.text import from_text
from webapp.kernel.errors import Invalid, TooLarge

RAW = (Path(__file__).parent / "fixtures" / "jiusan-bulletin.raw.txt").read_text(encoding="utf-8")
GOLDEN = (Path(__file__).parent / "fixtures" / "jiusan-bulletin.clean.txt").read_text("utf-8")


def block_text(imported: Imported, index: int) -> str:
    return plain_text(Document((imported.body.content[index],)))


def test_the_bulletin_has_its_title_and_its_subtitle_stays_the_first_paragraph():
    imported = from_text(RAW)
    assert imported.title == "同心抗疫 共克时艰"
    paragraphs = [inline_text(block) for block in imported.body.content]
    assert paragraphs[0] == "陕西九三学社战“疫”进行时"
    assert [p[:2] for p in paragraphs[2:7]] == ["一、", "二、", "三、", "四、", "五、"]
    assert [imported.title, *paragraphs] == [line for line in GOLDEN.split("\n") if line]
    assert {block.type for block in imported.body.content} == {"paragraph"}


def test_every_change_of_the_bulletin_says_where_it_is_in_the_body():
    imported = from_text(RAW)
    for change in imported.cleanups:
        assert RAW[change.offset :].startswith(change.before)
        assert imported.text[change.position :].startswith(change.after)
        if change.block is None:
            assert change.place.startswith("标题“")
        else:
            assert change.place.startswith(f"第{change.block + 1}段“")
            assert block_text(imported, change.block)[change.start :].startswith(change.after)


def test_one_change_can_be_taken_back_and_the_others_stay():
    imported = from_text(RAW)
    change = next(c for c in imported.cleanups if c.before == "帳")
    restored = restore(imported, [change])
    assert "帳篷" in plain_text(restored.body)
    assert len(restored.cleanups) == len(imported.cleanups) - 1
    assert restored.text == imported.text.replace("帐篷", "帳篷")


def test_taking_all_back_gives_every_line_as_it_came():
    restored = restore(from_text(RAW), from_text(RAW).cleanups)
    assert restored.text == "\n".join(line for line in RAW.split("\n") if line)
    assert restored.cleanups == ()


lines = st.lists(
    st.text(
        st.sampled_from("時(shí)陜西中国A1, 。:！\u3000\u00a0\u200b\x01\t密碼打印本页一、"),
        max_size=20,
    ),
    max_size=12,
)


@settings(max_examples=examples(300), deadline=None)
@given(lines)
def test_places_hold_for_any_text(written: list[str]):
    text = "\n".join(written)
    try:
        imported = from_text(text)
    except Invalid:
        return
    for change in imported.cleanups:
        assert text[change.offset :].startswith(change.before)
        assert imported.text[change.position :].startswith(change.after)
        if change.block is not None and change.start is not None:
            assert block_text(imported, change.block)[change.start :].startswith(change.after)


@settings(max_examples=examples(200), deadline=None)
@given(lines)
def test_an_imported_text_has_nothing_left_to_mend(written: list[str]):
    try:
        imported = from_text("\n".join(written))
    except Invalid:
        return
    assert from_text(imported.text).cleanups == ()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("标题\n正文一段话。", "标题"),
        ("这第一行是一句话。\n正文。", ""),
        ("只有一行", ""),
        ("一、背景\n正文。\n二、做法", ""),
        ("（一）背景\n正文。", ""),
        ("长" * 65 + "\n正文。", ""),
        ("\n\n打印本页\n真正的标题\n正文。", "真正的标题"),
    ],
)
def test_the_first_short_line_that_is_no_sentence_is_the_title(text: str, title: str):
    assert from_text(text).title == title


def test_control_characters_are_taken_out_and_told():
    imported = from_text("标题\n同\x01心\x00抗疫。")
    assert plain_text(imported.body) == "同心抗疫。"
    assert [c.before for c in imported.cleanups] == ["\x01", "\x00"]


def test_kinds_of_change_can_be_left_out():
    imported = from_text("标题\n時(shí)間,到了", options=Options(skip=frozenset({"punctuation"})))
    assert plain_text(imported.body) == "时间,到了"


@pytest.mark.parametrize("text", ["", " \n\u3000\n", "密碼:", "\x00"])
def test_a_text_of_nothing_is_refused(text: str):
    with pytest.raises(Invalid) as caught:
        from_text(text)
    assert caught.value.code == "empty_import"
    assert "没有可以导入的文字" in caught.value.message


def test_a_text_far_too_long_is_refused_at_once():
    started = time.process_time()
    with pytest.raises(TooLarge) as caught:
        from_text("字" * 20_000_000)
    assert caught.value.code == "text_too_long"
    assert time.process_time() - started < 3


@thorough
def test_the_longest_text_that_is_taken_takes_seconds_not_minutes():
    text = (RAW * (TEXT_MAX_CHARS // len(RAW) + 1))[:TEXT_MAX_CHARS]
    started = time.process_time()
    from_text(text)
    assert time.process_time() - started < 20
