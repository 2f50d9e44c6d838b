"""Which number (期号) an article of a numbered column bears.

When: a revision is written with its number, so that preview, checksum and every renderer show it from the first draft on.
Drafts hold nothing, though, and two may say the same; a number is an article's own from the moment that it is submitted,
since what is approved must be what readers see. Whoever leaves the review gives it back, and the next that asks for one
gets the lowest that is free: nothing that was never approved leaves a gap. What readers have seen, keeps its number even
when it is withdrawn, and nobody gets that one unasked; a person may give it to another article by hand (a corrected one
under the same number). No two that are under review, approved or out bear the same; the database holds that too.

A column counts on and on, or anew each year. The year is that of the institution's day on which the article is submitted,
unless a person chose it: the first issue of January is often sent to review in December.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from webapp.articles.content import Content
from webapp.articles.models import Article
from webapp.articles.workflow import STATE_NAMES, State
from webapp.columns.models import Column
from webapp.kernel.db import day_of
from webapp.kernel.errors import Conflict

BEARING = (State.IN_REVIEW, State.APPROVED, State.PUBLISHED)
LISTED_MAX = 200


class IssueTaken(Conflict):
    code = "issue.taken"


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """`year`: whose number it is; 0 where one count goes on and on. `is_given`: nobody asked for this number; `given_year`: nor
    for this year. `holder`: who bears the number already, where a person asked for it."""

    number: int | None = None
    year: int = 0
    is_given: bool = False
    given_year: int = 0
    holder: Article | None = None

    def borne_by(self, content: Content) -> Content:
        return replace(content, issue=self.number, issue_year=self.year)


def _taken(article: type[Article] = Article) -> ColumnElement[bool]:
    """Nobody else gets it unasked."""
    return or_(article.status.in_(BEARING), article.published_at.is_not(None))


def _other(
    session: Session, article: Article, number: int, year: int, having: ColumnElement[bool]
) -> Article | None:
    query = select(Article).where(
        Article.column_id == article.column_id,
        Article.issue_year == year,
        Article.issue == number,
        Article.id != article.id,
        having,
    )
    return session.scalar(query.order_by(Article.id.desc()).limit(1))


def next_number(session: Session, column: Column, year: int, *, other_than: int) -> int | None:
    """The lowest from the first one on that nobody has; None where issues bear none. `year`: as an article's."""
    first = column.first_issue_in(year)
    if first is None:
        return None
    before, after = aliased(Article), aliased(Article)

    def have(one: type[Article]) -> tuple[ColumnElement[bool], ...]:
        of_the_year = one.issue_year == year
        return one.column_id == column.id, of_the_year, one.id != other_than, _taken(one)

    if not session.scalar(select(exists().where(after.issue == first, *have(after)))):
        return first
    gap = ~exists().where(after.issue == before.issue + 1, *have(after))
    return session.scalar(
        select(func.min(before.issue) + 1).where(before.issue >= first, *have(before), gap)
    )


def number_for(session: Session, article: Article, content: Content, *, now: datetime) -> Numbered:
    """The number of this text; what it says itself is a wish. A number that was given unasked makes way when another was
    quicker, and goes with its year when that is over before it is submitted."""
    column, wish, wished_year = article.column, content.issue, content.issue_year
    if column.first_issue is None:
        return Numbered()
    is_kept = wish is not None and wish == article.issue_given
    is_given = wish is None or is_kept
    is_year_given = not wished_year or (is_kept and wished_year == article.issue_given_year)
    year = 0
    if column.first_issue_year:
        year = day_of(session, now).year if is_year_given else wished_year
    found = Numbered(year=year, is_given=is_given, given_year=year if is_year_given else 0)
    if wish is not None and (not is_given or year == article.issue_year):
        having = _taken() if is_given else Article.status.in_(BEARING)
        holder = _other(session, article, wish, year, having)
        if holder is None or not is_given:
            return replace(found, number=wish, holder=holder)
    return replace(found, number=next_number(session, column, year, other_than=article.id))


def refuse_taken(article: Article, numbered: Numbered) -> None:
    """Raises IssueTaken."""
    if numbered.holder is not None:
        raise IssueTaken(
            f"{_whose(article, numbered, numbered.holder)}，这篇没有送审；"
            "请另写一个期号，或清空让它接着编。"
        )


def _whose(article: Article, numbered: Numbered, holder: Article) -> str:
    state = STATE_NAMES[State(holder.status)]
    label = article.column.issue_label(numbered.number, numbered.year)
    return f"{label}已是《{holder.title}》（{state}）的"


def _why_another(article: Article, content: Content, numbered: Numbered) -> str:
    """Than the one that the text says."""
    was = content.issue_year or article.issue_year
    if content.issue is None or (was, content.issue) == (numbered.year, numbered.number):
        return ""
    if was != numbered.year:
        return f"按{numbered.year}年编，" if was and numbered.year else ""
    return f"{article.column.issue_label(content.issue, was)}已经用了，"


def explain(session: Session, article: Article, content: Content, numbered: Numbered) -> str:
    """For whoever writes: where the number comes from, and what is wrong with it."""
    label = article.column.issue_label(numbered.number, numbered.year)
    if numbered.number is None:
        return ""
    if numbered.holder is not None:
        whose = _whose(article, numbered, numbered.holder)
        return f"{whose}；请另写一个，或清空让它接着编。"
    if numbered.is_given:
        before = _why_another(article, content, numbered)
        return f"{before}接着编是{label}；送审时定下，这之前可能往后排。"
    out = Article.published_at.is_not(None)
    seen = _other(session, article, numbered.number, numbered.year, out)
    return f"{label}原是已撤回的《{seen.title}》，现在给这一篇。" if seen else ""


def list_numbers(session: Session, column: Column, limit: int = LISTED_MAX) -> Sequence[Article]:
    """Those that have a number of their own, the newest year and the highest first."""
    query = select(Article).where(
        Article.column_id == column.id, Article.issue.is_not(None), _taken()
    )
    return session.scalars(
        query.order_by(Article.issue_year.desc(), Article.issue.desc(), Article.id.desc()).limit(
            limit
        )
    ).all()


def gaps(numbers: Sequence[int], first: int) -> list[int]:
    """The free numbers below the highest, of those from the lowest listed one on. `numbers` highest first."""
    if not numbers:
        return []
    lowest = first if len(numbers) < LISTED_MAX else numbers[-1]
    return sorted(set(range(lowest, numbers[0])) - set(numbers))[:LISTED_MAX]
