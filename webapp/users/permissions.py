"""May this role at all? One list of permissions, one table of roles. Rules about one object (own article, second stage)
stand in the `workflow.py` of the room that owns the object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from webapp.kernel.errors import Forbidden


class Permission(StrEnum):
    ARTICLE_READ = "article.read"
    ARTICLE_WRITE = "article.write"
    ARTICLE_REVIEW = "article.review"
    ARTICLE_COMMENT = "article.comment"
    MEDIA_READ = "media.read"
    MEDIA_WRITE = "media.write"
    EDITION_READ = "edition.read"
    EDITION_WRITE = "edition.write"
    EDITION_PUSH = "edition.push"
    REPORT_READ = "report.read"
    COLUMN_READ = "column.read"
    COLUMN_MANAGE = "column.manage"
    LEXICON_MANAGE = "lexicon.manage"
    ACCOUNT_READ = "account.read"
    ACCOUNT_MANAGE = "account.manage"
    USER_MANAGE = "user.manage"
    AUDIT_READ = "audit.read"


class Role(StrEnum):
    CONTRIBUTOR = "contributor"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ROLE_NAMES: Mapping[Role, str] = {
    Role.CONTRIBUTOR: "投稿人",
    Role.EDITOR: "编辑",
    Role.REVIEWER: "审核",
    Role.PUBLISHER: "发布",
    Role.ADMINISTRATOR: "管理员",
    Role.AUDITOR: "审计",
}

_READ = frozenset(
    {
        Permission.ARTICLE_READ,
        Permission.MEDIA_READ,
        Permission.EDITION_READ,
        Permission.REPORT_READ,
        Permission.COLUMN_READ,
    }
)

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.CONTRIBUTOR: frozenset(),
    Role.EDITOR: _READ
    | {Permission.ARTICLE_WRITE, Permission.ARTICLE_COMMENT, Permission.MEDIA_WRITE},
    Role.REVIEWER: _READ | {Permission.ARTICLE_REVIEW, Permission.ARTICLE_COMMENT},
    Role.PUBLISHER: _READ
    | {
        Permission.ARTICLE_COMMENT,
        Permission.EDITION_WRITE,
        Permission.EDITION_PUSH,
        Permission.ACCOUNT_READ,
    },
    Role.ADMINISTRATOR: _READ
    | {
        Permission.COLUMN_MANAGE,
        Permission.LEXICON_MANAGE,
        Permission.ACCOUNT_READ,
        Permission.ACCOUNT_MANAGE,
        Permission.USER_MANAGE,
    },
    Role.AUDITOR: _READ | {Permission.ACCOUNT_READ, Permission.AUDIT_READ},
}


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A role held in one column, or in all of them (`column_id` None); a reviewer's also names the stage."""

    role: Role
    column_id: int | None = None
    stage: int | None = None


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: a person with what was granted to them, or a part of the system (no id, no grants)."""

    id: int | None
    name: str
    display_name: str = ""
    grants: tuple[Granted, ...] = ()
    scopes: frozenset[Permission] | None = None
    """Set when a token acts for the person: what the token is limited to."""

    @classmethod
    def system(cls, part: str) -> Actor:
        return cls(id=None, name=f"system:{part}", display_name="系统")

    @property
    def is_system(self) -> bool:
        return self.id is None

    @property
    def title(self) -> str:
        return self.display_name or self.name

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(granted.role for granted in self.grants)

    def may(self, permission: Permission, column_id: int | None = None) -> bool:
        """With a column: there. Without: anywhere at all."""
        if self.is_system:
            return True
        if self.scopes is not None and permission not in self.scopes:
            return False
        return any(
            permission in ROLE_PERMISSIONS[granted.role]
            and (column_id is None or granted.column_id in (None, column_id))
            for granted in self.grants
        )

    def require(self, permission: Permission, column_id: int | None = None) -> None:
        if not self.may(permission, column_id):
            raise Forbidden("您没有做这件事的权限，什么也没有改动；需要的话请联系管理员。")

    def columns_with(self, permission: Permission) -> frozenset[int] | None:
        """Ids of the columns where it is allowed; None means all of them."""
        grants = [g for g in self.grants if permission in ROLE_PERMISSIONS[g.role]]
        if self.is_system or any(g.column_id is None for g in grants):
            return None
        return frozenset(g.column_id for g in grants if g.column_id is not None)

    def reviews_stage(self, column_id: int, stage: int) -> bool:
        """A reviewer's grant without a stage covers every stage of its columns."""
        return any(
            granted.role is Role.REVIEWER
            and granted.column_id in (None, column_id)
            and granted.stage in (None, stage)
            for granted in self.grants
        )

    def reviews_column(self, column_id: int) -> bool:
        """Any stage of it."""
        return any(
            granted.role is Role.REVIEWER and granted.column_id in (None, column_id)
            for granted in self.grants
        )
