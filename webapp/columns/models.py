from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.kernel.db import Base, Id, Json, Moment, Short, UtcDateTime
from webapp.wechat.models import Account


class Kind(StrEnum):
    STORY = "story"
    ADVICE = "advice"
    ARTWORK = "artwork"


KIND_NAMES = {Kind.STORY: "前线故事", Kind.ADVICE: "建言", Kind.ARTWORK: "书画"}
STAGE_NAMES = ("初审", "复审", "终审")
ISSUE_FORMAT = "第{n}期"
YEAR_MARK = "{year}"


class Campaign(Base):
    __tablename__ = "campaign"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[Short]
    introduction: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Moment]


class Column(Base):
    """A column (专栏). `published_count` is kept in step by the acts that publish and withdraw, so that no page counts
    rows; `tongxin report counts` counts the rows themselves."""

    __tablename__ = "column"

    id: Mapped[Id]
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[Short]
    kind: Mapped[str] = mapped_column(String(16))
    introduction: Mapped[str] = mapped_column(Text, default="")
    theme: Mapped[str] = mapped_column(String(64))
    first_line_indent: Mapped[bool | None]
    justify: Mapped[bool | None]
    text_size: Mapped[int | None]
    """CSS pixels. Of the three, None: as the theme has it."""
    stages: Mapped[int]
    """How many review stages, 1 to 3."""
    target: Mapped[int | None]
    """How many published articles are aimed at."""
    credit_labels: Mapped[Json] = mapped_column(default=list)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    template: Mapped[Any | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    """What a new article starts from; see `articles.templates`. Read when asked for: every article brings its column along."""
    first_issue: Mapped[int | None]
    """The number (期号) that its issues begin with here; None: they bear none. What came out elsewhere before is not counted."""
    first_issue_year: Mapped[int] = mapped_column(default=0, server_default="0")
    """Where each year counts anew: the year whose first number that is; all others begin with 1. 0: one count goes on and on."""
    issue_format: Mapped[str] = mapped_column(
        String(40), default=ISSUE_FORMAT, server_default=ISSUE_FORMAT
    )
    """What readers see of a number, which stands for `{n}`; where each year counts anew, the year may stand for `{year}`."""
    position: Mapped[int]
    published_count: Mapped[int] = mapped_column(default=0)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when it takes no new articles and stands in no list; what it has goes on and is counted."""
    created_at: Mapped[Moment]

    campaign: Mapped[Campaign] = relationship(lazy="joined")
    account: Mapped[Account | None] = relationship()

    @property
    def listed_name(self) -> str:
        """Among all columns, open or not."""
        return f"{self.name}（已归档）" if self.archived_at else self.name

    def first_issue_in(self, year: int) -> int | None:
        """The first number of that year, or of all where one count goes on and on."""
        return self.first_issue if self.first_issue_year in (0, year) or not self.first_issue else 1

    def issue_label(self, number: int | None, year: int = 0) -> str:
        """第12期, 2026年第3期; empty without a number. `year` 0: it is of no year's count."""
        if number is None:
            return ""
        form = self.issue_format if year or YEAR_MARK not in self.issue_format else ISSUE_FORMAT
        return form.replace("{n}", str(number)).replace(YEAR_MARK, str(year))

    def stage_name(self, stage: int) -> str:
        """A chain of one is 终审; of two 初审 and 终审."""
        if stage == self.stages:
            return STAGE_NAMES[-1]
        return STAGE_NAMES[stage - 1]
