"""`make check`: migrate an empty database up, compare it with the models, and go all the way down again."""

from __future__ import annotations

import sys
import tempfile

from alembic.util.exc import CommandError

from webapp.kernel.db import Database
from webapp.kernel.migrate import check_drift, downgrade, upgrade


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/drift.db")
        try:
            upgrade(db)
            check_drift(db)
            downgrade(db, "base")
        except CommandError as drift:
            print(f"models and migrations differ: {drift}", file=sys.stderr)
            return 1
        finally:
            db.dispose()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
