from __future__ import annotations

from tests.publishing.pressroom import Pressroom


def test_a_push_puts_the_edition_out_once_and_records_every_step(room: Pressroom):
    edition_id = room.edition(*room.articles[:2])
    edition = room.push(edition_id)
    assert (edition.status, edition.error) == ("published", "")
    assert (room.out(edition_id), room.drafts(edition_id)) == (1, 0)
    assert room.told(edition_id) == [
        ("upload_cover", "done"),
        ("upload_image", "done"),
        ("add_draft", "done"),
        ("submit", "done"),
    ]
