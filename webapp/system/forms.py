from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from webapp.kernel.errors import FieldError, Invalid
from webapp.users.permissions import Actor, Permission, Role

SHORT_MAX_CHARACTERS = 100


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    username: str
    display_name: str
    unit: str


@dataclass(frozen=True, kw_only=True)
class NewGrant:
    role: Role
    column_id: int | None
    stage: int | None


def parse_person(form: Mapping[str, str]) -> NewPerson:
    values = {key: form.get(key, "").strip() for key in ("username", "display_name", "unit")}
    errors = [
        FieldError(key, f"最长 {SHORT_MAX_CHARACTERS} 字。")
        for key, value in values.items()
        if len(value) > SHORT_MAX_CHARACTERS
    ]
    if not values["display_name"]:
        errors.append(FieldError("display_name", "要有姓名，印章和审签单上用它。"))
    if not values["username"]:
        errors.append(FieldError("username", "要有用户名，登录用它。"))
    if errors:
        raise Invalid("有几处填得不对，没有添加。", fields=errors)
    return NewPerson(**values)


def parse_grant(form: Mapping[str, str], column_ids: Collection[int]) -> NewGrant:
    """Raises Invalid with every wrong field."""
    errors: list[FieldError] = []
    role, column, stage = (form.get(key, "") for key in ("role", "column", "stage"))
    if role not in set(Role):
        errors.append(FieldError("role", "请选一个角色。"))
    if column and column not in {str(i) for i in column_ids}:
        errors.append(FieldError("column", "没有这个专栏。"))
    if stage not in ("", "1", "2", "3"):
        errors.append(FieldError("stage", "审次只有第 1、2、3 审。"))
    elif stage and role != Role.REVIEWER:
        errors.append(FieldError("stage", "只有审核角色才分审次。"))
    if errors:
        raise Invalid("授权填得不对，没有改动。", fields=errors)
    return NewGrant(
        role=Role(role),
        column_id=int(column) if column else None,
        stage=int(stage) if stage else None,
    )


def parse_scopes(values: Collection[str], actor: Actor) -> list[Permission]:
    """What a token is limited to: some of what the person may."""
    scopes = [Permission(value) for value in values if value in set(Permission)]
    if not scopes or any(not actor.may(scope) for scope in scopes):
        raise Invalid.of_field("scopes", "至少选一项，而且只能给自己有的权限；没有建立令牌。")
    return scopes
