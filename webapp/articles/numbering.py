"""Which number (期号) an article of a numbered column bears.

When: a revision is written with its number, so that preview, checksum and every renderer show it from the first draft on.
Drafts hold nothing, though, and two may say the same; a number is an article's own from the moment that it is submitted,
since what is approved must be what readers see. Whoever leaves the review gives it back, and the next that asks for one
gets the lowest that is free: nothing that was never approved leaves a gap. What readers have seen, keeps its number even
when it is withdrawn, and nobody gets that one unasked; a person may give it to another article by hand (a corrected one
under the same number). No two that are under review, approved or out bear the same; the database holds that too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from webapp.articles.models import Article
from webapp.articles.workflow import STATE_NAMES, State
from webapp.columns.models import Column
from webapp.kernel.errors import Conflict

BEARING = (State.IN_REVIEW, State.APPROVED, State.PUBLISHED)
LISTED_MAX = 200


class IssueTaken(Conflict):
    code = "issue.taken"


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """`is_given`: nobody asked for this number. `holder`: who bears it already, where a person asked for it."""

    number: int | None
    is_given: bool = False
    holder: Article | None = None


def _taken(article: type[Article] = Article) -> ColumnElement[bool]:
    """Nobody else gets it unasked."""
    return or_(article.status.in_(BEARING), article.published_at.is_not(None))


def _other(
    session: Session, article: Article, number: int, having: ColumnElement[bool]
) -> Article | None:
    query = select(Article).where(
        Article.column_id == article.column_id,
        Article.issue == number,
        Article.id != article.id,
        having,
    )
    return session.scalar(query.order_by(Article.id.desc()).limit(1))


def next_number(session: Session, column: Column, *, other_than: int) -> int | None:
    """The lowest from the column's first one on that nobody has; None where issues bear none."""
    first = column.first_issue
    if first is None:
        return None
    before, after = aliased(Article), aliased(Article)

    def have(one: type[Article]) -> tuple[ColumnElement[bool], ...]:
        return one.column_id == column.id, one.id != other_than, _taken(one)

    if not session.scalar(select(exists().where(after.issue == first, *have(after)))):
        return first
    gap = ~exists().where(after.issue == before.issue + 1, *have(after))
    return session.scalar(
        select(func.min(before.issue) + 1).where(before.issue >= first, *have(before), gap)
    )


def number_for(session: Session, article: Article, wish: int | None) -> Numbered:
    """`wish` is what the text says. A number that was given unasked makes way when another was quicker."""
    if article.column.first_issue is None:
        return Numbered(number=None)
    is_given = wish is None or wish == article.issue_given
    if wish is not None:
        having = _taken() if is_given else Article.status.in_(BEARING)
        holder = _other(session, article, wish, having)
        if holder is None or not is_given:
            return Numbered(number=wish, is_given=is_given, holder=holder)
    number = next_number(session, article.column, other_than=article.id)
    return Numbered(number=number, is_given=True)


def refuse_taken(article: Article, numbered: Numbered) -> None:
    """Raises IssueTaken."""
    if numbered.holder is not None:
        raise IssueTaken(
            f"{_whose(article, numbered.number, numbered.holder)}，这篇没有送审；"
            "请另写一个期号，或清空让它接着编。"
        )


def _whose(article: Article, number: int | None, holder: Article) -> str:
    state = STATE_NAMES[State(holder.status)]
    return f"{article.column.issue_label(number)}已是《{holder.title}》（{state}）的"


def explain(session: Session, article: Article, wish: int | None, numbered: Numbered) -> str:
    """For whoever writes: where the number comes from, and what is wrong with it."""
    label = article.column.issue_label(numbered.number)
    if numbered.number is None:
        return ""
    if numbered.holder is not None:
        whose = _whose(article, numbered.number, numbered.holder)
        return f"{whose}；请另写一个，或清空让它接着编。"
    if numbered.is_given:
        moved = wish is not None and wish != numbered.number
        before = f"{article.column.issue_label(wish)}已经用了，" if moved else ""
        return f"{before}接着编是{label}；送审时定下，这之前可能往后排。"
    seen = _other(session, article, numbered.number, Article.published_at.is_not(None))
    return f"{label}原是已撤回的《{seen.title}》，现在给这一篇。" if seen else ""


def list_numbers(session: Session, column: Column, limit: int = LISTED_MAX) -> Sequence[Article]:
    """Those that have a number of their own, the highest first."""
    query = select(Article).where(
        Article.column_id == column.id, Article.issue.is_not(None), _taken()
    )
    return session.scalars(
        query.order_by(Article.issue.desc(), Article.id.desc()).limit(limit)
    ).all()


def gaps(numbers: Sequence[int], first: int) -> list[int]:
    """The free numbers below the highest, of those from the lowest listed one on. `numbers` highest first."""
    if not numbers:
        return []
    lowest = first if len(numbers) < LISTED_MAX else numbers[-1]
    return sorted(set(range(lowest, numbers[0])) - set(numbers))[:LISTED_MAX]
