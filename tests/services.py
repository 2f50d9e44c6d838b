"""The real services that some tests need. Without one a test is skipped with the reason, unless TONGXIN_REQUIRE_SERVICES=1:
then its absence is a failure."""

from __future__ import annotations

import os
import shutil
from functools import cache

import psycopg
import pytest
import redis

POSTGRES_URL = os.environ.get("TONGXIN_TEST_POSTGRES_URL", "postgresql://127.0.0.1:5432/test")
REDIS_URL = os.environ.get("TONGXIN_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")
CHROMIUM = (
    os.environ.get("TONGXIN_TEST_CHROMIUM", "")
    or shutil.which(
        "chromium-headless-shell"
    )  # Debian's too, and a third of the work: no desktop browser around the pages
    or shutil.which("chromium")
    or ""
)
PATIENCE_MILLISECONDS = 20_000
"""How long a page may take to come to what a test waits for. Only a test that fails waits so long."""

IS_REQUIRED = os.environ.get("TONGXIN_REQUIRE_SERVICES") == "1"

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def missing(what: str) -> None:
    if IS_REQUIRED:
        pytest.fail(f"{what} is not there, and TONGXIN_REQUIRE_SERVICES=1 asks for it")
    pytest.skip(f"{what} is not there")


@cache
def has_postgres() -> bool:
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


@cache
def has_redis() -> bool:
    try:
        with redis.Redis.from_url(REDIS_URL, socket_connect_timeout=3) as connection:
            connection.ping()
    except redis.RedisError:
        return False
    return True


def need_postgres() -> None:
    if not has_postgres():
        missing("PostgreSQL")


def need_redis() -> None:
    if not has_redis():
        missing("Redis")


def need_chromium() -> str:
    if not CHROMIUM:
        missing("Chromium")
    return CHROMIUM
