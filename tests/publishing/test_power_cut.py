"""A power cut takes back what SQLite left to the operating system. It must not take back an intent: the call after it may
have been carried out."""

from __future__ import annotations

from sqlalchemy import event

from tests.publishing.pressroom import Pressroom


def test_every_intent_is_on_the_disk_before_its_call(room: Pressroom):
    engine = room.newsroom.context.db.engine
    said: list[str] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _listen(_connection, _cursor, statement, *_rest):
        said.append(statement)

    try:
        edition_id = room.edition()
        assert room.push(edition_id).status == "published"
    finally:
        event.remove(engine, "before_cursor_execute", _listen)
    intents = [i for i, s in enumerate(said) if s.startswith("INSERT INTO publication_step")]
    assert len(intents) == 4
    for intent in intents:
        begin = max(i for i in range(intent) if said[i].startswith("BEGIN"))
        assert said[begin - 1] == "PRAGMA synchronous=FULL"
