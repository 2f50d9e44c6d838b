"""Hand a text to the checks: gather what they look at, and the institution's rules."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from datetime import date
from pathlib import Path
from threading import Lock

from sqlalchemy.orm import Session

from webapp.articles.composition import Composed
from webapp.articles.content import Content
from webapp.checks.catalogue import CATALOGUE
from webapp.checks.lexicon_files import Source
from webapp.checks.model import Finding, PictureFacts, Rules, Subject
from webapp.checks.rules import load_rules
from webapp.checks.run import run
from webapp.columns.models import Column
from webapp.columns.service import list_columns
from webapp.kernel.settings import CONFIG_FOLDER
from webapp.lexicon.service import allowed_phrases, word_list_signs, word_list_texts
from webapp.media.models import Artwork, Asset

LEXICON_FOLDER = CONFIG_FOLDER / "lexicon"


def _newest_change(folder: Path) -> int:
    return max((p.stat().st_mtime_ns for p in folder.iterdir()), default=0)


_KEPT_RULES = 2
"""Two days at a time: a lexicon of 200,000 terms takes 70 MB, and at midnight the old day's is still in use."""
_kept: OrderedDict[Hashable, Rules] = OrderedDict()
_keeping = Lock()


def _names(columns: Sequence[Column]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = tuple(dict.fromkeys(c.name for c in columns))
    campaigns = dict.fromkeys(c.campaign.name for c in columns)
    return names, tuple(name for name in campaigns if name not in names)


def current_rules(session: Session, as_of: date) -> Rules:
    """The institution's rules on that day: its lexicons, in files and at the desk, its columns' names, what it lets pass."""
    columns, campaigns = _names(list_columns(session))
    allow, signs = allowed_phrases(session), word_list_signs(session)
    key = (_newest_change(LEXICON_FOLDER), columns, campaigns, allow, signs, as_of)
    with _keeping:  # whoever else wants them waits for them: a large lexicon takes seconds
        if key not in _kept:
            lists = [Source(name, text) for name, text in word_list_texts(session)]
            _kept[key] = load_rules(LEXICON_FOLDER, columns, as_of, campaigns=campaigns,
                                    allow=allow, lexicons=lists)  # fmt: skip
            while len(_kept) > _KEPT_RULES:
                _kept.popitem(last=False)
        return _kept[key]


def rules_checksum(session: Session, as_of: date) -> str:
    """Of everything that decides what is found but the text: another value, and the archive wants a sweep. The day counts
    by the terms that begin or end on it, which the files tell."""
    digest = hashlib.sha256()
    for path in sorted(p for p in LEXICON_FOLDER.iterdir() if p.is_file()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    columns, campaigns = _names(list_columns(session))
    in_force = current_rules(session, as_of)
    digest.update(repr((columns, campaigns, allowed_phrases(session), tuple(CATALOGUE))).encode())
    digest.update(repr(word_list_signs(session)).encode())
    digest.update(repr(in_force.lexicon.terms).encode())
    return digest.hexdigest()


def _pictures(composed: Composed) -> dict[str, PictureFacts]:
    return {asset.id: _facts(asset, composed.artworks.get(asset.id))
            for asset in composed.assets.values()}  # fmt: skip


def _facts(asset: Asset, artwork: Artwork | None) -> PictureFacts:
    return PictureFacts(
        credit=asset.credit,
        alt=asset.alt,
        consent=artwork.consent if artwork else None,
        title=artwork.title if artwork else "",
        width=asset.width,
        height=asset.height,
        animated=asset.animated,
    )


def find_problems(
    session: Session, column: Column, content: Content, composed: Composed, *, as_of: date
) -> tuple[Finding, ...]:
    """Every finding of every check on this text, as it would be shown."""
    subject = Subject(
        title=content.title,
        author=content.author,
        digest=content.digest,
        source_url=content.source_url,
        body=content.body,
        html=composed.html,
        form=composed.form,
        plain=composed.newspic.text if composed.newspic else "",
        has_cover=composed.cover is not None,
        cover=composed.cover.id if composed.cover and composed.form == "news" else None,
        pictures=_pictures(composed),
        column_kind=column.kind,
    )
    return run(subject, current_rules(session, as_of))
