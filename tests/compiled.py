"""Each test has a database and an engine of its own; what SQLAlchemy makes of a statement is the same for all of them.

Compiling statements anew was two thirds of the time of the tests that ask much of a database.
"""

from __future__ import annotations

from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

from webapp.kernel import db

_dialects: dict[str, Dialect] = {}
_compiled: LRUCache[object, object] = LRUCache(5000)
_make_engine = db.make_engine


def _make_engine_that_remembers(url: str) -> Engine:
    engine = _make_engine(url)
    engine.dialect = _dialects.setdefault(
        engine.name, engine.dialect
    )  # part of what a statement is known by
    engine.update_execution_options(compiled_cache=_compiled)
    return engine


def compile_once() -> None:
    db.make_engine = _make_engine_that_remembers
