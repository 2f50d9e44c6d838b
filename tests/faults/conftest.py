from __future__ import annotations

from tests.publishing.conftest import (
    _context,
    _sandbox,
    any_room,
    new_room,
    press_clock,
    room,
    sandbox,
    stage,
)

__all__ = [
    "_context",
    "_sandbox",
    "any_room",
    "new_room",
    "press_clock",
    "room",
    "sandbox",
    "stage",
]
