"""In which articles a picture stands now: in their newest revision, as cover or in the body."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.articles.models import Article, ArticleAsset

USES_MAX = 50


def note_uses(session: Session, article_id: int, asset_ids: Collection[str]) -> None:
    """`asset_ids`: what the newest revision shows, instead of what was noted before."""
    noted = select(ArticleAsset.asset_id).where(ArticleAsset.article_id == article_id)
    before, after = set(session.scalars(noted)), set(asset_ids)
    if gone := before - after:
        session.execute(
            delete(ArticleAsset).where(
                ArticleAsset.article_id == article_id, ArticleAsset.asset_id.in_(gone)
            )
        )
    new = sorted(after - before)
    session.add_all(ArticleAsset(article_id=article_id, asset_id=i) for i in new)


def list_uses(session: Session, asset_id: str, limit: int = USES_MAX) -> list[Article]:
    """Newest change first."""
    query = (
        select(Article)
        .join(ArticleAsset, ArticleAsset.article_id == Article.id)
        .where(ArticleAsset.asset_id == asset_id)
        .order_by(Article.updated_at.desc(), Article.id.desc())
        .limit(limit)
    )
    return list(session.scalars(query))
