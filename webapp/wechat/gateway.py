"""What may be asked of an official account, and what it answers.

Every method may raise the tree of `errors.py`. A method that changes something (`upload_…`, `add_draft`, `delete_…`,
`submit_publish`, `mass_send`) and raises an error whose `sent` is not "no" may have taken effect: look before repeating.
Field rules: https://developers.weixin.qq.com/doc/subscription/api/draftbox/draftmanage/api_draft_add.html (2025-12-19).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType
from typing import Literal, Protocol

from webapp.kernel.errors import Invalid

ArticleKind = Literal["news", "newspic"]

NEWSPIC_IMAGES_MAX = 20
PAGE_MAX = 20


@dataclass(frozen=True, kw_only=True)
class CoverCrop:
    """A crop of a newspic cover; the corners are fractions of the picture, as strings of up to 6 decimals."""

    ratio: Literal["1_1", "16_9", "2.35_1"]
    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, kw_only=True)
class DraftArticle:
    """One article of a draft. `news` needs a permanent `cover_media_id`, `newspic` 1 to 20 permanent `image_media_ids`
    of which the first is the cover. `content`: HTML with pictures from `upload_body_image`; plain text for newspic.
    """

    title: str
    content: str
    kind: ArticleKind = "news"
    author: str = ""
    digest: str = ""
    source_url: str = ""
    cover_media_id: str = ""
    crops: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """`pic_crop_235_1` and `pic_crop_1_1`, as `media.derive.crops` gives them."""
    image_media_ids: tuple[str, ...] = ()
    cover_crops: tuple[CoverCrop, ...] = ()
    product_key: str = ""
    open_comments: bool = False
    fans_only_comments: bool = False

    def __post_init__(self) -> None:
        if self.kind == "news" and not self.cover_media_id:
            raise Invalid.of_field(
                "cover_media_id", f"《{self.title}》没有封面素材，没有提交给微信。请先上传封面。"
            )
        if self.kind == "newspic" and not 1 <= len(self.image_media_ids) <= NEWSPIC_IMAGES_MAX:
            raise Invalid.of_field(
                "image_media_ids",
                f"图片消息《{self.title}》需要 1 至 {NEWSPIC_IMAGES_MAX} 张图片，"
                f"现有 {len(self.image_media_ids)} 张，没有提交给微信。",
            )


@dataclass(frozen=True, kw_only=True)
class StoredArticle:
    """An article as the platform keeps it. `content` is its own HTML (`src` became `data-src`, for example) and empty
    in lists asked without content. `url` of a draft is a preview that expires; of a publication it is permanent.
    """

    title: str
    content: str = ""
    kind: str = "news"
    author: str = ""
    digest: str = ""
    source_url: str = ""
    cover_media_id: str = ""
    cover_url: str = ""
    url: str = ""
    open_comments: bool = False
    fans_only_comments: bool = False
    image_media_ids: tuple[str, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True, kw_only=True)
class MaterialReply:
    media_id: str
    url: str


@dataclass(frozen=True, kw_only=True)
class DraftContent:
    articles: tuple[StoredArticle, ...]


@dataclass(frozen=True, kw_only=True)
class DraftSummary:
    media_id: str
    updated_at: datetime
    articles: tuple[StoredArticle, ...]


@dataclass(frozen=True, kw_only=True)
class DraftPage:
    """`total` counts all drafts of the account, not those of this page."""

    total: int
    items: tuple[DraftSummary, ...]


@dataclass(frozen=True, kw_only=True)
class PublishedSummary:
    article_id: str
    updated_at: datetime
    articles: tuple[StoredArticle, ...]


@dataclass(frozen=True, kw_only=True)
class PublishedPage:
    total: int
    items: tuple[PublishedSummary, ...]


class PublishState(IntEnum):
    """https://developers.weixin.qq.com/doc/subscription/api/public/api_freepublish_get.html (2025-12)."""

    PUBLISHED = 0
    IN_PROGRESS = 1
    ORIGINAL_CLAIM_FAILED = 2
    FAILED = 3
    REVIEW_REFUSED = 4
    DELETED_BY_USER = 5
    BANNED_BY_PLATFORM = 6


@dataclass(frozen=True, kw_only=True)
class ArticleLink:
    """`index` counts from 1, in the order of the draft."""

    index: int
    url: str


@dataclass(frozen=True, kw_only=True)
class PublishStatus:
    """`status` is a `PublishState`, or a number that this version does not know. `article_id` and `items` are there
    only when it is 0; `failed_indexes` (from 1) only when it is 2 or 4.
    """

    publish_id: str
    status: int
    article_id: str = ""
    items: tuple[ArticleLink, ...] = ()
    failed_indexes: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MassReply:
    """The job was accepted, which is not yet sent. `already`: the platform knew this `client_msg_id` from the last
    24 hours and sent nothing again; `msg_id` is then the earlier job's and `msg_data_id` is empty.
    """

    msg_id: str
    msg_data_id: str = ""
    already: bool = False


@dataclass(frozen=True, kw_only=True)
class MassStatus:
    """`status`: SEND_SUCCESS, SENDING, SEND_FAIL or DELETE."""

    msg_id: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Quota:
    """Calls of one interface today; the platform's counters are about 1 % inexact. `per_period` calls are allowed
    in `period_seconds`, 0 where the platform states no rate.
    """

    path: str
    daily_limit: int
    used: int
    remaining: int
    per_period: int = 0
    period_seconds: int = 0


class Gateway(Protocol):
    """One official account. Whoever opened it closes it."""

    def close(self) -> None:
        """Gives the connections back. A call after that opens new ones."""

    def check_token(self) -> int:
        """Ask for an access token now, whatever is stored. Returns the seconds it is still good for."""

    def upload_body_image(self, name: str, data: bytes, mime: str) -> str:
        """A picture for use inside an article: JPEG or PNG under 1 MB. Returns its https address."""

    def upload_cover(self, name: str, data: bytes, mime: str) -> MaterialReply:
        """A permanent picture: JPEG, PNG, GIF or BMP up to 10 MB. Counts towards the 100,000 of the account."""

    def add_draft(self, articles: Sequence[DraftArticle]) -> str:
        """Returns the draft's media_id. Repeating it makes a second draft: the platform knows no key for it."""

    def get_draft(self, media_id: str) -> DraftContent: ...

    def delete_draft(self, media_id: str) -> None: ...

    def list_drafts(self, *, offset: int, count: int, no_content: bool) -> DraftPage:
        """Newest first; `count` 1 to 20."""

    def count_drafts(self) -> int: ...

    def submit_publish(self, media_id: str) -> str:
        """Start publishing a draft. Returns the publish_id of the job; accepted is not yet published."""

    def publish_status(self, publish_id: str) -> PublishStatus: ...

    def list_published(self, *, offset: int, count: int, no_content: bool) -> PublishedPage:
        """Newest first; `count` 1 to 20; what was mass-sent is not among them."""

    def get_published(self, article_id: str) -> tuple[StoredArticle, ...]: ...

    def delete_published(self, article_id: str, index: int) -> None:
        """Take down article `index` (from 1), for ever. 0 takes down the whole publication."""

    def mass_send(self, media_id: str, *, client_msg_id: str, tag_id: int | None) -> MassReply:
        """Send a draft to the followers with a tag, or to all of them. `client_msg_id`: up to 32 ASCII characters,
        remembered for 24 hours, so a repeat with the same one does not send twice.
        """

    def mass_status(self, msg_id: str) -> MassStatus: ...

    def quota(self, path: str) -> Quota:
        """`path` as the platform writes it: `/cgi-bin/draft/add`."""
