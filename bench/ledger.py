"""The rows of an archive: one office at one pace, with its work in progress at the newest end. A larger archive is an older
office's, not a busier one's: 1,000 articles are its first three months, 100,000 what it has when it is 27 years old. So what a
page shows is as much at any size (a month on the calendar holds some 85 editions, a list a full page), and what a page takes
longer for is the archive behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from bench.album import Row, Rows, asset_id, checksum, cover, hang, uses
from bench.corpus import Text, write
from webapp.articles.workflow import State
from webapp.editions.workflow import Delivery
from webapp.editions.workflow import State as EditionState
from webapp.kernel.search import grams, normalise
from webapp.publishing.workflow import State as PushState

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
DAILY = 10
"""Articles that go out."""
_WITHDRAWN_EDITION = 200
"""One edition of so many was taken back."""
_RECALLED = range(101, 121)
"""And these, of one campaign, all at once: a full page of articles."""
_EDITION_SIZES = (1, 4, 2, 6, 3, 8, 1, 3)
_ENDS = tuple(accumulate(_EDITION_SIZES))
_STAGES = 3


@dataclass(frozen=True, kw_only=True)
class Office:
    """Whom and what the rows refer to."""

    size: int
    columns: Sequence[int]
    editors: Sequence[int]
    reviewers: Sequence[int]
    publisher: int
    account: int
    audited: int
    """Entries of the audit trail before the first article's."""
    approved: int
    in_review: int
    drafts: int

    @property
    def out(self) -> int:
        """So many went out: the oldest."""
        return self.size - self.approved - self.in_review - self.drafts


@dataclass(frozen=True, kw_only=True)
class Written:
    """Made beside the loading, on another core."""

    number: int
    text: Text
    normalised: str
    grams: str


def written(number: int, size: int) -> Written:
    picture = asset_id(number // 2) if number % 2 == 0 else None
    text = write(number, 1 - number / size, picture)
    return Written(
        number=number, text=text, normalised=normalise(text.words), grams=grams(text.words)
    )


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an article went out: its edition's number, its position there, and the last article that went with it."""

    edition: int
    position: int
    last: int

    @property
    def was_taken_back(self) -> bool:
        return self.edition % _WITHDRAWN_EDITION == 0 or self.edition in _RECALLED


def place_of(number: int, out: int) -> Place | None:
    """Of the `number`th article when `out` went out; None: it is not among them."""
    if number > out:
        return None
    round_, within = divmod(number - 1, _ENDS[-1])
    index = next(i for i, end in enumerate(_ENDS) if within < end)
    first = _ENDS[index] - _EDITION_SIZES[index]
    last = min(round_ * _ENDS[-1] + _ENDS[index], out)
    edition = round_ * len(_ENDS) + index + 1
    return Place(edition=edition, position=within - first + 1, last=last)


def _state_of(office: Office, number: int, place: Place | None) -> State:
    if place is not None:
        return State.WITHDRAWN if place.was_taken_back else State.PUBLISHED
    if number <= office.out + office.approved:
        return State.APPROVED
    return State.IN_REVIEW if number <= office.size - office.drafts else State.DRAFT


def _moment(number: int, office: Office) -> datetime:
    """The last that went out did so just now; what is in progress was begun meanwhile."""
    newest = office.out if number <= office.out else office.size
    return NOW - timedelta(days=newest - number) / DAILY


def rows_of(office: Office, batch: Sequence[Written]) -> Rows:
    """Table → rows, for a batch of articles and what belongs to them."""
    rows: Rows = defaultdict(list)
    for one in batch:
        number, text = one.number, one.text
        place, at = place_of(number, office.out), _moment(number, office)
        state = _state_of(office, number, place)
        if number % 2 == 0:
            hang(rows, number // 2, office.editors[0], at)
        rows["article"].append(_article(office, one, state, at))
        rows["revision"].extend(_revisions(office, number, text, at))
        rows["article_text"].append({"article_id": number, "normalised": one.normalised})
        rows["review"].extend(_reviews(office, number, state, at))
        rows["audit_entry"].extend(_audit(office, number, at))
        rows["article_asset"].extend(uses(number))
        if place is not None:
            _went_out(rows, office, one, place)
    return rows


def _went_out(rows: Rows, office: Office, one: Written, place: Place) -> None:
    at = _moment(place.last, office)
    gone = at + timedelta(days=1) if place.was_taken_back else None
    if place.position == 1:
        rows["edition"].append(_edition(office, place, at, gone))
        rows["publication"].append(_publication(office, place, at))
        rows["publication_step"].extend(_steps(place.edition, at))
    rows["edition_article"].append(_edition_article(one.number, place))
    rows["posting"].append(_posting(office, one, place, at, gone))


def _newest_revision(number: int) -> int:
    return 2 if number % 5 == 0 else 1


def _editor(office: Office, number: int) -> int:
    return office.editors[number % len(office.editors)]


def _column(office: Office, number: int) -> int:
    return office.columns[number % len(office.columns)]


def _article(office: Office, one: Written, state: State, at: datetime) -> Row:
    number, is_draft = one.number, state is State.DRAFT
    is_out = state in (State.PUBLISHED, State.WITHDRAWN)
    return {
        "id": number,
        "key": f"{number:010x}",
        "column_id": _column(office, number),
        "title": one.text.title,
        "author": one.text.author,
        "cover_asset": cover(number),
        "characters": one.text.characters,
        "status": state,
        "stage": number % _STAGES + 1 if state is State.IN_REVIEW else 0,
        "round": 0 if is_draft else 1,
        "revision": _newest_revision(number),
        "review_checksum": None if is_draft else checksum("revision", number),
        "return_reason": "",
        "held": False,
        "created_by": _editor(office, number),
        "created_at": at - timedelta(days=2),
        "updated_at": at,
        "submitted_at": None if is_draft else at - timedelta(days=1),
        "published_at": at if is_out else None,
        "url": _url(number) if is_out else "",
        "version": 6,
    }


def _url(number: int) -> str:
    return f"https://mp.weixin.qq.com/s/{number:022d}"


def _revisions(office: Office, number: int, text: Text, at: datetime) -> Iterator[Row]:
    for revision in range(1, _newest_revision(number) + 1):
        yield {
            "article_id": number,
            "number": revision,
            "title": text.title,
            "author": text.author,
            "digest": text.digest,
            "source": text.unit,
            "source_url": "",
            "cover_asset": cover(number),
            "credits": [["编辑", text.author]],
            "body": text.body,
            "characters": text.characters,
            "checksum": checksum("revision", number),
            "name": "",
            "cleanups": [],
            "edited_by": _editor(office, number),
            "created_at": at - timedelta(days=2) + timedelta(hours=revision),
        }


def _reviews(office: Office, number: int, state: State, at: datetime) -> Iterator[Row]:
    passed = {State.DRAFT: 0, State.IN_REVIEW: number % _STAGES}.get(state, _STAGES)
    for stage in range(1, passed + 1):
        yield {
            "article_id": number,
            "revision": _newest_revision(number),
            "round": 1,
            "stage": stage,
            "reviewer_id": office.reviewers[stage - 1],
            "decision": "approve",
            "comment": "",
            "checksum": checksum("revision", number),
            "at": at - timedelta(hours=20 - stage),
        }


AUDITED = ("draft", "submit", "approve", "publish")


def _audit(office: Office, number: int, at: datetime) -> Iterator[Row]:
    """The checksums are no chain: making one for so many takes longer than all the rest."""
    for index, action in enumerate(AUDITED):
        entry = office.audited + (number - 1) * len(AUDITED) + index + 1
        yield {
            "id": entry,
            "at": at,
            "actor": "editor",
            "address": "10.0.0.1",
            "action": f"article.{action}",
            "subject_kind": "article",
            "subject_id": str(number),
            "details": {"revision": 1},
            "previous": checksum("audit", entry - 1),
            "checksum": checksum("audit", entry),
        }


def _edition(office: Office, place: Place, at: datetime, gone: datetime | None) -> Row:
    return {
        "id": place.edition,
        "account_id": office.account,
        "delivery": Delivery.PUBLISH,
        "status": EditionState.WITHDRAWN if gone else EditionState.PUBLISHED,
        "scheduled_at": at if place.edition % 3 == 0 else None,
        "error_code": "",
        "error": "",
        "withdraw_reason": "有误" if gone else "",
        "created_by": office.publisher,
        "created_at": at,
        "finished_at": gone or at,
        "version": 5,
    }


def _edition_article(number: int, place: Place) -> Row:
    return {
        "edition_id": place.edition,
        "position": place.position,
        "article_id": number,
        "revision": _newest_revision(number),
        "checksum": checksum("revision", number),
        "url": _url(number),
    }


def _posting(
    office: Office, one: Written, place: Place, at: datetime, gone: datetime | None
) -> Row:
    return {
        "article_id": one.number,
        "edition_id": place.edition,
        "column_id": _column(office, one.number),
        "channel": "wechat",
        "author": one.text.author,
        "unit": one.text.unit,
        "url": _url(one.number),
        "published_at": at,
        "withdrawn_at": gone,
    }


def _publication(office: Office, place: Place, at: datetime) -> Row:
    return {
        "id": place.edition,
        "edition_id": place.edition,
        "account_id": office.account,
        "state": PushState.WITHDRAWN if place.was_taken_back else PushState.PUBLISHED,
        "client_msg_id": f"{place.edition:032x}",
        "media_id": f"media-{place.edition}",
        "publish_id": f"publish-{place.edition}",
        "msg_id": "",
        "wechat_article_id": f"article-{place.edition}",
        "links": [],
        "tries": 0,
        "lease_owner": "",
        "error_code": "",
        "error": "",
        "requested_by": office.publisher,
        "created_at": at,
        "updated_at": at,
    }


def _steps(edition: int, at: datetime) -> Iterator[Row]:
    for kind in ("add_draft", "submit"):
        yield {
            "publication_id": edition,
            "kind": kind,
            "subject": "",
            "state": "done",
            "looks": 0,
            "result": {"media_id": f"media-{edition}"},
            "error_code": "",
            "rid": "",
            "error": "",
            "started_at": at,
            "finished_at": at,
        }
