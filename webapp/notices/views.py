"""提醒: the list behind the bell, how one wants to be told, and where the institution hears of it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.kernel.errors import Conflict, Invalid, by_field
from webapp.kernel.toast import tell
from webapp.kernel.web import context, now, read, transaction
from webapp.notices.forms import parse_channel, parse_moment, parse_preference
from webapp.notices.queries import (
    get_channel,
    get_notice,
    list_channels,
    list_notices,
    newest_message_by_channel,
    preferences_of,
)
from webapp.notices.senders import Destination, Letter, NotDelivered, deliver, has_mail
from webapp.notices.service import (
    add_channel,
    delete_channel,
    mark,
    mark_all_read,
    prefer,
    switch_channel,
    unmark_all,
)
from webapp.notices.workflow import (
    CHANNEL_NAMES,
    KIND_NAMES,
    MODE_NAMES,
    PERSONAL,
    ChannelKind,
    Mode,
)
from webapp.users.access import current_actor, requires, signed_in
from webapp.users.models import User
from webapp.users.permissions import Permission

bp = Blueprint("notices", __name__)

PAGE_NOTICES = 40


def _me() -> int:
    return current_actor().id or 0


@bp.get("/notices")
@signed_in
def index() -> str:
    page = list_notices(read(), _me(), cursor=request.args.get("cursor"), limit=PAGE_NOTICES)
    return render_template("notices/index.html", page=page, kinds=KIND_NAMES)


@bp.post("/notices/<int:notice_id>/open")
@signed_in
def follow(notice_id: int) -> Response:
    """Read, and there."""
    with transaction() as session:
        notice = get_notice(session, _me(), notice_id)
        mark(session, notice, True, now=now())
    return redirect(notice.path, 303)


@bp.post("/notices/<int:notice_id>/mark")
@signed_in
def turn(notice_id: int) -> Response:
    with transaction() as session:
        notice = get_notice(session, _me(), notice_id)
        mark(session, notice, request.form.get("read") == "1", now=now())
    return redirect(f"{url_for('notices.index')}#notice-{notice_id}", 303)


@bp.post("/notices/read-all")
@signed_in
def read_all() -> Response:
    at = now()
    with transaction() as session:
        number = mark_all_read(session, _me(), now=at)
    if number:
        tell(_("%(n)s 条都算读过了。", n=number), undo="/notices/unread-all",
             fields={"at": at.isoformat()})  # fmt: skip
    return redirect(url_for("notices.index"), 303)


@bp.post("/notices/unread-all")
@signed_in
def unread_all() -> Response:
    at = parse_moment(request.form.get("at", ""))
    with transaction() as session:
        unmark_all(session, _me(), at)
    return redirect(url_for("notices.index"), 303)


# How one wants to be told


@bp.app_template_global()
def notice_preference() -> dict[str, object]:
    """For 我的: the way and the address that count now."""
    user = read().get_one(User, _me())
    mode, address = preferences_of(read(), [user])[user.id]
    return {"mode": mode, "address": address, "modes": MODE_NAMES,
            "has_mail": has_mail(context().settings)}  # fmt: skip


@bp.post("/notices/preference")
@signed_in
def choose() -> Response:
    try:
        mode, address = parse_preference(request.form)
    except Invalid as wrong:
        tell(wrong.fields[0].message)
    else:
        with transaction() as session:
            prefer(session, mode, address, actor=current_actor(), now=now())
        tell(_("记下了：%(how)s。", how=MODE_NAMES[mode]))
    return redirect("/me#notices-title", 303)


# Where the institution hears of it


def _channels(wrong: Invalid | Conflict | None = None) -> str:
    session = read()
    return render_template(
        "notices/channels.html",
        channels=list_channels(session),
        last=newest_message_by_channel(session),
        channel_names=CHANNEL_NAMES,
        kinds={k: word for k, word in KIND_NAMES.items() if k not in PERSONAL},
        has_mail=has_mail(context().settings),
        smtp_from=context().settings.smtp_from,
        wrong=wrong,
        errors=by_field(wrong),
        typed=request.form,
    )


@bp.get("/system/notices")
@requires(Permission.USER_MANAGE)
def channels() -> str:
    return _channels()


@bp.post("/system/notices")
@requires(Permission.USER_MANAGE)
def add() -> Response | tuple[str, int]:
    try:
        wanted = parse_channel(request.form, context().settings)
        with transaction() as session:
            add_channel(session, wanted, box=context().box, actor=current_actor(), now=now())
    except (Invalid, Conflict) as wrong:
        return _channels(wrong), 422
    tell(_("添加了“%(name)s”，先测试一下。", name=wanted.name))
    return redirect(url_for("notices.channels"), 303)


@bp.post("/system/notices/<int:channel_id>/switch")
@requires(Permission.USER_MANAGE)
def switch(channel_id: int) -> Response:
    active = request.form.get("active") == "1"
    with transaction() as session:
        channel = get_channel(session, channel_id)
        switch_channel(session, channel, active, actor=current_actor(), now=now())
    word = _("又启用了“%(name)s”。") if active else _("停用了“%(name)s”。")
    tell(
        word % {"name": channel.name}, undo=request.path, fields={"active": "0" if active else "1"}
    )
    return redirect(url_for("notices.channels"), 303)


@bp.post("/system/notices/<int:channel_id>/delete")
@requires(Permission.USER_MANAGE)
def delete(channel_id: int) -> Response:
    """Asked for on the page: there is no way back."""
    with transaction() as session:
        channel = get_channel(session, channel_id)
        name = channel.name
        delete_channel(session, channel, actor=current_actor(), now=now())
    tell(_("删除了“%(name)s”，地址和密钥也一并删掉了。", name=name))
    return redirect(url_for("notices.channels"), 303)


_TRY = Letter(subject="【同心】测试", text="这是一条测试，收到说明提醒能送到这里。")


def _try(to: Destination) -> str:
    """No transaction is open here: nothing was written before."""
    read().commit()
    try:
        deliver(to, _TRY, settings=context().settings, now=now())
    except NotDelivered as failed:
        return failed.message
    return str(_("送到了，请到那边看一眼。"))


@bp.post("/system/notices/<int:channel_id>/test")
@requires(Permission.USER_MANAGE)
def test(channel_id: int) -> Response:
    channel, box = get_channel(read(), channel_id), context().box
    secret = box.open(channel.locked_secret) if channel.locked_secret else ""
    told = _try(Destination(kind=ChannelKind(channel.kind), secret=secret,
                            address=box.open(channel.locked_address)))  # fmt: skip
    tell(f"{channel.name}：{told}")
    return redirect(url_for("notices.channels"), 303)


@bp.post("/system/notices/test-mail")
@requires(Permission.USER_MANAGE)
def test_mail() -> Response:
    """To the one who asks."""
    user = read().get_one(User, _me())
    mode, address = preferences_of(read(), [user])[user.id]
    if not address or mode is Mode.OFF:
        tell(_("您自己还没有写邮箱，或选了不发；先到“我的”里写上。"))
    else:
        tell(_try(Destination(kind=ChannelKind.EMAIL, address=address)))
    return redirect(url_for("notices.channels"), 303)
