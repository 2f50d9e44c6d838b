"""The life of an article: every state with every action, against a table written out a second time."""

from __future__ import annotations

import itertools

import pytest

from webapp.articles.workflow import ACTION_NAMES, Action, State, allowed_actions, next_state
from webapp.kernel.errors import Conflict

LEADS_TO = {
    "draft": {"edit": "draft", "submit": "in_review", "submit_urgent": "in_review"},
    "in_review": {
        "edit": "draft", "recall": "draft", "return": "draft", "pass_stage": "in_review",
        "approve": "approved", "approve_urgent": "approved",
    },
    "approved": {
        "edit": "draft", "publish": "published", "countersign": "approved", "object": "approved",
    },
    "published": {"withdraw": "withdrawn", "countersign": "published", "object": "published"},
    "withdrawn": {"edit": "draft", "countersign": "withdrawn", "object": "withdrawn"},
}  # fmt: skip


@pytest.mark.parametrize(("state", "action"), list(itertools.product(State, Action)))
def test_every_action_in_every_state_leads_where_it_should_or_is_refused(
    state: State, action: Action
):
    expected = LEADS_TO[state].get(action)
    if expected is None:
        assert action not in allowed_actions(state)
        with pytest.raises(Conflict, match=ACTION_NAMES[action]):
            next_state(state, action)
    else:
        assert action in allowed_actions(state)
        assert next_state(state, action) == expected
