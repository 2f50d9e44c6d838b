"""The search index of articles: title, author and text of the head revision."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.articles.models import Article, ArticleText
from webapp.kernel.search import normalise
from webapp.kernel.wordindex import WordIndex, put_words

ARTICLE_WORDS = WordIndex(
    name="article_fts",
    key="article_id",
    id=ArticleText.article_id,
    text=ArticleText.normalised,
    owner=Article.id,
)


def index_article(session: Session, article_id: int, words: str) -> None:
    """`words`: title, author and body text. Replaces what was indexed before."""
    normalised = normalise(words)
    row = session.get(ArticleText, article_id)
    if row is None:
        session.add(ArticleText(article_id=article_id, normalised=normalised))
    else:
        row.normalised = normalised
    put_words(session, ARTICLE_WORDS, article_id, words)
