"""WeChat's limits on what is sent, with their sources, and how WeChat counts a title."""

from __future__ import annotations

import unicodedata

# developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add, read 2026-11. The page gives the title as
# “32 字”; the console counts a Chinese character as two units and an ASCII one as one.
TITLE_MAX_UNITS = 64
AUTHOR_MAX_CHARACTERS = 16
DIGEST_ADVISED_CHARACTERS = 120
"""What the console lets one type; the API takes DIGEST_MAX_CHARACTERS."""
DIGEST_MAX_CHARACTERS = 128
DIGEST_DEFAULT_CHARACTERS = 54
"""An empty digest is filled by WeChat with the first 54 characters of the text."""
CONTENT_ADVISED_CHARACTERS = 20_000
CONTENT_MAX_BYTES = 1_000_000
SOURCE_URL_MAX_BYTES = 1_024
EDITION_MAX_ARTICLES = 8

# developers.weixin.qq.com/doc/service/api/draftbox/draftmanage/api_draft_add, `newspic`, read 2026-11.
NEWSPIC_MAX_PICTURES = 20
NEWSPIC_ADVISED_CHARACTERS = 1_000
NEWSPIC_TITLE_ADVISED_UNITS = 40
"""What the console lets one type into a picture message (github.com/JimLiu/baoyu-skills, read 2026-11); by the API text
and title have the limits of any article."""

# developers.weixin.qq.com/doc/service/api/material/permanent/api_uploadimage, read 2026-11: jpg or png below 1 MB.
BODY_PICTURE_MAX_BYTES = 1_000_000


def title_units(title: str) -> int:
    """The length as the console counts it: two for a full-width character, one for a half-width one."""
    return sum(1 if unicodedata.east_asian_width(c) in {"Na", "H", "N"} else 2 for c in title)
