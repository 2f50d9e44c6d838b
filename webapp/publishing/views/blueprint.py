"""The door of the room, and what its templates are given."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint

from webapp.editions.models import Edition
from webapp.editions.workflow import STATE_NAMES, Delivery, State
from webapp.kernel.clock import local
from webapp.kernel.web import context
from webapp.publishing.overview import DOTS, may_read
from webapp.users.access import current_actor

bp = Blueprint("publishing", __name__, url_prefix="/editions")


@bp.app_template_global()
def edition_dot(edition: Edition) -> str:
    return DOTS[State(edition.status)]


@bp.app_template_global()
def readable_edition(edition: Edition) -> bool:
    return may_read(edition, current_actor())


@bp.app_template_global()
def edition_word(edition: Edition) -> str:
    if edition.delivery == Delivery.MANUAL and edition.status == State.DRAFTED:
        return "待人工发布"
    return STATE_NAMES[State(edition.status)]


@bp.app_template_filter()
def clock_seconds(value: datetime) -> str:
    return f"{local(value, context().settings.zone):%H:%M:%S}"


@bp.app_template_filter()
def local_input(value: datetime) -> str:
    """As a `datetime-local` field writes it."""
    return f"{local(value, context().settings.zone):%Y-%m-%dT%H:%M}"
