"""What a renderer takes and gives. Plain values: the rooms above fill them from their tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from webapp.document.model import Document
from webapp.kernel.errors import Invalid

Form = Literal["news", "newspic"]
"""What an article goes out as, in the platform's own words for `article_type`."""
FORM_NAMES: Mapping[Form, str] = {"news": "图文", "newspic": "图片消息"}


class MissingPicture(Invalid):
    """The body names an asset that the piece has no picture for."""

    code = "missing_picture"

    def __init__(self, asset: str) -> None:
        super().__init__(
            f"正文里的一张图片（{asset}）在素材库里找不到，没有排版；请在正文中删去这张图片，或重新上传后放回"
        )
        self.asset = asset


@dataclass(frozen=True, kw_only=True)
class Artwork:
    """A work of calligraphy or painting; what is not known is an empty string."""

    title: str
    artist: str = ""
    medium: str = ""
    size: str = ""
    year: str = ""
    transcription: str = ""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """`width` and `height` in pixels of the file behind `url`, which is written as it is."""

    asset: str
    url: str
    width: int
    height: int
    alt: str = ""
    credit: str = ""
    artwork: Artwork | None = None


@dataclass(frozen=True, kw_only=True)
class Credit:
    """One line of the credits: 来源, 供稿, 文/图, 编辑, 审核, 监制 …"""

    label: str
    names: str


@dataclass(frozen=True, kw_only=True)
class Piece:
    """An article as it goes out. `marker` is a short ASCII id that the outermost element carries as `data-tongxin`, so that
    a draft at WeChat can be recognized as ours; empty leaves it out.

    `kicker` is the line above everything: the number of the issue (第12期). It stands in the body as it stands in the
    masthead of a printed bulletin (简报), and not in the title: of that the platform counts every character, and lists,
    links and the ledger know an article by it.
    """

    title: str
    body: Document
    kicker: str = ""
    author: str = ""
    digest: str = ""
    credits: tuple[Credit, ...] = ()
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    marker: str = ""

    def picture(self, asset: str) -> Picture:
        """Raises MissingPicture."""
        try:
            return self.pictures[asset]
        except KeyError:
            raise MissingPicture(asset) from None


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """`characters` and `bytes` (UTF-8) are what WeChat's limits count; `assets` in reading order, each once."""

    html: str
    characters: int
    bytes: int
    assets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Newspic:
    """A picture message (图片消息): plain text, and the pictures in order; the first is the cover."""

    text: str
    assets: tuple[str, ...]
