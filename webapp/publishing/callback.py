"""Where the platform calls: https://PUBLIC_URL/wechat/callback/ACCOUNT, entered at the official account's 服务器配置."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request

from webapp.kernel.web import after_commit, context, now, read, transaction
from webapp.publishing.events import note_event
from webapp.publishing.waking import wake
from webapp.users.access import public
from webapp.wechat.callback import BODY_MAX_BYTES, Event, OtherEvent, parse, verify_url
from webapp.wechat.models import Account
from webapp.wechat.service import get_account_by_id

bp = Blueprint("wechat_callback", __name__, url_prefix="/wechat/callback")


def _plain(text: str) -> Response:
    return Response(text, mimetype="text/plain")


def _event(account: Account) -> Event:
    """Raises CallbackRefused, TooLarge or Invalid."""
    request.max_content_length = BODY_MAX_BYTES
    locked = account.locked_aes_key
    return parse(
        request.get_data(cache=False),
        request.args,
        token=account.callback_token,
        aes_key=context().box.open(locked) if locked else "",
        appid=account.appid,
        now=now(),
    )


@bp.get("/<int:account_id>")
@public
def prove(account_id: int) -> Response:
    """The platform asks once, when the address is entered, whether we know the token."""
    account = get_account_by_id(read(), account_id)
    echo = verify_url(
        token=account.callback_token,
        signature=request.args.get("signature", ""),
        timestamp=request.args.get("timestamp", ""),
        nonce=request.args.get("nonce", ""),
        echostr=request.args.get("echostr", ""),
        now=now(),
    )
    return _plain(echo)


@bp.post("/<int:account_id>")
@public
def receive(account_id: int) -> Response:
    account = get_account_by_id(read(), account_id)
    event = _event(account)
    if not isinstance(event, OtherEvent):
        with transaction() as session:
            for publication_id in note_event(session, account, event, now()):
                after_commit(partial(wake, context().queue, publication_id))
    return _plain("success")
