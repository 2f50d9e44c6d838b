"""Finding our own at the platform, among others and while the list moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clock import FakeClock
from tests.thorough import examples
from webapp.publishing.matching import PAGES_MAX, Wanted, find_drafts, signs_of
from webapp.wechat.errors import OutcomeUnknown
from webapp.wechat.gateway import DraftPage, DraftSummary, StoredArticle

NOW = FakeClock().moment
OURS = "0123456789.4"


def draft(key: str, marker: str = "", *, age: float = 0, title: str = "别人的") -> DraftSummary:
    """`age` in minutes."""
    content = f'<section data-tongxin="{marker}">文</section>' if marker else "<p>文</p>"
    return DraftSummary(
        media_id=key,
        updated_at=NOW - timedelta(minutes=age),
        articles=(StoredArticle(title=title, content=content),),
    )


def wanted(since: datetime = NOW) -> Wanted:
    return Wanted(signs=(OURS,), titles=("我们的",), since=since)


@dataclass
class Box:
    """A draft box in other people's hands: `moves` happen after so many pages were read."""

    drafts: list[DraftSummary]
    moves: dict[int, Sequence[DraftSummary]] = field(default_factory=dict)
    read: int = 0

    def list_drafts(self, *, offset: int, count: int, no_content: bool) -> DraftPage:
        assert not no_content
        page = DraftPage(total=len(self.drafts), items=tuple(self.drafts[offset : offset + count]))
        self.read += 1
        if self.read in self.moves:
            self.drafts = list(self.moves[self.read])
        return page


def found(box: Box, since: datetime = NOW) -> tuple[str, ...]:
    return find_drafts(box, wanted(since)).ours  # type: ignore[arg-type]


@pytest.mark.parametrize("length", [0, 1, 19, 20, 21, 38, 39, 40, 41, 100])
@pytest.mark.parametrize("place", [0, 0.5, 1])
def test_ours_is_found_wherever_it_lies(length: int, place: float):
    drafts = [draft(f"other-{i}") for i in range(length)]
    drafts.insert(round(place * length), draft("ours", OURS))
    assert found(Box(drafts)) == ("ours",)


def test_nothing_is_found_where_nothing_is():
    assert found(Box([draft(f"other-{i}", "9876543210.1") for i in range(45)])) == ()


def test_reading_ends_where_everything_is_older_than_the_push():
    box = Box([draft(f"old-{i}", age=60 + i) for i in range(500)])
    assert found(box) == ()
    assert box.read == 1


def test_reading_goes_on_when_the_list_is_not_newest_first():
    """Should the platform ever turn its order round, nothing is called absent that was not read."""
    drafts = [draft(f"old-{i}", age=1000 - i) for i in range(100)] + [draft("ours", OURS)]
    assert found(Box(drafts)) == ("ours",)


def test_clocks_may_disagree_by_minutes():
    drafts = [draft(f"new-{i}") for i in range(25)] + [draft("ours", OURS, age=5)]
    assert found(Box(drafts), NOW) == ("ours",)


def test_a_draft_that_comes_while_pages_are_turned_does_not_make_ours_appear_twice():
    drafts = [draft(f"other-{i}") for i in range(19)] + [draft("ours", OURS)]
    drafts += [draft(f"more-{i}") for i in range(19)]
    box = Box(drafts, {1: [draft("newer"), *drafts]})
    assert found(box) == ("ours",)


def test_a_draft_that_goes_while_pages_are_turned_does_not_hide_ours():
    drafts = [draft(f"other-{i}") for i in range(20)] + [draft("ours", OURS)]
    drafts += [draft(f"more-{i}") for i in range(30)]
    box = Box(drafts, {1: drafts[3:]})
    assert found(box) == ("ours",)


def test_a_list_without_an_end_is_not_called_empty():
    class Endless(Box):
        def list_drafts(self, *, offset: int, count: int, no_content: bool) -> DraftPage:
            self.read += 1
            items = tuple(draft(f"other-{offset + i}") for i in range(count))
            return DraftPage(total=10**6, items=items)

    box = Endless([])
    with pytest.raises(OutcomeUnknown, match="还没有读完"):
        found(box)
    assert box.read == PAGES_MAX


@settings(max_examples=examples(50), deadline=None)
@given(st.data())
def test_ours_is_found_however_the_list_moves_as_long_as_it_stays_there(data):
    drafts = [draft(f"other-{i}") for i in range(data.draw(st.integers(0, 90)))]
    drafts.insert(data.draw(st.integers(0, len(drafts))), draft("ours", OURS))
    moves: dict[int, Sequence[DraftSummary]] = {}
    for page in data.draw(st.sets(st.integers(1, 6), max_size=3)):
        gone = data.draw(st.sets(st.integers(0, len(drafts) - 1), max_size=5))
        kept = [d for i, d in enumerate(drafts) if i not in gone or d.media_id == "ours"]
        new = [draft(f"new-{page}-{i}") for i in range(data.draw(st.integers(0, 25)))]
        drafts = [*new, *kept]
        moves[page] = drafts
    assert found(Box(list(moves.get(0, drafts)), moves)) == ("ours",)


@pytest.mark.parametrize(
    ("content", "marker"),
    [
        (f'<section data-tongxin="{OURS}" style="x">', OURS),
        (f"<section data-tongxin='{OURS}'>", OURS),
        (f"<section data-tongxin={OURS}>", OURS),
        ("<p>data-tongxin</p>", ""),
        ("", ""),
    ],
)
def test_a_marker_is_read_however_its_attribute_is_quoted(content: str, marker: str):
    assert signs_of([StoredArticle(title="t", content=content)]) == (marker,)


def test_articles_in_another_order_are_another_edition():
    a, b = draft("x", "aaaaaaaaaa.1").articles, draft("x", "bbbbbbbbbb.1").articles
    both = DraftSummary(media_id="both", updated_at=NOW, articles=a + b)
    for markers, ours in (
        (("aaaaaaaaaa.1", "bbbbbbbbbb.1"), True),
        (("bbbbbbbbbb.1", "aaaaaaaaaa.1"), False),
    ):
        look = Wanted(signs=markers, titles=("a", "b"), since=NOW)
        seen = find_drafts(Box([both]), look)  # type: ignore[arg-type]
        assert bool(seen.ours) is ours


def test_a_namesake_without_a_marker_is_reported_only_if_it_came_after_the_push():
    box = Box([draft("new", title="我们的"), draft("old", title="我们的", age=60)])
    assert find_drafts(box, wanted()).alike == ("new",)  # type: ignore[arg-type]
