"""What an intake reader made becomes a draft: its pictures go into the store, then assets and article into the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.articles.cleanups import cleanup_json
from webapp.articles.content import TITLE_MAX_CHARACTERS, Content
from webapp.articles.models import Article, Paste
from webapp.articles.service import draft
from webapp.columns.models import Column
from webapp.document.model import Document, Node, paragraph, rewritten
from webapp.intake.model import Imported
from webapp.kernel.errors import TongxinError
from webapp.kernel.storage import Store
from webapp.media.service import Labels, Stored, add_asset, store_file
from webapp.users.permissions import Actor

LOST_PICTURE = "〔图片未导入〕"


@dataclass(frozen=True, kw_only=True)
class Brought:
    """`stored` by provisional asset id; `refused` are the pictures that cannot be used, with the reason."""

    imported: Imported
    stored: Mapping[str, Stored]
    refused: Mapping[str, str]


def keep_pictures(store: Store, imported: Imported, *, max_bytes: int) -> Brought:
    """Outside any transaction. One bad picture does not stop the text: it is told among the losses."""
    stored: dict[str, Stored] = {}
    refused: dict[str, str] = {}
    for provisional, data in imported.pictures.items():
        try:
            stored[provisional] = store_file(store, "导入的图片", data, max_bytes=max_bytes)
        except TongxinError as wrong:
            refused[provisional] = wrong.message
    return Brought(imported=imported, stored=stored, refused=refused)


def _without(document: Document, assets: Mapping[str, str]) -> Document:
    def exchange(node: Node) -> Node:
        if node.type == "figure" and node.string("asset") in assets:
            return paragraph(LOST_PICTURE)
        if node.type != "gallery":
            return node
        kept = tuple(child for child in node.content if child.type == "figure")
        return Node(node.type, node.attrs, kept) if kept else paragraph(LOST_PICTURE)

    return Document.of(rewritten(document.content, exchange)) if assets else document


def add_pictures(session: Session, brought: Brought, *, actor: Actor, now: datetime) -> Document:
    """The body with the assets' own ids."""
    ids = {
        provisional: add_asset(session, stored, Labels(), actor=actor, now=now)[0].id
        for provisional, stored in brought.stored.items()
    }
    return _without(brought.imported.body, brought.refused).replace_assets(ids)


def cleanups_json(brought: Brought) -> list[dict[str, Any]]:
    """Every change, then every loss (kind `loss.…`), as a revision keeps them."""
    imported = brought.imported
    changes = [cleanup_json(c) for c in imported.cleanups]
    losses = [(f"loss.{one.kind}", one.excerpt, one.message) for one in imported.losses]
    losses += [("loss.picture", "", f"一张图片没有导入：{why}") for why in brought.refused.values()]
    return changes + [
        {"kind": kind, "before": excerpt, "after": "", "place": message}
        for kind, excerpt, message in losses
    ]


def draft_imported(
    session: Session,
    column: Column,
    brought: Brought,
    *,
    name: str,
    actor: Actor,
    now: datetime,
    author: str = "",
) -> Article:
    """`name` is the title where the text brings none; `author` the byline."""
    body = add_pictures(session, brought, actor=actor, now=now)
    title = (brought.imported.title or name)[:TITLE_MAX_CHARACTERS]
    content = Content(title=" ".join(title.split()), author=author, body=body)
    cleanups = cleanups_json(brought)
    return draft(session, column, content, actor=actor, now=now, cleanups=cleanups)


def paste_imported(
    session: Session, article: Article, brought: Brought, *, actor: Actor, now: datetime
) -> Document:
    """The body to put into what is being written; where something was changed or lost, that is kept with the article."""
    body = add_pictures(session, brought, actor=actor, now=now)
    if told := cleanups_json(brought):
        session.add(
            Paste(
                article_id=article.id,
                title=brought.imported.title[:TITLE_MAX_CHARACTERS],
                body=body.to_json(),
                cleanups=told,
                pasted_by=actor.id,
                created_at=now,
            )
        )
    return body
