"""The description of the interface: it validates, tells of every route, and is true whatever is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.witness import Witness
from tests.cast import SYSTEM, Newsroom
from tests.databases import sqlite_url
from tests.thorough import IS_THOROUGH
from webapp.users.permissions import Role
from webapp.users.service import get_user, grant

EXAMPLES = 14 if IS_THOROUGH else 6
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture
def database_url(templates: Path, tmp_path: Path) -> str:
    return sqlite_url(templates, tmp_path)


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.mimetype == "application/json"
    found: dict[str, Any] = answer.get_json()
    return found


def test_the_description_validates(document: dict[str, Any]):
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_route_of_the_api_is_described(app: Flask, document: dict[str, Any]):
    witness = Witness(app)
    missing: list[str] = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/") or rule.endpoint == "system_api.openapi":
            continue
        path = rule.rule.replace("<", "").replace(">", "")
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        missing += [f"{m} {path}" for m in methods if witness.operation_of(m, path) is None]
    assert missing == []


def test_every_call_of_the_contract_is_described(document: dict[str, Any]):
    promised = (
        "get /columns", "post /articles", "get /articles", "get /articles/{article_id}",
        "patch /articles/{article_id}", "get /articles/{article_id}/checks", "get /articles/{article_id}/wechat",
        "post /articles/{article_id}/submit", "post /articles/{article_id}/reviews",
        "get /articles/{article_id}/reviews", "post /media", "post /editions", "post /editions/{edition_id}/push",
        "get /editions/{edition_id}", "post /editions/{edition_id}/withdraw", "get /reports/counts",
    )  # fmt: skip
    for call in promised:
        method, path = call.split()
        assert method in document["paths"][f"/api/v1{path}"], call


def test_every_call_but_the_description_asks_for_a_token(document: dict[str, Any]):
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert document["security"] == [{"token": []}]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert "security" not in operation, path
            assert {"401", "403"} <= operation["responses"].keys()


def test_every_post_tells_of_its_key_and_every_article_of_its_etag(document: dict[str, Any]):
    for path, operations in document["paths"].items():
        post = operations.get("post")
        if post is not None and path != "/api/v1/media":
            assert "Idempotency-Key" in {p["name"] for p in post["parameters"]}, path
            assert {"409", "422"} <= post["responses"].keys(), path
    one = document["paths"]["/api/v1/articles/{article_id}"]
    assert "ETag" in one["get"]["responses"]["200"]["headers"]
    assert "ETag" in one["patch"]["responses"]["200"]["headers"]


def test_names_and_summaries_are_there_and_unique(document: dict[str, Any]):
    operations = [o for ops in document["paths"].values() for o in ops.values()]
    ids = [o["operationId"] for o in operations]
    assert len(ids) == len(set(ids))
    assert all(o["summary"] for o in operations)


@pytest.fixture
def everything_allowed(newsroom: Newsroom) -> dict[str, str]:
    """The headers of someone who holds every role, in a newsroom with one article in each state and an edition."""
    newsroom.draft()
    newsroom.submitted(content=newsroom.content("送审的"))
    newsroom.edition(newsroom.approved(content=newsroom.content("审定的")))
    with newsroom.step() as session:
        user = get_user(session, "outsider")
        for role in Role:
            grant(session, user, role, actor=SYSTEM, now=newsroom.clock())
    return {"Authorization": f"Bearer {newsroom.token('outsider')}"}


def _known_ids(case: Any, number: int) -> Any:
    for name in case.path_parameters or {}:
        case.path_parameters[name] = number
    return case


def _hold(
    operation: Any, headers: dict[str, str], pick: Callable[[Any], st.SearchStrategy]
) -> None:
    @settings(
        max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=pick(operation))
    def run(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    run()


@pytest.mark.slow
def test_whatever_is_sent_there_is_no_crash_and_the_answer_is_as_described(
    app: Flask, everything_allowed: dict[str, str]
):
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) >= 20
    for operation in operations:
        _hold(operation, everything_allowed, lambda o: o.as_strategy())
        if "{" in operation.path:
            _hold(
                operation,
                everything_allowed,
                lambda o: st.builds(_known_ids, o.as_strategy(), st.integers(1, 4)),
            )
