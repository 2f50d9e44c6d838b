"""The description of the REST interface, OpenAPI 3.1, from what stands beside each view.

Requests are parsed by each room's forms, which speak to people; the pydantic models here only describe, and a test holds
real answers against them. (spectree was weighed: with validation off it adds only the walk over the routes, and it cannot
say `application/problem+json` or multipart.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from webapp.kernel.problems import MIME as PROBLEM_MIME
from webapp.kernel.web import TAKES_KEY

View = TypeVar("View", bound=Callable[..., Any])
Model = type[BaseModel]

_DESCRIPTION = "api_description"
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_TYPES = {"int": "integer", None: "string"}
_REF = "#/components/schemas/{model}"


class FieldProblem(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `title` is one sentence for people."""

    type: str
    title: str
    status: int
    code: str
    errors: list[FieldProblem] = []


@dataclass(frozen=True, kw_only=True)
class Description:
    summary: str
    ok: Mapping[int, Model | None]
    problems: tuple[int, ...] = ()
    problem_models: Mapping[int, Model] = field(default_factory=dict)
    """Where a problem tells more than others do."""
    json: Model | None = None
    form: Model | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    tells: Mapping[str, str] = field(default_factory=dict)
    """Headers of the answer, when all went well."""
    is_public: bool = False


def described(summary: str, **parts: Any) -> Callable[[View], View]:
    """`ok`: status → model of the answer; `problems`: other statuses; `query`, `headers` and `tells`: name → meaning.

    What may be sent again with its key says so by itself, and that a key may be refused.
    """

    def attach(view: View) -> View:
        given = Description(summary=summary, **parts)
        if getattr(view, TAKES_KEY, False):
            given = replace(given, problems=(*given.problems, 409, 422),
                            headers={**given.headers, "Idempotency-Key": "同一把钥匙的重复请求只执行一次"})  # fmt: skip
        setattr(view, _DESCRIPTION, given)
        return view

    return attach


def _schema_ref(model: Model) -> dict[str, Any]:
    return {"$ref": _REF.format(model=model.__name__)}


def _answers(description: Description) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, model in description.ok.items():
        answers[str(status)] = {"description": "OK"}
        if description.tells:
            answers[str(status)]["headers"] = {
                name: {"description": meaning, "schema": {"type": "string"}}
                for name, meaning in description.tells.items()
            }
        if model is not None:
            answers[str(status)]["content"] = {"application/json": {"schema": _schema_ref(model)}}
    general = () if description.is_public else (401, 403)
    for status in sorted({*general, *description.problems}):
        model = description.problem_models.get(status, Problem)
        content = {PROBLEM_MIME: {"schema": _schema_ref(model)}}
        answers[str(status)] = {"description": "Problem", "content": content}
    return answers


def _parameters(rule: str, description: Description) -> list[dict[str, Any]]:
    path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": _TYPES[kind or None]}}
        for kind, name in _PARAMETER.findall(rule)
    ]
    named = [("query", description.query), ("header", description.headers)]
    rest = [
        {"name": name, "in": place, "description": meaning, "schema": {"type": "string"}}
        for place, names in named
        for name, meaning in names.items()
    ]
    return path + rest


def _operation(rule: str, name: str, description: Description) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": name.replace(".", "_"),
        "summary": description.summary,
        "parameters": _parameters(rule, description),
        "responses": _answers(description),
    }
    body = description.json or description.form
    if body is not None:
        mime = "application/json" if description.json else "multipart/form-data"
        operation["requestBody"] = {
            "required": True,
            "content": {mime: {"schema": _schema_ref(body)}},
        }
    if description.is_public:
        operation["security"] = []
    return operation


def _models(descriptions: list[Description]) -> list[Model]:
    found: dict[str, Model] = {"Problem": Problem}
    for d in descriptions:
        for model in (*d.ok.values(), *d.problem_models.values(), d.json, d.form):
            if model is not None:
                found[model.__name__] = model
    return list(found.values())


def describe(app: Flask) -> dict[str, Any]:
    """The whole document, from the views that carry a description."""
    paths: dict[str, dict[str, Any]] = {}
    descriptions: list[Description] = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        description = getattr(view, _DESCRIPTION, None)
        if description is None:
            continue
        descriptions.append(description)
        path = _PARAMETER.sub(r"{\2}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            operation = _operation(rule.rule, rule.endpoint, description)
            paths.setdefault(path, {})[method.lower()] = operation
    _, schemas = models_json_schema(
        [(model, "serialization") for model in _models(descriptions)], ref_template=_REF
    )
    return {
        "openapi": "3.1.0",
        "info": {"title": "同心 Tongxin", "version": "v1"},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }
