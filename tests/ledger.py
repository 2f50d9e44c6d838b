"""Articles that came out, and were taken back, on days of one's choice: by the acts themselves, in a manual delivery."""

from __future__ import annotations

from datetime import datetime

from tests.cast import SYSTEM, Newsroom
from tests.clock import FakeClock
from webapp.editions.queries import get_edition
from webapp.editions.workflow import Delivery
from webapp.publishing.service import (
    advance,
    confirm_withdrawn,
    queue,
    record_published,
    withdraw,
)
from webapp.publishing.workflow import Action


class Ledger:
    def __init__(self, newsroom: Newsroom, clock: FakeClock) -> None:
        self.newsroom = newsroom
        self._clock = clock
        self._number = 0

    def publish(
        self,
        at: str,
        column: str = "frontline",
        author: str = "李四",
        unit: str = "",
        article_id: int = 0,
    ) -> tuple[int, int]:
        """Ids of article and edition. `at` with its zone; `article_id` of one that is approved already."""
        self._clock.moment = datetime.fromisoformat(at)
        self._number += 1
        if not article_id:
            content = self.newsroom.content(f"第{self._number}篇稿件", author=author, source=unit)
            article_id = self.newsroom.approved(content=content, column=column)
        edition_id = self.newsroom.edition(article_id, delivery=Delivery.MANUAL)
        actor, now = self.newsroom.actor("publisher"), self._clock()
        with self.newsroom.step() as session:
            edition = get_edition(session, edition_id)
            publication = queue(session, edition, actor=actor, now=now)
            session.flush()
            advance(session, publication, Action.DRAFT, actor=SYSTEM, now=now)
            url = f"https://mp.weixin.qq.com/s/{self._number}"
            record_published(session, edition, [url], actor=actor, now=now)
        return article_id, edition_id

    def withdraw(self, at: str, edition_id: int) -> None:
        self._clock.moment = datetime.fromisoformat(at)
        actor, now = self.newsroom.actor("publisher"), self._clock()
        with self.newsroom.step() as session:
            edition = get_edition(session, edition_id)
            withdraw(session, edition, "有误", actor=actor, now=now)
            confirm_withdrawn(session, edition, actor=actor, now=now)
