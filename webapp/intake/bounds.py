"""Every limit of the import, with its reason. Sizes are bytes unless the name says otherwise.

The yardstick: WeChat takes a body below 20,000 characters and 1 MB
(developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add, read 2026-11), so a file far beyond that is no article; the
limits leave room for a whole brochure that someone wants to cut up, and no more.
"""

from __future__ import annotations

FILE_MAX_BYTES = 40_000_000
"""A .docx with thirty phone photographs of 1 MB fits. More than this is refused before anything is read."""

TEXT_MAX_BYTES = 4_000_000
"""Plain text, Markdown and HTML files: over a million Chinese characters."""

TEXT_MAX_CHARS = 300_000
"""What is cleaned and laid out: a book of 500 pages at 600 characters; 20,000 characters take 0.05 s, so this stays below a second."""

MARKDOWN_MAX_NESTING = 60
"""Containers within containers; a quotation is one, a list two. A body holds no more than 12 levels."""

MARKDOWN_MAX_BRACKETS = 20_000
"""Opening square brackets. The parser takes a hundred thousand in its stride; what comes of them is no article."""

MARKDOWN_MAX_DEFINITION_LINES = 2_000_000
"""Link definitions times lines, of which an article has a few dozen times a few hundred."""

MARKDOWN_MAX_EMPHASIS = 20_000
"""Characters *, _ and ~: as many as an article may have letters."""

ZIP_MAX_ENTRIES = 2_000
"""A Word file of 500 pages and 300 pictures has about 350 parts."""

ZIP_MAX_DIRECTORY_BYTES = 500_000
"""The archive's table of contents: an entry takes about 90 bytes of it."""

ZIP_MAX_UNPACKED_BYTES = 100_000_000
"""All parts of a .docx together, counted while unpacking, not as the archive claims."""

ZIP_MAX_PART_BYTES = 40_000_000
"""One part. Word writes about 1 KB of XML for a line, so a text of 500 pages stays below 20 MB."""

ZIP_MAX_RATIO = 200
"""Unpacked to packed. Word's XML packs 10 to 30 times, never 200; a bomb packs 1,000 times."""

ZIP_RATIO_FROM_BYTES = 1_000_000
"""Smaller parts may pack as well as they like: they do no harm, and empty styles pack very well."""

XML_MAX_DEPTH = 150
"""Elements within elements. A table in a table in a text box reaches about 50; mammoth recurses over them."""

XML_MAX_ELEMENTS = 600_000
"""Elements of one part; 500 pages have about 200,000."""

WORD_MAX_ELEMENTS = 150_000
"""Elements that are left for mammoth once formatting is thinned out: about 8 s of its work. 500 pages leave 40,000."""

WORD_MAX_PARAGRAPHS = 18_000
"""Paragraphs, those in cells included; `richtext.MAX_ELEMENTS` would refuse more after all the work is done."""

PICTURES_MAX = 300
"""Pictures of one file. WeChat articles carry a few dozen at most."""

TITLE_MAX_CHARS = 64
"""WeChat's limit for a title (same source as above): a longer first line is a paragraph."""

LOSSES_MAX = 50
"""So many losses of one kind are told one by one; the rest is told as a number."""
