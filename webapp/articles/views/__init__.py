"""The writing pages. What is read about articles stands in `desk`, a floor that knows their reviews."""

from webapp.articles.views import beginning, cleanups, conflicts, moves, numbers, templates, writing
from webapp.articles.views.blueprint import bp

__all__ = ["beginning", "bp", "cleanups", "conflicts", "moves", "numbers", "templates", "writing"]
