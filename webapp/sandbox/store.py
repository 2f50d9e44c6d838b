"""Where records live: one SQLite table, in a file or in memory.

Every read and write happens inside `transaction()`, which holds the one lock: a refused call leaves nothing behind, and a
killed sandbox comes back with what it had answered for.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from webapp.sandbox.records import Record

R = TypeVar("R", bound=Record)

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, appid TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL,
  is_open INTEGER NOT NULL, UNIQUE (kind, appid, key));
CREATE INDEX IF NOT EXISTS open_records ON records (kind) WHERE is_open;
CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
"""


class Store:
    def __init__(self, path: Path | None) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(
            path or ":memory:", isolation_level=None, check_same_thread=False, timeout=30
        )
        if path is not None:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            if self._depth:  # joins the one that is open
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
            finally:
                self._depth = 0

    def put(self, record: Record) -> None:
        """Keeps the place in line of a record that is already there."""
        self._db.execute(
            "INSERT INTO records (kind, appid, key, body, is_open) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (kind, appid, key) DO UPDATE"
            " SET body = excluded.body, is_open = excluded.is_open",
            (record.kind, record.appid, record.key, record.model_dump_json(), record.is_open),
        )

    def find(self, cls: type[R], appid: str, key: str) -> R | None:
        row = self._db.execute(
            "SELECT body FROM records WHERE kind = ? AND appid = ? AND key = ?",
            (cls.kind, appid, key),
        ).fetchone()
        return None if row is None else cls.model_validate_json(row[0])

    def find_anywhere(self, cls: type[R], key: str) -> R | None:
        row = self._db.execute(
            "SELECT body FROM records WHERE kind = ? AND key = ?", (cls.kind, key)
        ).fetchone()
        return None if row is None else cls.model_validate_json(row[0])

    def list_all(self, cls: type[R], appid: str | None = None) -> list[R]:
        """Oldest first."""
        rows = self._db.execute(
            "SELECT body FROM records WHERE kind = ? AND (? IS NULL OR appid = ?) ORDER BY seq",
            (cls.kind, appid, appid),
        )
        return [cls.model_validate_json(body) for (body,) in rows]

    def list_newest(self, cls: type[R], appid: str, count: int) -> list[R]:
        """Newest first."""
        rows = self._db.execute(
            "SELECT body FROM records WHERE kind = ? AND appid = ? ORDER BY seq DESC LIMIT ?",
            (cls.kind, appid, count),
        )
        return [cls.model_validate_json(body) for (body,) in rows]

    def list_holding(self, cls: type[R], field: str, value: str) -> list[R]:
        """Those in which a field, at whatever depth, has this text: found without reading the others."""
        wanted = f'"{field}":{json.dumps(value, ensure_ascii=False)}'
        rows = self._db.execute(
            "SELECT body FROM records WHERE kind = ? AND instr(body, ?) ORDER BY seq",
            (cls.kind, wanted),
        )
        return [cls.model_validate_json(body) for (body,) in rows]

    def count(self, cls: type[Record], appid: str) -> int:
        row = self._db.execute(
            "SELECT count(*) FROM records WHERE kind = ? AND appid = ?", (cls.kind, appid)
        ).fetchone()
        return int(row[0])

    def list_open(self, cls: type[R]) -> list[R]:
        """Those that the background work still has to do with, of every account."""
        rows = self._db.execute(
            "SELECT body FROM records WHERE kind = ? AND is_open ORDER BY seq", (cls.kind,)
        )
        return [cls.model_validate_json(body) for (body,) in rows]

    def delete(self, record: Record) -> None:
        self._db.execute(
            "DELETE FROM records WHERE kind = ? AND appid = ? AND key = ?",
            (record.kind, record.appid, record.key),
        )

    def keep_newest(self, cls: type[Record], count: int) -> None:
        self._db.execute(
            "DELETE FROM records WHERE kind = ? AND seq <= ("
            "SELECT seq FROM records WHERE kind = ? ORDER BY seq DESC LIMIT 1 OFFSET ?)",
            (cls.kind, cls.kind, count),
        )

    def next_number(self, name: str, start: int) -> int:
        """Counts on from `start`, and over restarts and resets never gives a number twice."""
        row = self._db.execute(
            "INSERT INTO numbers VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (name, start),
        ).fetchone()
        return int(row[0])

    def clear(self) -> None:
        self._db.execute("DELETE FROM records")

    def close(self) -> None:
        with self._lock:
            self._db.close()
