"""The stored official accounts: added by an administrator, opened for a push, examined on request."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.kernel.audit import Subject, record
from webapp.kernel.db import Database
from webapp.kernel.errors import Conflict, Invalid, NotFound
from webapp.kernel.secrets import SecretBox, new_token
from webapp.kernel.settings import Settings
from webapp.users.permissions import Actor
from webapp.wechat.client import WeChatGateway
from webapp.wechat.gateway import Gateway
from webapp.wechat.models import AccessToken, Account
from webapp.wechat.token import Token

_APPID = re.compile(r"wx[0-9a-zA-Z]{8,30}")
ACCOUNT_KINDS: Mapping[str, str] = {"subscription": "订阅号", "service": "服务号"}
AES_KEY_CHARACTERS = 43
"""EncodingAESKey: 43 characters of base64 (developers.weixin.qq.com, message encryption, read 2026-11)."""


class DatabaseTokens:
    """The access token that all processes share, locked at rest. Its transactions are its own and short."""

    def __init__(self, db: Database, box: SecretBox) -> None:
        self._db = db
        self._box = box

    def get(self, appid: str) -> Token | None:
        with self._db.engine.connect() as connection, Session(connection) as session:
            row = session.execute(
                select(AccessToken.locked_token, AccessToken.expires_at)
                .join(Account, Account.id == AccessToken.account_id)
                .where(Account.appid == appid)
            ).first()
        if row is None:
            return None
        return Token(value=self._box.open(row.locked_token), expires_at=row.expires_at)

    def put(self, appid: str, token: Token) -> None:
        writing = self._db.engine.execution_options(writes=True)
        with Session(writing) as session, session.begin():
            account_id = session.scalar(select(Account.id).where(Account.appid == appid))
            if account_id is None:
                return
            session.merge(
                AccessToken(
                    account_id=account_id,
                    locked_token=self._box.lock(token.value),
                    expires_at=token.expires_at,
                )
            )


def open_gateway(
    account: Account,
    *,
    settings: Settings,
    db: Database,
    box: SecretBox,
    now: Callable[[], datetime],
) -> Gateway:
    return WeChatGateway(
        appid=account.appid,
        secret=box.open(account.locked_secret),
        store=DatabaseTokens(db, box),
        base_url=settings.wechat_api_base_url,
        connect_seconds=settings.wechat_connect_timeout_seconds,
        read_seconds=settings.wechat_read_timeout_seconds,
        now=now,
    )


def list_accounts(session: Session) -> list[Account]:
    return list(session.scalars(select(Account).order_by(Account.id)))


def find_account(session: Session, name: str) -> Account | None:
    return session.scalar(select(Account).where(Account.name == name))


def get_account(session: Session, name: str) -> Account:
    account = find_account(session, name)
    if account is None:
        known = "、".join(a.name for a in list_accounts(session))
        raise NotFound(f"没有名为“{name}”的公众号；已接入：{known or '（还没有）'}。")
    return account


def get_account_by_id(session: Session, account_id: int) -> Account:
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound("没有这个公众号：它可能已被移走，或链接抄错了。")
    return account


def default_account(session: Session) -> Account | None:
    """The first that was added: what is meant when none is named."""
    return session.scalar(select(Account).order_by(Account.id).limit(1))


def add_account(
    session: Session,
    name: str,
    *,
    appid: str,
    secret: str,
    box: SecretBox,
    actor: Actor,
    now: datetime,
    callback_token: str = "",
    aes_key: str = "",
) -> Account:
    """Raises Invalid for values that cannot be, Conflict for a name or AppID that stands already."""
    name = name.strip()
    if not name:
        raise Invalid.of_field("name", "公众号要有名称。")
    if not _APPID.fullmatch(appid):
        raise Invalid.of_field("appid", "AppID 以 wx 开头，请从公众号后台“设置与开发”里复制。")
    if not secret or len(secret) > 200:
        raise Invalid.of_field("secret", "AppSecret 不能为空，请从公众号后台复制。")
    if aes_key and len(aes_key) != AES_KEY_CHARACTERS:
        raise Invalid.of_field("aes_key", f"EncodingAESKey 要有 {AES_KEY_CHARACTERS} 个字符。")
    taken = session.scalar(select(Account).where((Account.name == name) | (Account.appid == appid)))
    if taken is not None:
        raise Conflict(f"公众号“{taken.name}”（{taken.appid}）已经接入，没有改动。")
    account = Account(
        name=name,
        appid=appid,
        locked_secret=box.lock(secret),
        callback_token=callback_token or new_token()[:32],
        locked_aes_key=box.lock(aes_key) if aes_key else "",
        created_at=now,
    )
    session.add(account)
    session.flush()  # the id goes into the audit trail
    record(session, "account.add", Subject(kind="account", id=account.id), actor=actor.name,
           now=now, details={"name": name, "appid": appid})  # fmt: skip
    return account


def change_kind(
    session: Session, account: Account, kind: str, *, actor: Actor, now: datetime
) -> None:
    """Subscription or service account. Raises Invalid for anything else."""
    if kind not in ACCOUNT_KINDS:
        raise Invalid.of_field("kind", "只能是订阅号或服务号；没有改动。")
    before, account.kind = account.kind, kind
    if before != kind:
        record(session, "account.kind", Subject(kind="account", id=account.id), actor=actor.name,
               now=now, details={"before": ACCOUNT_KINDS[before], "after": ACCOUNT_KINDS[kind]})  # fmt: skip


def change_secret(
    session: Session, account: Account, secret: str, *, box: SecretBox, actor: Actor, now: datetime
) -> None:
    if not secret or len(secret) > 200:
        raise Invalid.of_field("secret", "AppSecret 不能为空，请从公众号后台复制。")
    account.locked_secret = box.lock(secret)
    token = session.get(AccessToken, account.id)
    if token is not None:
        session.delete(token)
    record(session, "account.secret", Subject(kind="account", id=account.id), actor=actor.name,
           now=now)  # fmt: skip
