"""Reading and deciding, and who may decide in whose place."""

from webapp.review.views import deciding, deputies, findings, links, paper, urgent
from webapp.review.views.blueprint import bp

__all__ = ["bp", "deciding", "deputies", "findings", "links", "paper", "urgent"]
