from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, lazyload

from webapp.kernel.audit import Subject, record
from webapp.kernel.errors import Conflict, Invalid, NotFound
from webapp.kernel.secrets import new_token, token_checksum
from webapp.users.models import ApiToken, Grant, User
from webapp.users.passwords import PASSWORD_MIN_CHARACTERS as PASSWORD_MIN_CHARACTERS
from webapp.users.passwords import hash_password as hash_password
from webapp.users.permissions import ROLE_PERMISSIONS, Actor, Permission, Role

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
# One write per token and minute is enough to say when it was last used.
_LAST_USED_RESOLUTION = timedelta(minutes=1)


def find_user(session: Session, username: str) -> User | None:
    return session.scalar(select(User).where(User.username == username.lower()))


def get_user(session: Session, username: str) -> User:
    user = find_user(session, username)
    if user is None:
        raise NotFound(f"没有名为“{username}”的用户，请核对用户名。")
    return user


def get_user_by_id(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("没有这位用户：链接可能抄错了。")
    return user


def list_users(session: Session) -> list[User]:
    return list(session.scalars(select(User).order_by(User.username)))


def display_names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    """One query, however many."""
    wanted = {i for i in ids if i is not None}
    if not wanted:
        return {}
    rows = session.execute(select(User.id, User.display_name).where(User.id.in_(wanted)))
    return {row.id: row.display_name for row in rows}


def reviewers_of(session: Session, column_id: int, stage: int) -> list[User]:
    """Active people who may decide this stage of this column, without what else they hold."""
    query = (
        select(User)
        .join(Grant)
        .where(
            User.active,
            Grant.role == Role.REVIEWER,
            (Grant.column_id == column_id) | (Grant.column_id.is_(None)),
            (Grant.stage == stage) | (Grant.stage.is_(None)),
        )
        .order_by(User.username)
        .distinct()
        .options(lazyload(User.grants))
    )
    return list(session.scalars(query))


def people_with(session: Session, permission: Permission, column_id: int) -> list[User]:
    """Active people whose role gives them this permission in this column, without what else they hold."""
    roles = [role for role, given in ROLE_PERMISSIONS.items() if permission in given]
    query = (
        select(User)
        .join(Grant)
        .where(
            User.active,
            Grant.role.in_(roles),
            (Grant.column_id == column_id) | (Grant.column_id.is_(None)),
        )
        .order_by(User.username)
        .distinct()
        .options(lazyload(User.grants))
    )
    return list(session.scalars(query))


def one_time_password() -> str:
    return secrets.token_urlsafe(12)


def add_user(
    session: Session,
    username: str,
    *,
    password_hash: str,
    actor: Actor,
    now: datetime,
    display_name: str = "",
    unit: str = "",
    email: str = "",
    must_change_password: bool = False,
) -> User:
    """Raises Invalid for a name that cannot be, Conflict for one that is taken."""
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise Invalid.of_field(
            "username", "用户名只能用小写字母、数字和 . _ -，2 到 64 个字符，以字母或数字开头。"
        )
    if find_user(session, username) is not None:
        raise Conflict(f"用户名“{username}”已经有人用了，原有用户没有改动；请换一个。")
    user = User(
        username=username,
        display_name=display_name or username,
        unit=unit,
        email=email or f"{username}@users.invalid",
        password=password_hash,
        active=True,
        must_change_password=must_change_password,
        fs_uniquifier=uuid.uuid4().hex,
        created_at=now,
        grants=[],
    )
    session.add(user)
    session.flush()  # the id goes into the audit trail
    record(session, "user.add", Subject(kind="user", id=user.id), actor=actor.name, now=now,
           details={"username": username})  # fmt: skip
    return user


def grant(
    session: Session,
    user: User,
    role: Role,
    *,
    actor: Actor,
    now: datetime,
    column_ids: Sequence[int | None] = (None,),
    stage: int | None = None,
) -> None:
    """Give a role in the named columns (None: in all). What is held already is left alone."""
    if stage is not None and role is not Role.REVIEWER:
        raise Invalid.of_field("stage", "只有审核角色才分审次。")
    held = {(g.role, g.column_id, g.stage) for g in user.grants}
    for column_id in column_ids:
        if (role, column_id, stage) in held:
            continue
        user.grants.append(Grant(role=role, column_id=column_id, stage=stage))
        record(session, "user.grant", Subject(kind="user", id=user.id), actor=actor.name, now=now,
               details={"role": role, "column": column_id, "stage": stage})  # fmt: skip


def revoke(session: Session, user: User, grant_id: int, *, actor: Actor, now: datetime) -> None:
    found = next((g for g in user.grants if g.id == grant_id), None)
    if found is None:
        raise NotFound("这项授权已经不在了，没有改动。")
    user.grants.remove(found)
    record(session, "user.revoke", Subject(kind="user", id=user.id), actor=actor.name, now=now,
           details={"role": found.role, "column": found.column_id, "stage": found.stage})  # fmt: skip


def set_active(session: Session, user: User, active: bool, *, actor: Actor, now: datetime) -> None:
    """Switching off also ends every session: the uniquifier in their cookies no longer fits."""
    if user.id == actor.id and not active:
        raise Conflict("不能停用自己的账号，没有改动；请让另一位管理员来做。")
    user.active = active
    user.fs_uniquifier = uuid.uuid4().hex
    record(session, "user.activate" if active else "user.deactivate",
           Subject(kind="user", id=user.id), actor=actor.name, now=now)  # fmt: skip


def set_password(
    session: Session, user: User, password_hash: str, *, actor: Actor, now: datetime
) -> None:
    """Ends every other session of the person."""
    user.password = password_hash
    user.must_change_password = user.id != actor.id
    user.fs_uniquifier = uuid.uuid4().hex
    record(session, "user.password", Subject(kind="user", id=user.id), actor=actor.name, now=now)


def create_token(
    session: Session,
    user: User,
    *,
    actor: Actor,
    now: datetime,
    name: str = "",
    scopes: Sequence[Permission] | None = None,
) -> str:
    """The token itself, which is shown this once and not kept."""
    token = new_token()
    session.add(
        ApiToken(
            user_id=user.id,
            name=name or "命令行",
            checksum=token_checksum(token),
            scopes=None if scopes is None else [str(s) for s in scopes],
            created_at=now,
        )
    )
    record(session, "token.create", Subject(kind="user", id=user.id), actor=actor.name, now=now,
           details={"name": name, "scopes": None if scopes is None else sorted(scopes)})  # fmt: skip
    return token


def list_tokens(session: Session, user_id: int) -> list[ApiToken]:
    """The person's own, newest first, revoked ones too."""
    return list(
        session.scalars(
            select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())
        )
    )


def revoke_token(session: Session, token_id: int, *, actor: Actor, now: datetime) -> None:
    """One's own. Revoking again changes nothing."""
    token = session.get(ApiToken, token_id)
    if token is None or token.user_id != actor.id:
        raise NotFound("没有这个令牌，没有改动。")
    if token.revoked_at is not None:
        return
    token.revoked_at = now
    record(session, "token.revoke", Subject(kind="user", id=token.user_id), actor=actor.name,
           now=now, details={"name": token.name})  # fmt: skip


def find_token(session: Session, token: str) -> ApiToken | None:
    """None when unknown, revoked, or its person is switched off."""
    found = session.scalar(select(ApiToken).where(ApiToken.checksum == token_checksum(token)))
    if found is None or found.revoked_at is not None or not found.user.active:
        return None
    return found


def count_users(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(User)) or 0


def is_stale_use(token: ApiToken, now: datetime) -> bool:
    return token.last_used_at is None or now - token.last_used_at > _LAST_USED_RESOLUTION
