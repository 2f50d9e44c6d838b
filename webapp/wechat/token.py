"""The access token: one for the account, shared by every process through a store, renewed by one thread at a time.

stable_token in normal mode hands everybody the same token while it is good, so two processes that renew at once do no
harm. It is rotated in its last 5 minutes, and old and new are then both good for 5 minutes:
https://developers.weixin.qq.com/doc/subscription/api/base/api_getstableaccesstoken.html (2025-12).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from threading import Lock
from typing import Protocol

RENEW_BEFORE_END = timedelta(minutes=2)
"""Shorter than the platform's 5 minutes, else every call in that window would ask for a token."""


@dataclass(frozen=True, kw_only=True)
class Token:
    value: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Seen by every process that uses the account. Called outside any transaction of the caller."""

    def get(self, appid: str) -> Token | None: ...

    def put(self, appid: str, token: Token) -> None: ...


class MemoryTokenStore:
    """For one process, and for tests."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}

    def get(self, appid: str) -> Token | None:
        return self._tokens.get(appid)

    def put(self, appid: str, token: Token) -> None:
        self._tokens[appid] = token


@cache
def _lock_of(appid: str) -> Lock:
    return Lock()


class TokenKeeper:
    def __init__(
        self,
        appid: str,
        store: TokenStore,
        fetch: Callable[[], Token],
        now: Callable[[], datetime],
    ) -> None:
        self._appid = appid
        self._store = store
        self._fetch = fetch
        self._now = now

    def current(self) -> Token:
        return self._good(rejected="")

    def renew(self, rejected: str) -> Token:
        """A token other than the one that the platform just rejected, unless it insists on that one. When another
        thread or process renewed meanwhile, theirs is taken and nothing is fetched.
        """
        return self._good(rejected)

    def refetch(self) -> Token:
        with _lock_of(self._appid):
            return self._fetch_and_store()

    def _good(self, rejected: str) -> Token:
        with _lock_of(self._appid):
            stored = self._store.get(self._appid)
            if stored and stored.value != rejected and self._lasts(stored):
                return stored
            return self._fetch_and_store()

    def _lasts(self, token: Token) -> bool:
        return token.expires_at - self._now() > RENEW_BEFORE_END

    def _fetch_and_store(self) -> Token:
        token = self._fetch()
        self._store.put(self._appid, token)
        return token
