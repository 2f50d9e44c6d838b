from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Newsroom
from tests.visitor import Visitor, signed_in


@pytest.fixture
def editor(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "editor")


@pytest.fixture
def colleague(app: Flask, newsroom: Newsroom) -> Visitor:
    return signed_in(app, "editor2")
