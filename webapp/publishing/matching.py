"""Was it done? After a lost answer the platform is looked at: its drafts and its publications are read, newest first, and
compared by a sign of each article: the marker that it carries in its body (`data-tongxin`). A picture message is plain
text, in which a reader would see a marker; its sign is a hash of what it is: title, text, and its pictures' media_ids in
order. Where the platform tells less of it than that, nothing is recognised, and a person is asked.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from webapp.wechat.errors import NoRight, OutcomeUnknown
from webapp.wechat.gateway import (
    PAGE_MAX,
    DraftArticle,
    DraftSummary,
    Gateway,
    PublishedSummary,
    StoredArticle,
)

CLOCKS_DISAGREE = timedelta(minutes=10)
"""Their update_time against our clock; looking a little further back costs one page at most."""
PAGES_MAX = 100

_MARKER = re.compile(r"data-tongxin=[\"']?([0-9a-z.]+)")
_TAG = re.compile(r"<[^<>]*>")
# Line ends, blanks and what has no width: what a platform may write in another way.
_UNSTEADY = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
NEWSPIC = "newspic"

Item = TypeVar("Item", DraftSummary, PublishedSummary)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What to look for: the articles of one edition, in order, sent since a moment."""

    signs: tuple[str, ...]
    titles: tuple[str, ...]
    since: datetime

    def is_in(self, articles: Sequence[StoredArticle]) -> bool:
        return signs_of(articles) == self.signs

    def is_like(self, item: DraftSummary) -> bool:
        """The same titles, and no marker but ours: it may be ours with its markers taken away, or its text rewritten."""
        return (
            tuple(a.title for a in item.articles) == self.titles
            and not self.is_in(item.articles)
            and all(
                article.kind == NEWSPIC or sign in ("", ours)
                for article, sign, ours in zip(
                    item.articles, signs_of(item.articles), self.signs, strict=True
                )
            )
            and item.updated_at >= self.since - CLOCKS_DISAGREE
        )


def signs_of(articles: Sequence[StoredArticle | DraftArticle]) -> tuple[str, ...]:
    """One an article, the same before it is sent and as it is stored; "" for one that is not ours."""
    return tuple(
        _likeness(article) if article.kind == NEWSPIC else _marker(article) for article in articles
    )


def _marker(article: StoredArticle | DraftArticle) -> str:
    match = _MARKER.search(article.content)
    return match.group(1) if match else ""


def _likeness(article: StoredArticle | DraftArticle) -> str:
    words = html.unescape(_TAG.sub("", f"{article.title}\0{article.content}"))
    parts = (_UNSTEADY.sub("", words), *article.image_media_ids)
    return "p" + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:20]


@dataclass(frozen=True, kw_only=True)
class _Reader(Generic[Item]):
    """Reads a list that may change under its hands. Each page begins with the last of the one before, which shows whether
    anything moved; if so it begins again."""

    page_at: Callable[[int], Sequence[Item]]
    key: Callable[[Item], str]
    since: datetime

    def read(self) -> list[Item]:
        """Raises OutcomeUnknown when the end is not in sight: what was not read cannot be called absent."""
        items: list[Item] = []
        for _ in range(PAGES_MAX):
            page = self.page_at(max(0, len(items) - 1))
            if items and (not page or self.key(page[0]) != self.key(items[-1])):
                items = []
                continue
            items.extend(page[1:] if items else page)
            if len(page) < PAGE_MAX or self._reached_far_enough(items):
                return items
        raise OutcomeUnknown(
            f"公众号里的内容太多，读了 {PAGES_MAX} 页还没有读完，没有核对出结果。",
            code="push.too_much_to_look_at",
        )

    def _reached_far_enough(self, items: Sequence[Item]) -> bool:
        """Only a list that was newest first so far may be left before its end."""
        moments = [item.updated_at for item in items]
        return (
            moments == sorted(moments, reverse=True) and moments[-1] < self.since - CLOCKS_DISAGREE
        )


@dataclass(frozen=True, kw_only=True)
class FoundDrafts:
    ours: tuple[str, ...]
    """The media_id of each draft with exactly these articles in this order."""
    alike: tuple[str, ...]


def find_drafts(gateway: Gateway, wanted: Wanted) -> FoundDrafts:
    items = _Reader(
        page_at=lambda offset: (
            gateway.list_drafts(offset=offset, count=PAGE_MAX, no_content=False).items
        ),
        key=lambda draft: draft.media_id,
        since=wanted.since,
    ).read()
    return FoundDrafts(
        ours=tuple(item.media_id for item in items if wanted.is_in(item.articles)),
        alike=tuple(item.media_id for item in items if wanted.is_like(item)),
    )


@dataclass(frozen=True, kw_only=True)
class Found:
    article_id: str
    links: dict[int, str]


def find_published(gateway: Gateway, wanted: Wanted) -> tuple[Found, ...]:
    """Publications with exactly these articles that are still up. An account without the right to publish has none. What
    was mass-sent is not in this list."""
    try:
        items = _Reader(
            page_at=lambda offset: (
                gateway.list_published(offset=offset, count=PAGE_MAX, no_content=False).items
            ),
            key=lambda published: published.article_id,
            since=wanted.since,
        ).read()
    except NoRight:
        return ()
    return tuple(
        Found(
            article_id=item.article_id,
            links={i: a.url for i, a in enumerate(item.articles, start=1)},
        )
        for item in items
        if wanted.is_in(item.articles) and not any(a.is_deleted for a in item.articles)
    )
