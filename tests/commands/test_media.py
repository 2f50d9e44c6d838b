"""Pictures that were taken in before anybody looked whether they move."""

from __future__ import annotations

import io

from PIL import Image
from sqlalchemy import select, update

from tests.cast import picture
from tests.commands.office import Office
from webapp.cli import OPERATOR
from webapp.kernel.audit import AuditEntry
from webapp.media.models import Asset
from webapp.media.service import Labels, add_asset, store_file


def gif(*colours: str) -> bytes:
    first, *rest = (Image.new("RGB", (60, 40), colour) for colour in colours)
    out = io.BytesIO()
    first.save(out, "GIF", save_all=True, append_images=rest)
    return out.getvalue()


def test_a_gif_that_was_counted_as_still_is_recognised_once(office: Office):
    context = office.open()
    files = {
        "动": gif("red", "blue"),
        "静": gif("red"),
        "照片": picture(60, 40),
        "丢了": gif("red", "green"),
    }
    stored = {n: store_file(context.store, n, data, max_bytes=10**6) for n, data in files.items()}
    with context.db.step() as session:
        for one in stored.values():
            add_asset(session, one, Labels(), actor=OPERATOR, now=context.clock())
        session.execute(update(Asset).values(animated=False))
    context.store.delete(stored["丢了"].key)
    said = office.say("media", "look-again").done()
    assert said == "看了 3 张，1 张是动图，已改记；1 张的原图缺失或读不出，没有改动。\n"
    assert office.say("media", "look-again").done().startswith("看了 2 张，0 张是动图")
    with context.db.step() as session:
        assert list(session.scalars(select(Asset.name).where(Asset.animated))) == ["动"]
        acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "asset.moves"))
        assert len(list(acts)) == 1
    context.db.dispose()
