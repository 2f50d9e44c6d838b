"""A comment stays on its words while the text changes around them, and says so when they are gone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cast import body_of
from tests.thorough import examples
from webapp.comments.anchors import Anchor, Finder, Place, anchor_at, find_chosen, passages_of
from webapp.document.model import Document

TEXT = (
    "抗疫期间，全省社员积极捐款捐物。",
    "西安市社员王某某捐款两千元，宝鸡市社员李某某捐款三千元。",
    "截至目前，共收到捐款六十九万元。",
)


def on(quote: str, *text: str, nth: int = 0) -> Anchor:
    """On the nth of these words in `text`, which is revision 1."""
    passages = passages_of(body_of(*text))
    at = [(b, i) for b, p in enumerate(passages) for i in range(len(p.text)) if p.text.startswith(quote, i)]  # fmt: skip
    block, start = at[nth]
    return anchor_at(passages, 1, block, start, start + len(quote), quote_max=500)


def found(anchor: Anchor, *now: str, then: tuple[str, ...] = TEXT) -> Place:
    return Finder(body_of(*now), lambda _: body_of(*then)).find(anchor)


def words_at(place: Place, *now: str) -> str:
    assert place.block is not None
    return now[place.block][place.start : place.end]


def test_the_same_text_gives_the_same_place():
    anchor = on("捐款三千元", *TEXT)
    assert found(anchor, *TEXT) == Place(block=1, start=22, end=27, is_changed=False)


@pytest.mark.parametrize(
    ("now", "block"),
    [
        (("新写的开头。", *TEXT), 2),
        ((TEXT[1], TEXT[0], TEXT[2]), 0),
        ((TEXT[0], TEXT[1].replace("捐款三千元", "慷慨捐款三千元整，另捐口罩"), TEXT[2]), 1),
        ((TEXT[0], TEXT[1].replace("两千", "五千").replace("李某某", "李先生"), TEXT[2]), 1),
        ((TEXT[0], "西安市社员王某某捐款两千元。", "宝鸡市社员李某某捐款三千元。", TEXT[2]), 2),
        (("".join(TEXT),), 0),
    ],
    ids=["below", "moved", "words around it", "words before it", "split", "joined"],
)
def test_words_are_found_again(now: tuple[str, ...], block: int):
    place = found(on("捐款三千元", *TEXT), *now)
    assert (place.block, words_at(place, *now)) == (block, "捐款三千元")
    assert not place.is_changed


def test_the_second_of_two_stays_the_second():
    anchor = on("捐款", *TEXT, nth=2)
    now = (TEXT[0], TEXT[1].replace("两千元", "五千元"), TEXT[2])
    place = found(anchor, *now)
    assert place.block == 1
    assert place.start == now[1].rindex("捐款")


def test_words_that_were_rewritten_are_not_found_in_others_like_them():
    now = (TEXT[0], TEXT[1].replace("宝鸡市社员李某某捐款", "宝鸡市社员李某某捐物"), TEXT[2])
    place = found(on("捐款", *TEXT, nth=2), *now)
    assert place == Place(block=1, is_changed=True)


def test_a_passage_that_was_taken_out_leaves_no_place():
    assert found(on("捐款三千元", *TEXT), TEXT[0], TEXT[2]) == Place()


def test_words_are_found_without_the_text_they_were_read_in():
    """A comment on what was only being written: no revision ever held it."""
    now = (TEXT[0], TEXT[1].replace("两千元", "五千元"), TEXT[2])
    place = found(on("李某某", *TEXT), "新的第一段。", *now, then=("别的文章。",))
    assert words_at(place, "新的第一段。", *now) == "李某某"


def test_a_whole_passage_is_followed_and_tells_that_it_was_changed():
    anchor = anchor_at(passages_of(body_of(*TEXT)), 1, 1, 0, 0, quote_max=500)
    assert anchor.is_whole
    assert found(anchor, "开头。", *TEXT) == Place(block=2, is_changed=False)
    now = (TEXT[0], TEXT[1].replace("两千", "四千"), TEXT[2])
    assert found(anchor, *now) == Place(block=1, is_changed=True)
    assert found(anchor, TEXT[0], TEXT[2]) == Place()


def test_a_picture_is_a_passage_even_without_a_caption():
    body = body_of("有图。", assets=["a" * 8])
    anchor = anchor_at(passages_of(body), 1, 1, 0, 0, quote_max=500)
    now = body_of("前面添了一段。", "有图。", assets=["a" * 8])
    assert Finder(now, lambda _: body).find(anchor) == Place(block=2, is_changed=False)


def test_words_chosen_on_a_page_are_found_by_what_stands_around_them_blanks_aside():
    passages = passages_of(body_of("用 API 发稿，再用 API 对账。"))
    assert find_chosen(passages, "API", "再 用", " 对账", None) == (0, 12, 15)
    assert find_chosen(passages, "用API发稿", "", "", None) == (0, 0, 8)
    assert find_chosen(passages, "没有的字", "", "", None) is None


letters = st.text(alphabet="甲乙丙丁，。", min_size=1, max_size=12)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(letters, min_size=1, max_size=5), st.lists(letters, min_size=1, max_size=5), st.data()
)
def test_whatever_becomes_of_the_text_a_found_place_holds_the_words(
    then: list[str], now: list[str], data: st.DataObject
):
    passages = passages_of(body_of(*then))
    block = data.draw(st.integers(0, len(passages) - 1))
    start = data.draw(st.integers(0, len(passages[block].text) - 1))
    end = data.draw(st.integers(start + 1, len(passages[block].text)))
    anchor = anchor_at(passages, 1, block, start, end, quote_max=500)
    old: Document = body_of(*then)
    place = Finder(body_of(*now), lambda _: old).find(anchor)
    if place.start is not None:
        assert words_at(place, *now) == anchor.quote
        assert not place.is_changed
    same = Finder(old, lambda _: old).find(anchor)
    assert (same.block, same.is_changed) == (block, False)
