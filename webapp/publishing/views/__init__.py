"""Pushes at the desk: the board, the calendar, the composer, and one edition live."""

from webapp.publishing.views import board, calendar, composer, edition
from webapp.publishing.views.blueprint import bp

__all__ = ["board", "bp", "calendar", "composer", "edition"]
