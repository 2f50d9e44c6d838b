"""From a scraped text to a counted article, through REST alone: embedded, and on PostgreSQL with Redis."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import redis
import requests

from tests.cast import picture
from tests.databases import postgres_url
from tests.services import REDIS_URL, need_postgres, need_redis
from tests.thorough import thorough
from tests.walk.installation import Installation, running_installation
from webapp.demo.people import BULLETIN


class Person:
    def __init__(self, installation: Installation, username: str) -> None:
        self._url = f"{installation.url}/api/v1"
        self._headers = {"Authorization": f"Bearer {installation.token(username)}"}

    def call(self, method: str, path: str, expected: int, **parts: object) -> dict:
        headers = {**self._headers, **parts.pop("headers", {})}  # type: ignore[dict-item]
        answer = requests.request(method, self._url + path, headers=headers, timeout=60, **parts)  # type: ignore[arg-type]
        assert answer.status_code == expected, answer.text
        return answer.json()


def nothing(_installation: Installation, _publisher: Person, _edition: str) -> None:
    """Nobody is in the way of the worker."""


def kill_the_worker(installation: Installation, publisher: Person, edition: str) -> None:
    """While it asks for the draft; another one comes."""
    deadline = time.monotonic() + 30
    while not any(s["kind"] == "add_draft" for s in publisher.call("GET", edition, 200)["steps"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.3)
    installation.kill("worker")
    installation.start("worker")


def walk(
    installation: Installation, meanwhile: Callable[[Installation, Person, str], None] = nothing
) -> None:
    editor, publisher = Person(installation, "editor"), Person(installation, "publisher")
    cover = editor.call("POST", "/media", 201, files={"file": ("封面.jpg", io.BytesIO(picture()))},
                        data={"credit": "摄影 张三", "alt": "封面"})  # fmt: skip
    article = editor.call("POST", "/articles", 201, json={
        "column": "frontline", "author": "宣传处", "digest": "战“疫”进行时", "cover_id": cover["id"],
        "body_text": BULLETIN.read_text("utf-8"),
    })  # fmt: skip
    assert len(article["cleanups"]) > 174
    path = f"/articles/{article['id']}"
    mended = (
        article["body_html"]
        .replace("截止目前", "截至目前")
        .replace("同心同行 抗疫疫情", "同心同行 抗疫有我")
    )
    editor.call("PATCH", path, 200, json={"body_html": mended}, headers={"If-Match": '"1"'})
    assert editor.call("POST", f"{path}/submit", 200)["stage"] == 1
    checksum = editor.call("GET", f"{path}/wechat", 200)["checksum"]
    for stage in (1, 2, 3):
        reviewer = Person(installation, f"reviewer{stage}")
        reviewer.call(
            "POST", f"{path}/reviews", 201, json={"decision": "approve", "checksum": checksum}
        )
    edition = publisher.call(
        "POST", "/editions", 201, json={"delivery": "publish", "articles": [article["id"]]}
    )
    where = f"/editions/{edition['id']}"
    publisher.call("POST", f"{where}/push", 202)
    publisher.call("POST", f"{where}/push", 202)
    meanwhile(installation, publisher, where)
    deadline = time.monotonic() + 60
    while (edition := publisher.call("GET", where, 200))["status"] not in (
        "published",
        "failed",
        "needs_attention",
    ):
        assert time.monotonic() < deadline, edition
        time.sleep(0.2)
    assert edition["status"] == "published", edition
    published = installation.published()
    assert len(published) == 1
    page = requests.get(edition["articles"][0]["url"], timeout=10).text
    assert "同心抗疫 共克时艰" in page
    counts = editor.call("GET", "/reports/counts", 200)
    assert counts["total"] == 1
    assert "共刊发稿件1篇" in counts["sentence"]
    assert {c["slug"]: c["published_count"] for c in editor.call("GET", "/columns", 200)["items"]}[
        "frontline"
    ] == 1
    verified = installation.run("audit", "verify")
    assert verified.returncode == 0, verified.stderr


@thorough
def test_the_walk_on_one_machine(tmp_path: Path):
    with running_installation(tmp_path) as installation:
        walk(installation)


@pytest.mark.postgres
@pytest.mark.redis
def test_the_walk_on_postgresql_and_redis_with_a_worker_that_is_killed_while_it_calls(
    tmp_path: Path,
):
    """There is one publication all the same."""
    need_postgres()
    need_redis()
    with redis.Redis.from_url(REDIS_URL) as connection:
        connection.flushdb()
    with running_installation(
        tmp_path, database_url=postgres_url(), queue_url=REDIS_URL, lease_seconds="3"
    ) as installation:
        requests.post(f"{installation.sandbox_url}/_sandbox/faults", timeout=10,
                      json={"path": "draft/add", "kind": "hang_after", "seconds": 2, "times": 1})  # fmt: skip
        walk(installation, kill_the_worker)
