from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint
from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.queries import get_article
from webapp.kernel.errors import TongxinError
from webapp.users.access import current_actor
from webapp.users.permissions import Permission

bp = Blueprint("articles", __name__, url_prefix="/articles")

View = TypeVar("View", bound=Callable[..., Any])


def writable(session: Session, article_id: int) -> Article:
    article = get_article(session, article_id)
    current_actor().require(Permission.ARTICLE_WRITE, article.column_id)
    return article


def tells_its_message(view: View) -> View:
    """The scripts of the writing page show a refusal's sentence under `message`."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return view(*args, **kwargs)
        except TongxinError as error:
            raise error.with_extra(message=error.message) from error.__cause__

    return cast("View", run)
