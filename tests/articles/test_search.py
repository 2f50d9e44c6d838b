"""Hits are exact, newest article first, each once, however a page of them is found."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Newsroom
from tests.thorough import examples
from webapp.articles.models import Article
from webapp.articles.queries import Filters, list_articles
from webapp.articles.search import index_article
from webapp.articles.workflow import State
from webapp.kernel import wordindex
from webapp.kernel.errors import Invalid
from webapp.kernel.search import QUERY_MAX_CHARACTERS, normalise

ARTICLES = 40
WORDS = "疫情防控一线社员西安 ，。"
STATES = (State.DRAFT, State.IN_REVIEW, State.PUBLISHED)


@pytest.fixture
def texts(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch) -> dict[int, Article]:
    """Articles whose words are in their titles; few are few here, so that every way of looking is taken."""
    monkeypatch.setattr(wordindex, "FEW", 3)
    random, now = Random(7), newsroom.clock()
    with newsroom.step() as session:
        for number in range(ARTICLES):
            article = Article(
                key=f"{number:010x}",
                column_id=number % 3 + 1,
                title="".join(random.choices(WORDS, k=random.randint(4, 40))),
                status=STATES[number % 7 % 3],
                created_by=number % 5,
                created_at=now,
                updated_at=now + timedelta(minutes=random.randint(0, 600)),
            )
            session.add(article)
            session.flush()
            index_article(session, article.id, article.title)
    with newsroom.step() as session:
        return {a.id: a for a in session.query(Article).all()}


def _found(newsroom: Newsroom, filters: Filters, limit: int) -> list[int]:
    """Page after page."""
    found: list[int] = []
    cursor = None
    with newsroom.step() as session:
        for _ in range(ARTICLES + 1):
            page = list_articles(session, filters, cursor=cursor, limit=limit)
            found += [a.id for a in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return found
    raise AssertionError("paging does not end")


def _fits(article: Article, filters: Filters) -> bool:
    return (
        (not filters.column_ids or article.column_id in filters.column_ids)
        and (filters.status is None or article.status == filters.status)
        and (filters.created_by is None or article.created_by == filters.created_by)
        and (filters.since is None or article.updated_at >= filters.since)
    )


columns = st.sampled_from([(), (1,), (1, 2), (3, 2)])
states = st.none() | st.sampled_from(STATES)
writers = st.none() | st.integers(min_value=0, max_value=5)
relaxed = settings(
    max_examples=examples(50),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@given(st.text(WORDS, min_size=1, max_size=4), columns, states, writers, st.integers(1, 9))
@relaxed
def test_a_search_finds_what_is_there_word_for_word(
    newsroom: Newsroom, texts: dict[int, Article], words, column_ids, status, created_by, limit
):
    filters = Filters(q=words, column_ids=column_ids, status=status, created_by=created_by)
    sought = normalise(words)
    can_be_sought = any(c.isalnum() for c in sought)
    there = [
        i
        for i, article in texts.items()
        if can_be_sought and sought in normalise(article.title) and _fits(article, filters)
    ]
    assert _found(newsroom, filters, limit) == sorted(there, reverse=True)


@given(columns, states, writers, st.booleans(), st.integers(1, 9))
@relaxed
def test_a_list_shows_each_article_once_newest_change_first(
    newsroom: Newsroom, texts: dict[int, Article], column_ids, status, created_by, late, limit
):
    since = newsroom.clock() + timedelta(minutes=300) if late else None
    filters = Filters(column_ids=column_ids, status=status, created_by=created_by, since=since)
    there = [a for a in texts.values() if _fits(a, filters)]
    there.sort(key=lambda a: (a.updated_at, a.id), reverse=True)
    assert _found(newsroom, filters, limit) == [a.id for a in there]


@pytest.mark.parametrize("query", ["covid", "COVID19", "ＣＯＶＩＤ", "打 Covid19 疫苗", "9针"])
def test_a_foreign_word_is_found_from_its_beginning_in_any_width_and_case(
    newsroom: Newsroom, query: str
):
    article_id = newsroom.draft(newsroom.content(title="社员都打 Covid19 疫苗，共9针"))
    assert _found(newsroom, Filters(q=query), 5) == [article_id]


def test_a_foreign_word_is_not_found_by_its_middle(newsroom: Newsroom):
    newsroom.draft(newsroom.content(title="社员都打 Covid19 疫苗"))
    assert _found(newsroom, Filters(q="ovid"), 5) == []


def test_what_is_written_anew_is_found_anew_and_the_old_no_more(newsroom: Newsroom):
    article_id = newsroom.draft(newsroom.content(title="旧的说法"))
    with newsroom.step() as session:
        index_article(session, article_id, "新的写法")
    assert _found(newsroom, Filters(q="说法"), 5) == []
    assert _found(newsroom, Filters(q="写法"), 5) == [article_id]


def test_a_query_that_is_too_long_is_refused(newsroom: Newsroom):
    with newsroom.step() as session, pytest.raises(Invalid):
        list_articles(session, Filters(q="疫" * (QUERY_MAX_CHARACTERS + 1)))
