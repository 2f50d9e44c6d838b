"""The cast, and the newsroom they act in: a real database, a real store, and the services themselves."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from argon2 import PasswordHasher
from PIL import Image
from sqlalchemy.orm import Session

from tests.databases import Rows, put_rows, rows_of
from webapp.articles.content import Content
from webapp.articles.models import Article
from webapp.articles.queries import get_article
from webapp.articles.service import draft, submit
from webapp.columns.models import Column
from webapp.columns.service import get_column, load_columns
from webapp.document.model import Document
from webapp.editions.models import Edition
from webapp.editions.service import assemble
from webapp.editions.workflow import Delivery
from webapp.kernel.audit import list_entries
from webapp.kernel.settings import CONFIG_FOLDER
from webapp.kernel.web import Context
from webapp.media.models import Asset
from webapp.media.service import Labels, add_asset, store_file
from webapp.review.service import decide
from webapp.review.workflow import Decision
from webapp.users.permissions import Actor, Permission, Role
from webapp.users.service import add_user, create_token, get_user, grant
from webapp.wechat.models import Account
from webapp.wechat.service import add_account, find_account

PASSWORD = "a-good-password"
SYSTEM = Actor.system("test")
# argon2 is slow on purpose, and most tests sign in: the cast's passwords are hashed as cheaply as it goes.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)

_opened: dict[tuple[bool, datetime], Rows] = {}

ROLES: dict[str, tuple[Role, int | None]] = {
    "editor": (Role.EDITOR, None),
    "editor2": (Role.EDITOR, None),
    "reviewer1": (Role.REVIEWER, 1),
    "reviewer2": (Role.REVIEWER, 2),
    "reviewer3": (Role.REVIEWER, 3),
    "allstages": (Role.REVIEWER, None),
    "publisher": (Role.PUBLISHER, None),
    "admin": (Role.ADMINISTRATOR, None),
    "auditor": (Role.AUDITOR, None),
}


@cache
def picture(width: int = 1200, height: int = 800, colour: str = "#b7342c") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


def body_of(*paragraphs: str, assets: Sequence[str] = ()) -> Document:
    blocks: list[dict[str, Any]] = [
        {"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in paragraphs
    ]
    blocks += [{"type": "figure", "attrs": {"asset": asset, "alt": "图"}} for asset in assets]
    return Document.parse({"type": "doc", "content": blocks})


@dataclass
class Newsroom:
    context: Context
    clock: Callable[[], datetime]

    def open(self) -> Newsroom:
        """Columns and people: brought in by their acts once a process and kind of database, copied row by row from then on."""
        kind = (self.context.db.is_sqlite, self.clock())
        with self.context.db.step() as session:
            is_bare = not list_entries(session, limit=1)
            if is_bare and kind in _opened:
                put_rows(session, _opened[kind])
                return self
            self._bring_in(session)
            session.flush()
            if is_bare:
                _opened[kind] = rows_of(session)
        return self

    def _bring_in(self, session: Session) -> None:
        load_columns(session, CONFIG_FOLDER / "columns.toml", actor=SYSTEM, now=self.clock())
        for name, (role, stage) in ROLES.items():
            user = add_user(
                session,
                name,
                password_hash=_HASH,
                actor=SYSTEM,
                now=self.clock(),
                display_name=f"{name}姓名",
            )
            grant(session, user, role, actor=SYSTEM, now=self.clock(), stage=stage)
        add_user(session, "outsider", password_hash=_HASH, actor=SYSTEM, now=self.clock())

    def step(self) -> Any:
        return self.context.db.step()

    def actor(self, name: str) -> Actor:
        with self.step() as session:
            return get_user(session, name).actor

    def token(self, name: str, scopes: Sequence[Permission] | None = None) -> str:
        with self.step() as session:
            return create_token(
                session, get_user(session, name), actor=SYSTEM, now=self.clock(), scopes=scopes
            )

    def column(self, session: Session, slug: str = "frontline") -> Column:
        return get_column(session, slug)

    def asset(self, colour: str = "#b7342c", **labels: Any) -> str:
        stored = store_file(
            self.context.store, "picture.jpg", picture(colour=colour), max_bytes=10_000_000
        )
        with self.step() as session:
            asset, _ = add_asset(
                session,
                stored,
                Labels(**{"credit": "摄影 张三", "alt": "图", **labels}),
                actor=SYSTEM,
                now=self.clock(),
            )
            return asset.id

    def find_asset(self, asset_id: str) -> Asset:
        with self.step() as session:
            return session.get_one(Asset, asset_id)

    def content(
        self,
        title: str = "社区里的白大褂",
        text: str = "第一段，写的是一线的事。",
        pictures: int = 0,
        **fields: Any,
    ) -> Content:
        colours = ["#2f7d5b", "#1f2328", "#faf8f4"]
        inside = [self.asset(colours[i]) for i in range(pictures)]
        given = {"author": "李四", "digest": "一线的事。", "cover_id": self.asset(), **fields}
        return Content(title=title, body=body_of(text, assets=inside), **given)

    def draft(
        self, content: Content | None = None, *, by: str = "editor", column: str = "frontline"
    ) -> int:
        content = content or self.content()
        actor = self.actor(by)
        with self.step() as session:
            return draft(
                session, self.column(session, column), content, actor=actor, now=self.clock()
            ).id

    def submitted(self, **parts: Any) -> int:
        article_id = self.draft(**parts)
        actor = self.actor("editor")
        with self.step() as session:
            submit(session, get_article(session, article_id), actor=actor, now=self.clock())
        return article_id

    def decide(
        self,
        article_id: int,
        by: str,
        decision: Decision = Decision.APPROVE,
        comment: str = "",
        checksum: str | None = None,
    ) -> None:
        actor = self.actor(by)
        with self.step() as session:
            article = get_article(session, article_id)
            decide(session, article, decision, checksum=checksum or article.review_checksum or "", comment=comment,
                   actor=actor, now=self.clock())  # fmt: skip

    def approved(self, **parts: Any) -> int:
        article_id = self.submitted(**parts)
        for stage in (1, 2, 3):
            self.decide(article_id, f"reviewer{stage}")
        return article_id

    def article(self, article_id: int) -> Article:
        """As it stands; detached."""
        with self.step() as session:
            return get_article(session, article_id)

    def account(
        self,
        session: Session,
        appid: str = "wx5a4db0c0000000001",
        secret: str = "secret",
        name: str = "测试号",
    ) -> Account:
        return find_account(session, name) or add_account(
            session,
            name,
            appid=appid,
            secret=secret,
            box=self.context.box,
            actor=SYSTEM,
            now=self.clock(),
        )

    def edition(
        self,
        *article_ids: int,
        delivery: Delivery = Delivery.PUBLISH,
        scheduled_at: datetime | None = None,
        **account: str,
    ) -> int:
        actor = self.actor("publisher")
        with self.step() as session:
            found = None if delivery is Delivery.MANUAL else self.account(session, **account)
            made = assemble(
                session,
                article_ids,
                delivery=delivery,
                account=found,
                scheduled_at=scheduled_at,
                actor=actor,
                now=self.clock(),
            )
            return made.id

    def find_edition(self, edition_id: int) -> Edition:
        with self.step() as session:
            return session.get_one(Edition, edition_id)
