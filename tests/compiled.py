"""What tests need not make anew. Each has a database of its own, or one that was emptied for it; what SQLAlchemy makes of a
statement is the same for all of them, and so are the connections to the one PostgreSQL database of this process.

Compiling statements anew was two thirds of the time of the tests that ask much of a database; a connection costs PostgreSQL a
process that reads its catalogues first.
"""

from __future__ import annotations

from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

from webapp.kernel import db

_dialects: dict[str, Dialect] = {}
_compiled: LRUCache[object, object] = LRUCache(5000)
_engines: dict[str, Engine] = {}
_make_engine = db.make_engine


def keep_connections(url: str) -> None:
    """Of every engine for this database from now on: there is only one, which disposing of does not end."""
    engine = make_engine_that_remembers(url)
    engine.dispose = lambda close=True: None  # type: ignore[method-assign]
    _engines[url] = engine


def make_engine_that_remembers(url: str) -> Engine:
    if url in _engines:
        return _engines[url]
    engine = _make_engine(url)
    engine.dialect = _dialects.setdefault(
        engine.name, engine.dialect
    )  # part of what a statement is known by
    engine.update_execution_options(compiled_cache=_compiled)
    return engine


def compile_once() -> None:
    db.make_engine = make_engine_that_remembers
