"""Plain text, scraped or typed. Its only structure is lines: the first short one is the title, every other a paragraph.

一、… and （一）… stay paragraphs with their text: whether they are headings is the editor's decision.
"""

from __future__ import annotations

from webapp.document.model import from_plain_paragraphs
from webapp.intake.bounds import TEXT_MAX_CHARS
from webapp.intake.decoding import normalize_newlines
from webapp.intake.layout import lay_out, text_too_long
from webapp.intake.model import Imported, TitleRule
from webapp.intake.steps.options import Options
from webapp.kernel.richtext import UNPRINTABLE


def from_text(raw: str, *, options: Options | None = None) -> Imported:
    """The cleanups' `offset` counts in `raw` with its line ends made "\\n".

    Raises TooLarge (`text_too_long`), Invalid (`empty_import`).
    """
    text = normalize_newlines(raw)
    if len(text) > TEXT_MAX_CHARS:
        raise text_too_long(len(text))
    # A body holds no control characters. Here invisible ones stand for them, which the clean-up takes out and tells.
    holdable = UNPRINTABLE.sub("\u2060", text)
    document = from_plain_paragraphs(holdable.split("\n"))
    return lay_out(document, text=text, title=TitleRule.FIRST_SHORT_LINE, options=options)
