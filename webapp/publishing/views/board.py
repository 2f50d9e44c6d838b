"""The board and the list."""

from __future__ import annotations

from flask import render_template, request

from webapp.editions.queries import list_editions
from webapp.editions.workflow import DELIVERY_NAMES, STATE_NAMES, State
from webapp.kernel.web import read
from webapp.publishing.overview import board
from webapp.publishing.views.blueprint import bp
from webapp.users.access import requires
from webapp.users.permissions import Permission


@bp.get("")
@requires(Permission.EDITION_READ)
def index() -> str:
    wanted = request.args.get("status", "")
    status = State(wanted) if wanted in set(State) else None
    page = list_editions(read(), status=status, cursor=request.args.get("cursor"))
    return render_template("publishing/index.html", lanes=board(read()), page=page, status=status,
                           state_names=STATE_NAMES, delivery_names=DELIVERY_NAMES)  # fmt: skip
