"""The article's page as on a phone, for whoever may read it: signed in, or with a link."""

from __future__ import annotations

from collections.abc import Callable

from flask import g, render_template
from sqlalchemy.orm import Session

from webapp.articles.composition import compose
from webapp.articles.content import content_of
from webapp.articles.models import Article
from webapp.articles.queries import get_revision
from webapp.articles.service import marker_of


def phone_page(
    session: Session, article: Article, number: int, picture_url: Callable[[str], str]
) -> str:
    """The very HTML that would be sent, pictures from here. Raises NotFound when there is no such revision."""
    revision = get_revision(session, article.id, number)
    composed = compose(
        session,
        content_of(revision),
        article.column,
        marker=marker_of(article, number),
        picture_url=picture_url,
    )
    # What is sent carries its looks in style attributes, as the platform asks.
    g.style_attributes = g.framed_by_us = True
    return render_template(
        "review/phone.html",
        article=article,
        revision=revision,
        html=composed.html,
        newspic=composed.newspic,
        pictures=composed.slides,
    )
