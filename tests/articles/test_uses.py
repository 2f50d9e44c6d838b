from __future__ import annotations

from tests.cast import Newsroom
from webapp.articles.content import Content
from webapp.articles.queries import get_article
from webapp.articles.service import restore, revise
from webapp.articles.uses import list_uses


def uses(newsroom: Newsroom, asset_id: str | None) -> list[int]:
    with newsroom.step() as session:
        return [article.id for article in list_uses(session, asset_id or "")]


def revised(newsroom: Newsroom, article_id: int, content: Content) -> None:
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        article = get_article(session, article_id)
        revise(session, article, content, base_revision=article.revision, actor=actor,
               now=newsroom.clock())  # fmt: skip


def test_a_picture_stands_where_it_is_a_cover_and_where_it_is_in_the_text(newsroom: Newsroom):
    inside = newsroom.asset("#2f7d5b")
    as_cover = newsroom.draft(newsroom.content(cover_id=inside))
    in_text = newsroom.draft(newsroom.content(pictures=1, cover_id=None))
    newsroom.draft(newsroom.content())
    assert sorted(uses(newsroom, inside)) == [as_cover, in_text]


def test_only_the_newest_revision_counts(newsroom: Newsroom):
    inside = newsroom.asset("#2f7d5b")
    article_id = newsroom.draft(newsroom.content(pictures=1))
    revised(newsroom, article_id, newsroom.content(pictures=0))
    assert uses(newsroom, inside) == []
    actor = newsroom.actor("editor")
    with newsroom.step() as session:
        restore(session, get_article(session, article_id), 1, actor=actor, now=newsroom.clock())
    assert uses(newsroom, inside) == [article_id]
