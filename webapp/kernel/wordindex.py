"""An index of words over texts, in the database's own full-text engine. Whoever has texts to search declares a `WordIndex`.

SQLite: an FTS5 table whose rowid is the text's id, without positions (`detail=none`: grams are only asked for together,
never in a row) and with an index of first characters, so that one character is looked up like a word. PostgreSQL: a table
with a tsvector and a GIN index. Both hold the kernel's grams; an exact check on the text itself follows, so hits are exact.

What is found comes newest id first, because that is the one order in which an index of words can be read off without looking
at every hit: a word that is in most of 100,000 texts costs no more than a rare one. How a page is found:

1. When the other conditions leave few texts, those few are read.
2. SQLite reads the hits off the index from the newest on, and stops when the page is full.
3. PostgreSQL cannot stop half-way through a GIN index. So it first reads the newest few hundred texts, which is enough for
   a common word, and asks the index only when that did not fill the page: then the word is not a common one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Exists,
    Subquery,
    any_,
    column,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.kernel.errors import Invalid
from webapp.kernel.search import QUERY_MAX_CHARACTERS, grams, normalise, query_grams

FEW = 500
"""So many texts are read in a few milliseconds."""


@dataclass(frozen=True, kw_only=True)
class WordIndex:
    """`name`: the table of grams, `key`: the text's id in it (PostgreSQL). `id` and `text`: the texts, normalised.
    `owner`: the id, the same number, in the table that a search's other conditions are on."""

    name: str
    key: str
    id: InstrumentedAttribute[int]
    text: InstrumentedAttribute[str]
    owner: InstrumentedAttribute[int]


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


# Writing


def put_words(session: Session, index: WordIndex, text_id: int, words: str) -> None:
    """Replaces what was indexed before."""
    key = "rowid" if _is_sqlite(session) else index.key
    session.execute(text(f"DELETE FROM {index.name} WHERE {key} = :id"), {"id": text_id})  # noqa: S608  our own names
    put_grams(session, index, [(text_id, grams(words))])


def put_grams(session: Session, index: WordIndex, rows: Iterable[tuple[int, str]]) -> None:
    """(id, its grams) of texts that are not in the index."""
    if _is_sqlite(session):
        insert = f"INSERT INTO {index.name} (rowid, grams) VALUES (:id, :grams)"  # noqa: S608  our own names
    else:
        insert = (
            f"INSERT INTO {index.name} ({index.key}, grams)"  # noqa: S608  our own names
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


def _hits(session: Session, index: WordIndex, words: Words) -> Subquery:
    """What the index says; SQLite gives it in any order of ids that is asked for, without sorting."""
    if _is_sqlite(session):
        match = _sqlite_match(words.grams)
        found = text(f"SELECT rowid AS id FROM {index.name} WHERE {index.name} MATCH :match")  # noqa: S608  our own names
    else:
        match = _postgres_match(words.grams)
        # Sorted here, by what no index has, and fenced off by OFFSET: else the planner, which knows nothing of a rare word,
        # reads the whole table backwards in the hope of a full page.
        found = text(
            f"SELECT {index.key} + 0 AS id FROM {index.name}"  # noqa: S608  our own names
            " WHERE grams @@ CAST(:match AS tsquery) ORDER BY 1 DESC OFFSET 0"
        )
    return found.bindparams(match=match).columns(column("id", BigInteger)).subquery("hit")


def _holds(session: Session, index: WordIndex, words: Words) -> ColumnElement[bool]:
    find = func.instr if _is_sqlite(session) else func.strpos
    return find(index.text, words.exact) > 0


def _among(
    session: Session, index: WordIndex, ids: Sequence[int], words: Words, limit: int
) -> list[int]:
    # PostgreSQL takes one list where it would take each number by itself.
    is_one = index.id.in_(ids) if _is_sqlite(session) else index.id == any_(literal(ids, ARRAY(BigInteger)))  # fmt: skip
    query = select(index.id).where(is_one, _holds(session, index, words))
    if words.begins_a_word:
        query = query.where(_begins_here(index, words))
    return list(session.scalars(query.order_by(index.id.desc()).limit(limit)))


def _begins_here(index: WordIndex, words: Words) -> Exists:
    """PostgreSQL: what the index says of one text."""
    words_of_it = text(
        f"SELECT {index.key} AS id FROM {index.name} WHERE grams @@ CAST(:match AS tsquery)"  # noqa: S608  our own names
    ).bindparams(match=_postgres_match(words.grams))
    known = words_of_it.columns(column("id", BigInteger)).subquery("known")
    return select(known.c.id).where(known.c.id == index.id).exists()


def _off_the_index(
    session: Session,
    index: WordIndex,
    words: Words,
    conditions: Sequence[ColumnElement[bool]],
    before: int | None,
    limit: int,
) -> list[int]:
    """The hits stand alone in FROM, so that nothing else decides the order in which they are read."""
    hit = _hits(session, index, words)
    holds = select(index.id).where(index.id == hit.c.id, _holds(session, index, words))
    query = select(hit.c.id).where(holds.exists())
    if before is not None:
        query = query.where(hit.c.id < before)
    if conditions:
        query = query.where(
            select(index.owner).where(index.owner == hit.c.id, *conditions).exists()
        )
    return list(session.scalars(query.order_by(hit.c.id.desc()).limit(limit)))


def search(
    session: Session,
    index: WordIndex,
    query: str,
    conditions: Sequence[ColumnElement[bool]] = (),
    *,
    before: int | None = None,
    limit: int,
) -> list[int]:
    """Ids of the texts that hold `query` word for word, newest first, below id `before`. `conditions` are on the table of
    `owner`. Raises Invalid for a query that is too long."""
    words = parse_words(query)
    if not words.grams:
        return []
    newest = select(index.owner).where(*conditions).limit(FEW + 1)
    if before is not None:
        newest = newest.where(index.owner < before)
    if not _is_sqlite(session):
        few = session.scalars(newest.order_by(index.owner.desc())).all()
        found = _among(session, index, few, words, limit)
        if len(found) == limit or len(few) <= FEW:
            return found
    elif conditions and not words.begins_a_word:
        few = session.scalars(newest).all()
        if len(few) <= FEW:
            return _among(session, index, few, words, limit)
    return _off_the_index(session, index, words, conditions, before, limit)
