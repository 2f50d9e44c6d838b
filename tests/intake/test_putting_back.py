from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.thorough import examples
from webapp.document.model import Document, mark, node, paragraph, text
from webapp.document.text import inline_text, plain_text
from webapp.intake.html import from_html
from webapp.intake.model import Imported
from webapp.intake.places import Change, Standing, Text, find_places
from webapp.intake.putting_back import move
from webapp.intake.steps.options import Options, Script
from webapp.intake.text import from_text

RAW = (Path(__file__).parent / "fixtures" / "jiusan-bulletin.raw.txt").read_text(encoding="utf-8")

SIMPLIFIED = Options(script=Script.SIMPLIFIED)

pieces = st.lists(
    st.sampled_from(
        [
            "時(shí)", "學(xué)社", "《後漢書》", "陜西", ",", "(", ")", "同心", "抗疫", " ", "  ",
            "\u3000\u3000", "\u200b", "\n", "\n\n", "密碼:\n", "\n上一篇：通知\n", "正文一句。", "a", "1",
        ]
    ),
    min_size=1,
    max_size=24,
).map("".join)  # fmt: skip


def changes_of(imported: Imported) -> list[Change]:
    return [
        Change(kind=c.kind, before=c.before, after=c.after, block=c.block, start=c.start or 0,
               line=c.line)
        for c in imported.cleanups
    ]  # fmt: skip


def text_of(imported: Imported) -> Text:
    return Text(imported.title, imported.body)


def moved(
    imported: Imported, now: Text, to: Standing = Standing.PUT_BACK, of: str | None = None
) -> Text:
    changes = changes_of(imported)
    places = find_places(text_of(imported), changes, now)
    chosen = [n for n, c in enumerate(changes) if of is None or c.before == of]
    return move(now, changes, places, chosen, to)


def letters(text: Text) -> str:
    return "".join(f"{text.title}\n{plain_text(text.body)}".split())


def test_a_word_is_put_back_beside_what_was_written_since_and_made_again():
    imported = from_text("標題在此\n他讀《後漢書》,時(shí)近歲末。\n另一段。", options=SIMPLIFIED)
    first = imported.body.content[0]
    edited = [
        paragraph("新写的第一段"),
        first._replace(content=(text("晚上" + inline_text(first)),)),
    ]
    now = Text(imported.title, Document.of([*edited, *imported.body.content[1:]]))
    back = moved(imported, now, of="後漢書")
    assert plain_text(back.body).split("\n")[:2] == [
        "新写的第一段",
        "晚上他读《後漢書》，时近岁末。",
    ]
    assert moved(imported, back, Standing.APPLIED) == now


def test_a_place_that_was_written_over_stays_as_it_is_and_says_so():
    imported = from_text("標題在此\n他讀《後漢書》，很好。", options=SIMPLIFIED)
    now = Text(imported.title, Document.of([paragraph("他读《汉书》，很好。")]))
    changes = changes_of(imported)
    places = find_places(text_of(imported), changes, now)
    standing = {c.before: p.standing for c, p in zip(changes, places, strict=True)}
    assert standing["後漢書"] is Standing.EDITED
    assert standing["讀"] is Standing.APPLIED
    assert move(now, changes, places, [2], Standing.PUT_BACK) == now


def test_letters_put_back_keep_the_marks_around_them_and_lines_come_back_where_they_stood():
    imported = from_html(
        "<p>密碼:</p><p>他<b>說,</b>很好</p><p>第二段有六個字。</p><p>打印本页</p>"
    )
    back = moved(imported, text_of(imported))
    assert plain_text(back.body).split("\n")[0] == "密碼:"
    assert plain_text(back.body).split("\n")[-1] == "打印本页"
    bold = back.body.content[1].content[1]
    assert (bold.text, bold.marks) == ("說,", (mark("bold"),))
    assert moved(imported, back, Standing.APPLIED) == text_of(imported)


def test_pictures_and_tables_around_do_not_move_the_places():
    row = node("tableRow", node("tableCell", paragraph()), node("tableCell", paragraph("他說,好")))
    imported = from_html(
        "<p>一</p><table><tr><td></td><td>他說,好</td></tr></table><p>時(shí)近</p>"
    )
    assert row.content[1].content[0] in _walked(moved(imported, text_of(imported)).body)


@pytest.mark.parametrize(
    "lines",
    ["《後漢書》 \n《後漢書》\n時(shí)", "時(shí)\n时\n時(shí),時(shí)", "同心 \n同心\n同心"],
)
def test_lines_that_are_alike_once_changed_are_not_taken_for_each_other(lines: str):
    imported = from_text(f"标题一行\n{lines}\n末尾一段。")
    now = text_of(imported)
    changes = changes_of(imported)
    places = find_places(now, changes, now)
    for n in range(len(changes)):
        back = move(now, changes, places, {n, len(changes) - 1}, Standing.PUT_BACK)
        assert moved(imported, back, Standing.APPLIED) == now


def _walked(body: Document) -> list[object]:
    found: list[object] = []
    stack = list(body.content)
    while stack:
        current = stack.pop()
        found.append(current)
        stack.extend(current.content)
    return found


def test_the_whole_bulletin_goes_back_to_what_it_was_and_comes_again():
    imported = from_text(RAW)
    back = moved(imported, text_of(imported))
    assert sorted(letters(back)) == sorted("".join(RAW.split()))
    assert moved(imported, back, Standing.APPLIED) == text_of(imported)


@settings(max_examples=examples(400), deadline=None)
@given(pieces, st.randoms())
def test_any_choice_put_back_and_made_again_leaves_the_text_as_it_was(raw: str, random: Random):
    imported = from_text("标题一行\n" + raw + "\n末尾一段。")
    now, changes = text_of(imported), changes_of(imported)
    places = find_places(now, changes, now)
    assert {p.standing for p in places} <= {Standing.APPLIED}
    chosen = {n for n in range(len(changes)) if random.random() < 0.5}
    back = move(now, changes, places, chosen, Standing.PUT_BACK)
    again = find_places(now, changes, back)
    assert move(back, changes, again, range(len(changes)), Standing.APPLIED) == now
    everything = move(now, changes, places, range(len(changes)), Standing.PUT_BACK)
    assert letters(everything) == "".join(("标题一行\n" + raw + "\n末尾一段。").split())
