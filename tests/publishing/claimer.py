"""Run as a process of its own: `claimer.py DATABASE_URL FOLDER CLAIMS`. Claims publications until it has had so many, and
leaves a file in FOLDER while it holds one: meeting another's file ends it with status 1."""

from __future__ import annotations

import os
import random
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

import webapp.tables  # noqa: F401  every model
from webapp.kernel.db import Database
from webapp.publishing.models import Publication
from webapp.publishing.queries import claim, release

LEASE = timedelta(minutes=1)


def hold(folder: Path, publication_id: int) -> None:
    """Raises FileExistsError when somebody else holds it too."""
    path = folder / str(publication_id)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL))
    path.unlink()


def main(url: str, folder: Path, claims: int) -> None:
    db, owner = Database(url), str(os.getpid())
    with db.step() as session:
        ids = session.scalars(select(Publication.id)).all()
    had = 0
    while had < claims:
        publication_id = random.choice(ids)
        with db.step() as session:
            won = claim(session, publication_id, owner, now=datetime.now(UTC), lease=LEASE)
        if won:
            hold(folder, publication_id)
            had += 1
            with db.step() as session:
                release(session, publication_id, owner)
    print(had)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
