"""The search index of articles, in the database's own full-text engine.

SQLite: an FTS5 table `article_fts` whose rowid is the article's id, without positions (`detail=none`: grams are only asked for
together, never in a row) and with an index of first characters, so that one character is looked up like a word. PostgreSQL:
`article_fts` with a tsvector and a GIN index. Both hold the kernel's grams; an exact check on `article_text` follows, so
hits are exact.

What is found comes newest article first, because that is the one order in which an index of words can be read off without
looking at every hit: a word that is in most of 100,000 articles costs no more than a rare one. How a page is found:

1. When the other conditions leave few articles, those few are read.
2. SQLite reads the hits off the index from the newest on, and stops when the page is full.
3. PostgreSQL cannot stop half-way through a GIN index. So it first reads the newest few hundred articles, which is enough
   for a common word, and asks the index only when that did not fill the page: then the word is not a common one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Subquery, column, func, select, text
from sqlalchemy.orm import Session

from webapp.articles.models import Article, ArticleText
from webapp.kernel.errors import Invalid
from webapp.kernel.search import QUERY_MAX_CHARACTERS, grams, normalise, query_grams

FEW = 500
"""So many texts are read in a few milliseconds."""


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


# Writing


def index_article(session: Session, article_id: int, words: str) -> None:
    """`words`: title, author and body text. Replaces what was indexed before."""
    normalised = normalise(words)
    row = session.get(ArticleText, article_id)
    if row is None:
        session.add(ArticleText(article_id=article_id, normalised=normalised))
    else:
        row.normalised = normalised
    session.execute(text("DELETE FROM article_fts WHERE rowid = :id" if _is_sqlite(session) else
                         "DELETE FROM article_fts WHERE article_id = :id"),
                    {"id": article_id})  # fmt: skip
    index_grams(session, [(article_id, grams(words))])


def index_grams(session: Session, rows: Iterable[tuple[int, str]]) -> None:
    """(article id, its grams) of articles that are not in the index."""
    if _is_sqlite(session):
        insert = "INSERT INTO article_fts (rowid, grams) VALUES (:id, :grams)"
    else:
        insert = (
            "INSERT INTO article_fts (article_id, grams)"
            " VALUES (:id, array_to_tsvector(string_to_array(:grams, ' ')))"
        )
    session.execute(text(insert), [{"id": i, "grams": words} for i, words in rows])


# Reading


@dataclass(frozen=True, kw_only=True)
class Words:
    """A query: the grams that all must be there, and the text itself as it is stored."""

    grams: Sequence[str]
    exact: str

    @property
    def begins_a_word(self) -> bool:
        """Foreign words and numbers are found from their beginnings, which the index knows and the text alone does not."""
        return self.exact[:1].isascii() and self.exact[:1].isalnum()


def parse_words(query: str) -> Words:
    """Raises Invalid for a query that is too long."""
    if len(query) > QUERY_MAX_CHARACTERS:
        raise Invalid.of_field("q", f"搜索词最长 {QUERY_MAX_CHARACTERS} 个字。")
    return Words(grams=query_grams(query), exact=normalise(query))


def _sqlite_match(words: Sequence[str]) -> str:
    return " AND ".join(f'"{w[:-1]}"*' if w.endswith("*") else f'"{w}"' for w in words)


def _postgres_match(words: Sequence[str]) -> str:
    return " & ".join(f"'{w[:-1]}':*" if w.endswith("*") else f"'{w}'" for w in words)


def _hits(session: Session, words: Words) -> Subquery:
    """What the index says; SQLite gives it in any order of ids that is asked for, without sorting."""
    if _is_sqlite(session):
        match = _sqlite_match(words.grams)
        found = text("SELECT rowid AS id FROM article_fts WHERE article_fts MATCH :match")
    else:
        match = _postgres_match(words.grams)
        # Sorted here, by what no index has, and fenced off by OFFSET: else the planner, which knows nothing of a rare word,
        # reads the whole table backwards in the hope of a full page.
        found = text(
            "SELECT article_id + 0 AS id FROM article_fts"
            " WHERE grams @@ CAST(:match AS tsquery) ORDER BY 1 DESC OFFSET 0"
        )
    return found.bindparams(match=match).columns(column("id", BigInteger)).subquery("hit")


def _holds(session: Session, words: Words) -> ColumnElement[bool]:
    find = func.instr if _is_sqlite(session) else func.strpos
    return find(ArticleText.normalised, words.exact) > 0


def _among(session: Session, ids: Sequence[int], words: Words, limit: int) -> list[int]:
    query = (
        select(ArticleText.article_id)
        .where(ArticleText.article_id.in_(ids), _holds(session, words))
        .order_by(ArticleText.article_id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))


def _off_the_index(
    session: Session,
    words: Words,
    conditions: Sequence[ColumnElement[bool]],
    before: int | None,
    limit: int,
) -> list[int]:
    """The hits stand alone in FROM, so that nothing else decides the order in which they are read."""
    hit = _hits(session, words)
    holds = select(ArticleText.article_id).where(
        ArticleText.article_id == hit.c.id, _holds(session, words)
    )
    query = select(hit.c.id).where(holds.exists())
    if before is not None:
        query = query.where(hit.c.id < before)
    if conditions:
        query = query.where(select(Article.id).where(Article.id == hit.c.id, *conditions).exists())
    return list(session.scalars(query.order_by(hit.c.id.desc()).limit(limit)))


def search(
    session: Session,
    query: str,
    conditions: Sequence[ColumnElement[bool]] = (),
    *,
    before: int | None = None,
    limit: int,
) -> list[int]:
    """Ids of the articles whose newest text holds `query` word for word, newest article first, below id `before`.
    `conditions` are on Article. Raises Invalid for a query that is too long."""
    words = parse_words(query)
    if not words.grams:
        return []
    if words.begins_a_word:
        return _off_the_index(session, words, conditions, before, limit)
    newest = select(Article.id).where(*conditions).limit(FEW + 1)
    if before is not None:
        newest = newest.where(Article.id < before)
    if _is_sqlite(session):
        few = session.scalars(newest).all() if conditions else None
        if few is not None and len(few) <= FEW:
            return _among(session, few, words, limit)
    else:
        few = session.scalars(newest.order_by(Article.id.desc())).all()
        found = _among(session, few, words, limit)
        if len(found) == limit or len(few) <= FEW:
            return found
    return _off_the_index(session, words, conditions, before, limit)
