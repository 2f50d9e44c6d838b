"""What is recorded is told in words, wherever it is shown."""

from __future__ import annotations

import re
from pathlib import Path

import webapp
from webapp.articles.workflow import Action as ArticleAction
from webapp.editions.workflow import Action as EditionAction
from webapp.system.words import ACTION_WORDS

NAMED = re.compile(r"record\(\s*session,\s*(?:\w+ if \w+ else )?\"([a-z_]+\.[a-z_]+)\"")


def test_every_act_that_is_recorded_has_words():
    files = Path(webapp.__file__).parent.rglob("*.py")
    named = {name for file in files for name in NAMED.findall(file.read_text("utf-8"))}
    assert len(named) > 25
    named |= {f"article.{action}" for action in ArticleAction}
    named |= {f"edition.{action}" for action in EditionAction}
    assert named - set(ACTION_WORDS) == set()
