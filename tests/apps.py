"""Applications for tests. One knows its parts by its context alone, so that tests may share it: making it takes longer than most
tests."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from webapp.app import create_app
from webapp.kernel.web import EXTENSION, Context
from webapp.notices import listening

_apps: dict[str, Flask] = {}


def app_of(context: Context) -> Flask:
    """Whatever of the settings the application itself goes by is in the key; the parts are those of `context`, until the next
    asks."""
    nowhere = {
        "instance": Path("/nowhere"),
        "database_url": "",
        "media_url": "",
        "wechat_api_base_url": "",
    }
    key = context.settings.model_copy(update=nowhere).model_dump_json()
    if key not in _apps:
        _apps[key] = create_app(context.settings, parts=context)
        _apps[key].testing = True
    app = _apps[key]
    app.extensions[EXTENSION] = context
    for limiter in app.extensions["limiter"]:
        limiter.reset()
    listening.install(context.db, context.settings)
    return app
