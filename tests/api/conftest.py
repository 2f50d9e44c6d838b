from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.desk import Caller
from tests.api.witness import Witness
from tests.cast import Newsroom


@pytest.fixture
def as_(app: Flask, client: FlaskClient, newsroom: Newsroom) -> Callable[[str], Caller]:
    """`as_("editor")`: that person's program, with a token of its own."""
    witness = Witness(app)
    return cache(lambda name: Caller(client, newsroom.token(name), witness))
