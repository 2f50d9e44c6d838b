"""HTML that comes from elsewhere: pasted, or a saved page."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.document.embedded import embedded
from webapp.document.fitting import Loss
from webapp.document.from_html import from_html as to_document
from webapp.intake.bounds import FILE_MAX_BYTES, LOSSES_MAX
from webapp.intake.layout import lay_out
from webapp.intake.model import Imported, TitleRule
from webapp.intake.pasted import read_pasted
from webapp.intake.pictures import Fetch, Pictures, fetch_nothing
from webapp.intake.steps.options import Options
from webapp.kernel import richtext
from webapp.kernel.errors import TooLarge


def from_html(
    html: str, *, fetch: Fetch = fetch_nothing, options: Options | None = None
) -> Imported:
    """A fragment has no title; a page that begins with <h1>, or a WeChat article page, has.

    Pictures in the HTML itself (`data:`) come along, those at web addresses as far as `fetch` answers with bytes.
    Raises TooLarge (`file_too_large`, `text_too_long`, richtext's), Invalid (`html_broken`, `empty_import`).
    """
    if len(html) > FILE_MAX_BYTES:
        raise TooLarge(
            f"网页超过 {FILE_MAX_BYTES // 1_000_000} MB，没有导入；请只复制要发的那一篇",
            code="file_too_large",
        )
    pictures = Pictures(fetch)
    bare = pictures.take_embedded(html)
    richtext.refuse_explosive(bare)
    read = read_pasted(bare)
    rule = TitleRule.FIRST_HEADING if read.titled else TitleRule.NONE
    return import_markup(
        read.html, title=rule, pictures=pictures, losses=read.losses, options=options
    )


def import_markup(
    html: str,
    *,
    title: TitleRule,
    pictures: Pictures,
    losses: Sequence[Loss] = (),
    options: Options | None = None,
) -> Imported:
    """Where all formats but plain text meet: one gate, one conversion, one clean-up."""
    cleaned = richtext.clean(html)
    converted = to_document(cleaned, asset_for=pictures.asset_for)
    return lay_out(
        converted.document,
        title=title,
        losses=summed([*losses, *embedded(html), *converted.losses]),
        pictures=pictures.by_id,
        options=options,
    )


def summed(losses: Sequence[Loss]) -> list[Loss]:
    """The first LOSSES_MAX of each kind one by one, the rest as a number."""
    counts: dict[str, int] = {}
    told: list[Loss] = []
    for loss in losses:
        counts[loss.kind] = counts.get(loss.kind, 0) + 1
        if counts[loss.kind] <= LOSSES_MAX:
            told.append(loss)
    for kind, count in counts.items():
        if count > LOSSES_MAX:
            told.append(Loss(kind, "", f"同样的情况还有 {count - LOSSES_MAX} 处"))
    return told
