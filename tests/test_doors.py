"""Every door of the house, tried by nobody, by the wrong person, and without a form token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.cast import Newsroom
from tests.databases import sqlite_url
from tests.visitor import Visitor, signed_in
from webapp.users.access import GUARD
from webapp.users.permissions import ROLE_PERMISSIONS, Permission, Role

# Open to everyone, on purpose, and nothing else is.
PUBLIC = {
    "security.login",
    "security.logout",
    "system_api.openapi",
    "health.alive",
    "health.ready",
    "health.metrics",
    "signing.show",
    "signing.phone",
    "signing.picture",
    "signing.decide",
    "wechat_callback.prove",
    "wechat_callback.receive",
}
# Flask's own, with nothing in it but what lies in the repository.
WITHOUT_GUARD = {"static"}
# The platform signs its calls; a leader's link carries its own token; programs send a bearer token, which no other site's page can make a browser send.
NO_FORM_TOKEN = ("wechat_callback.", "signing.")
PERSON_OF = {
    Role.CONTRIBUTOR: "outsider",
    Role.EDITOR: "editor",
    Role.REVIEWER: "allstages",
    Role.PUBLISHER: "publisher",
    Role.ADMINISTRATOR: "admin",
    Role.AUDITOR: "auditor",
}
API = "/api/"


@pytest.fixture
def database_url(templates: Path, tmp_path: Path) -> str:
    """Doors are the same on every database."""
    return sqlite_url(templates, tmp_path)


@dataclass(frozen=True)
class Door:
    method: str
    path: str
    endpoint: str
    guard: Permission | str

    @property
    def is_api(self) -> bool:
        return self.path.startswith(API)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


def _values(rule: Rule) -> dict[str, object]:
    """Something for each placeholder that the address takes."""
    found: dict[str, object] = {}
    for name, converter in rule._converters.items():
        kind = type(converter).__name__
        if kind == "AnyConverter":
            found[name] = next(iter(converter.items))  # type: ignore[attr-defined]
        else:
            found[name] = "f" * 24 if kind == "UnicodeConverter" else 1
    return found


def doors(app: Flask) -> Iterator[Door]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in WITHOUT_GUARD:
            continue
        guard = getattr(app.view_functions[rule.endpoint], GUARD)
        built = rule.build(_values(rule))
        assert built is not None
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Door(method, built[1], rule.endpoint, guard)


def closed_doors(app: Flask) -> list[Door]:
    return [door for door in doors(app) if door.guard != "public"]


def test_every_endpoint_carries_a_guard(app: Flask):
    bare = {name for name, view in app.view_functions.items() if getattr(view, GUARD, None) is None}
    assert bare == WITHOUT_GUARD


def test_the_public_endpoints_are_these_and_no_others(app: Flask):
    open_ = {n for n, view in app.view_functions.items() if getattr(view, GUARD, None) == "public"}
    assert open_ == PUBLIC


def test_nobody_gets_through_a_closed_door(app: Flask, newsroom: Newsroom):
    visitor = Visitor(app)
    visitor.look_at("/login")
    got_in = []
    for door in closed_doors(app):
        answer = visitor.open(door.method, door.path)
        sent_to_sign_in = answer.status_code == 302 and answer.location.startswith("/login?next=")
        refused = answer.status_code == 401 or (sent_to_sign_in and door.method == "GET")
        if not refused or (door.is_api and sent_to_sign_in):
            got_in.append((door.name, answer.status))
    assert got_in == []


def test_a_bad_token_opens_nothing(app: Flask, newsroom: Newsroom):
    client = app.test_client()
    wrong = [
        (door.name, answer.status)
        for door in closed_doors(app)
        if door.is_api or door.method == "GET"
        if (
            answer := client.open(
                door.path, method=door.method, headers={"Authorization": "Bearer wrong"}
            )
        ).status_code
        not in (401, 302)
    ]
    assert wrong == []


def person_without(permission: Permission) -> str:
    """Of those whose role lacks it, the one who may most."""
    lacking = [role for role in Role if permission not in ROLE_PERMISSIONS[role]]
    return PERSON_OF[max(lacking, key=lambda role: len(ROLE_PERMISSIONS[role]))]


def test_who_lacks_the_permission_is_refused_at_every_page(app: Flask, newsroom: Newsroom):
    visitors: dict[str, Visitor] = {}
    got_in = []
    for door in closed_doors(app):
        if door.is_api or not isinstance(door.guard, Permission):
            continue
        name = person_without(door.guard)
        if name not in visitors:
            visitors[name] = signed_in(app, name)
        answer = visitors[name].open(door.method, door.path)
        if answer.status_code != 403:
            got_in.append((door.name, name, answer.status))
    assert got_in == []


def test_a_token_without_the_scope_is_refused_at_every_call(app: Flask, newsroom: Newsroom):
    """The person may do all that any role may; their token lacks the one permission."""
    client = app.test_client()
    for permission in Permission:
        name = next(PERSON_OF[r] for r in Role if permission in ROLE_PERMISSIONS[r])
        scopes = [other for other in Permission if other is not permission]
        headers = {"Authorization": f"Bearer {newsroom.token(name, scopes=scopes)}"}
        for door in closed_doors(app):
            if door.is_api and door.guard is permission:
                answer = client.open(door.path, method=door.method, headers=headers)
                assert answer.status_code == 403, door.name


def test_a_session_opens_no_api_so_no_other_page_can_act_there(app: Flask, newsroom: Newsroom):
    visitor = signed_in(app, "editor")
    answers = {
        door.name: visitor.open(door.method, door.path).status_code
        for door in closed_doors(app)
        if door.is_api
    }
    assert set(answers.values()) == {401}


def test_a_form_without_its_token_is_refused_everywhere(app: Flask, newsroom: Newsroom):
    visitors = {name: signed_in(app, name) for name in set(PERSON_OF.values())}
    for visitor in visitors.values():
        visitor.forget_form_token()
    taken = []
    for door in doors(app):
        if door.method == "GET" or door.is_api or door.endpoint.startswith(NO_FORM_TOKEN):
            continue
        role = next((r for r in Role if door.guard in ROLE_PERMISSIONS[r]), Role.EDITOR)
        answer = visitors[PERSON_OF[role]].open(door.method, door.path)
        if answer.status_code != 400:
            taken.append((door.name, answer.status))
    assert taken == []


def test_a_form_token_of_another_session_is_refused(app: Flask, newsroom: Newsroom):
    mine, other = signed_in(app, "editor"), signed_in(app, "editor2")
    answer = mine.post("/me/password", headers={"X-CSRFToken": other._form_token})
    assert answer.status_code == 400
