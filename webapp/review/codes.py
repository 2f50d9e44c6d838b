"""The check code of a 审签单: whether a paper says what stands here.

`12-7KQ2-M9TD-3VXA`: the article's number, and sixty bits of an HMAC over every verdict in its order (who, when, which
stage, what, why, and the checksum of the text it was given on). A paper printed earlier still fits: it is found as the
state after its last verdict. The key is derived from the installation's secret, so nobody makes up a code elsewhere; with
another secret no old paper can be checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy.orm import Session

from webapp.articles.models import Article
from webapp.articles.queries import get_article
from webapp.kernel.errors import Conflict, Invalid
from webapp.kernel.secrets import SecretBox, same
from webapp.review.models import Review
from webapp.review.queries import list_reviews

CODE_CHARACTERS = 12
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no I, L, O and U, which are misread."""
_MISREAD = str.maketrans("OILoil", "011011")
_CODE = re.compile(r"([0-9]{1,18})-?((?:-?[0-9A-Z]){12})")
_PURPOSE = "review sheet v1"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """`fits` None: no such state ever stood here; else the number of verdicts that the paper shows."""

    article: Article
    fits: int | None
    verdicts: int

    @property
    def later(self) -> int:
        """Verdicts given after the paper was printed."""
        return self.verdicts - (self.fits or 0)


def _verdict_parts(review: Review) -> list[object]:
    return [
        review.round, review.stage, review.revision, review.signer_key, review.decision, review.comment,
        review.deputy_for, review.deputy_reason, review.way, review.checksum, review.at.astimezone(UTC).isoformat(),
    ]  # fmt: skip


def _letters(digest: bytes) -> str:
    number = int.from_bytes(digest[:8], "big") >> 4  # sixty bits
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(55, -1, -5))


def code_of(box: SecretBox, article_id: int, reviews: Sequence[Review]) -> str:
    """Without a verdict there is nothing to be sure of: empty."""
    if not reviews:
        return ""
    told = json.dumps([article_id, [_verdict_parts(r) for r in reviews]], ensure_ascii=False)
    letters = _letters(box.sign(_PURPOSE, told.encode()))
    return "-".join((str(article_id), letters[:4], letters[4:8], letters[8:]))


def parse_code(typed: str) -> tuple[int, str]:
    """The article's number and the letters. Blanks, small letters and what is misread are forgiven. Raises Invalid."""
    number, _, letters = "".join(typed.split()).replace("—", "-").partition("-")
    found = _CODE.fullmatch(f"{number}-{letters.translate(_MISREAD).upper()}")
    if found is None:
        raise Invalid.of_field(
            "code",
            "核验码是稿件编号加 12 位字符，如 12-7KQ2-M9TD-3VXA，印在审签单末尾；请照着再抄一次。",
        )
    return int(found.group(1)), found.group(2).replace("-", "")


def check_code(session: Session, box: SecretBox, typed: str) -> Checked:
    """Raises Invalid for what is no code, NotFound where there is no such article."""
    number, letters = parse_code(typed)
    article = get_article(session, number)
    reviews = list_reviews(session, article.id)
    fits = None
    for count in range(len(reviews), 0, -1):
        if same(
            code_of(box, article.id, reviews[:count]).partition("-")[2].replace("-", ""), letters
        ):
            fits = count
            break
    return Checked(article=article, fits=fits, verdicts=len(reviews))


def check_in_words(session: Session, box: SecretBox, typed: str) -> str:
    """One sentence. Raises Conflict where the paper does not fit."""
    found = check_code(session, box, typed)
    name = f"编号 {found.article.id}《{found.article.title}》"
    if found.fits is None:
        raise Conflict(
            f"不符：{name}存档的审核意见从来不是这样；请先看有没有抄错。", code="sheet.other"
        )
    later = f"，打印以后又有 {found.later} 条" if found.later else ""
    return f"相符：{name}，共 {found.fits} 条审核意见{later}。"
