"""Which rooms have doors. One line a door; the API's stand under /api/v1 and take tokens only, so CSRF does not apply."""

from __future__ import annotations

from importlib import import_module

from flask import Flask
from flask_wtf import CSRFProtect

API = (
    "webapp.columns.api",
    "webapp.media.api",
    "webapp.articles.api",
    "webapp.comments.api",
    "webapp.review.api",
    "webapp.publishing.api",
    "webapp.reports.api",
    "webapp.system.api",
)
PAGES = (
    "webapp.users.views",
    "webapp.media.views",
    "webapp.columns.views",
    "webapp.articles.views",
    "webapp.proofreading.views",
    "webapp.comments.views",
    "webapp.review.views",
    "webapp.review.views.signing",
    "webapp.publishing.views",
    "webapp.reports.views",
    "webapp.notices.views",
    "webapp.desk.views",
    "webapp.system.views",
    "webapp.system.health",
    "webapp.publishing.callback",
)
# The platform posts here with its own signature, a leader with the link's token: neither has a session.
SIGNED_OTHERWISE = ("webapp.publishing.callback", "webapp.review.views.signing")


def register(app: Flask, csrf: CSRFProtect) -> None:
    for name in API:
        blueprint = import_module(name).bp
        app.register_blueprint(blueprint, url_prefix="/api/v1")
        csrf.exempt(blueprint)
    for name in PAGES:
        blueprint = import_module(name).bp
        app.register_blueprint(blueprint)
        if name in SIGNED_OTHERWISE:
            csrf.exempt(blueprint)
