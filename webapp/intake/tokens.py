"""Tags put into a parsed tree as text: the parser's tree can be cut, but not built onto. Written out, they become tags.

A token is framed by two Unicode non-characters, which no text may hold; foreign ones are taken out first, so that
none can be forged. What comes of it still goes through `richtext.clean`.
"""

from __future__ import annotations

import re

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_TOKEN = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")


def token(tag: str) -> str:
    return f"{_OPEN}{tag}{_CLOSE}"


def is_token(text: str) -> bool:
    return text.startswith(_OPEN)


def without_tokens(html: str) -> str:
    return re.sub("[\ufdd0\ufdd1]|&#(?:64976|64977|x0*fdd[01]);?", "", html, flags=re.IGNORECASE)


def write_out(html: str) -> str:
    return _TOKEN.sub(r"<\1>", html)
