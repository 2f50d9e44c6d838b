"""Of any text: every change can be taken back, alone or with others, and cleaning again finds nothing more to do."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from webapp.intake.cleanup import KIND_LABELS, STEPS, Step, clean_text, put_back
from webapp.intake.steps.options import Options, Script

RAW = (Path(__file__).parent / "fixtures" / "jiusan-bulletin.raw.txt").read_text(encoding="utf-8")


def test_every_change_can_be_put_back_alone():
    result = clean_text(RAW)
    for change in result.cleanups[::17]:
        restored = put_back(result, [change]).text
        expected = (
            result.text[: change.position]
            + change.before
            + result.text[change.position + len(change.after) :]
        )
        assert restored == expected


mixed_text = st.text(
    alphabet=st.sampled_from(
        "時时發发陜陕學学後后乾干徵征的了重于於里裡中国一十密碼码打印上篇A1b9 0.,;:!?()（），。：“”《》\n\n"
        " \u00a0\u3000\u200b\t\r\ufeff⻄⼈shíàfāhttp://w.@-"
    ),
    max_size=60,
)
pieces = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "時(shí)", "发(fā)", "髮(fā)", "重(zhòng)(chóng)", "的(de)", "重(x)", "行（háng）", "陜西", "陝西", "密碼:\n",
                "上一篇：通知\n", "打印本页\n", "12:30", "69.4046", "3,000", "https://a.cn/x?y=1,2", "a@b.cn", "你好, ",
                "九三(Jiusan)", "f(x)", "(1)", "(中(外)", "《紅樓夢》", "乾縣", "徵求", "乾燥", "後來", "干部", "处于",
                "由于", "里面", "  ", "\u3000\u3000", "\n", "\n\n", "學習歷史經驗書寫發展", "“健康码”,", "一.", "你好.", "\u200b",
                "(shí)", "Hello, ", "世界", "…", "⻄安", "、", ")", "(", " ", "。", "為", "甚麼",
            ]
        ),
        mixed_text,
    ),
    max_size=14,
).map("".join)  # fmt: skip
scripts = st.sampled_from(list(Script))
kept = st.frozensets(
    st.sampled_from(
        ["陜西", "陜", "後來", "紅樓夢", "打印", "(中", "你好,", "  ", "時", "発", "。", "一"]
    ),
    max_size=3,
)


@settings(max_examples=examples(200), deadline=None)
@given(pieces, scripts)
def test_taking_every_change_back_gives_the_source_again(text: str, script: Script):
    result = clean_text(text, options=Options(script=script))
    assert put_back(result, result.cleanups).text == text
    assert put_back(result, []) == result


@settings(max_examples=examples(200), deadline=None)
@given(pieces, scripts, st.booleans(), kept)
@example("(f\u200b)密碼:\n", Script.AUTO, False, frozenset())
def test_cleaning_twice_changes_nothing_more(
    text: str, script: Script, keep_titles: bool, words: frozenset[str]
):
    options = Options(script=script, keep_traditional_titles=keep_titles, keep_words=words)
    once = clean_text(text, options=options)
    twice = clean_text(once.text, options=options)
    assert twice.cleanups == ()
    assert twice.text == once.text


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.kind)
@settings(max_examples=examples(150), deadline=None)
@given(pieces, scripts, kept)
def test_each_step_alone_has_nothing_left_to_change_the_second_time(
    step: Step, text: str, script: Script, words: frozenset[str]
):
    options = Options(script=script, keep_words=words)
    once = clean_text(text, [step], options=options)
    assert clean_text(once.text, [step], options=options).cleanups == ()


@settings(max_examples=examples(200), deadline=None)
@given(pieces, scripts, st.sampled_from(["陜西", "後漢書", "紅樓夢", "乾縣", "你好,"]))
def test_a_kept_word_stays_as_it_is_written(text: str, script: Script, word: str):
    options = Options(script=script, keep_words=frozenset({word}))
    assert clean_text(f"甲{word}乙\n{text}", options=options).text.startswith(f"甲{word}乙")


@settings(max_examples=examples(100), deadline=None)
@given(pieces)
def test_positions_point_at_the_change_on_both_sides(text: str):
    result = clean_text(text)
    reached = 0
    for change in result.cleanups:
        assert change.offset >= reached
        assert text[change.offset :].startswith(change.before)
        assert result.text[change.position :].startswith(change.after)
        assert change.before != change.after
        assert change.kind in KIND_LABELS
        reached = change.offset + len(change.before)


@settings(max_examples=examples(200), deadline=None)
@given(pieces, st.randoms())
def test_any_choice_of_changes_can_be_put_back_in_any_order(text: str, random: Random):
    result = clean_text(text)
    chosen = [c for c in result.cleanups if random.random() < 0.5]
    at_once = put_back(result, chosen)
    one_by_one = result
    for change in random.sample(chosen, len(chosen)):
        one_by_one = put_back(one_by_one, [change])
    assert at_once == one_by_one
    assert put_back(at_once, at_once.cleanups).text == text
