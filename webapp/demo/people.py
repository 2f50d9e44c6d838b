from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from webapp.articles.cleanups import cleanup_json
from webapp.articles.content import Content
from webapp.articles.models import Article
from webapp.articles.queries import Filters, list_articles
from webapp.articles.service import draft
from webapp.columns.service import get_column
from webapp.intake.text import from_text
from webapp.kernel.secrets import SecretBox
from webapp.users.permissions import Actor, Role
from webapp.users.service import add_user, find_user, grant, hash_password
from webapp.wechat.models import Account
from webapp.wechat.service import add_account, find_account

PASSWORD = "tongxin-demo"  # noqa: S105  public on purpose: the demo listens on loopback only
BULLETIN = Path(__file__).parent / "data" / "jiusan-bulletin.raw.txt"
DEMO = Actor.system("demo")


@dataclass(frozen=True, kw_only=True)
class Person:
    username: str
    display_name: str
    unit: str
    role: Role
    stage: int | None = None


PEOPLE = (
    Person(username="editor", display_name="林编辑", unit="宣传处", role=Role.EDITOR),
    Person(username="reviewer1", display_name="周初审", unit="宣传处", role=Role.REVIEWER, stage=1),
    Person(username="reviewer2", display_name="吴复审", unit="办公室", role=Role.REVIEWER, stage=2),
    Person(username="reviewer3", display_name="郑终审", unit="领导", role=Role.REVIEWER, stage=3),
    Person(username="publisher", display_name="王发布", unit="宣传处", role=Role.PUBLISHER),
    Person(username="admin", display_name="冯管理", unit="信息处", role=Role.ADMINISTRATOR),
    Person(username="auditor", display_name="陈审计", unit="机关纪委", role=Role.AUDITOR),
)


def load_people(session: Session, now: datetime) -> None:
    """Those who are not there yet."""
    missing = [p for p in PEOPLE if find_user(session, p.username) is None]
    if not missing:
        return
    password_hash = hash_password(PASSWORD)
    for person in missing:
        user = add_user(session, person.username, password_hash=password_hash, actor=DEMO, now=now,
                        display_name=person.display_name, unit=person.unit)  # fmt: skip
        grant(session, user, person.role, actor=DEMO, now=now, stage=person.stage)


def load_account(
    session: Session, name: str, appid: str, secret: str, callback_token: str, aes_key: str,
    *, box: SecretBox, now: datetime,
) -> Account:  # fmt: skip
    found = find_account(session, name)
    if found is not None:
        return found
    return add_account(session, name, appid=appid, secret=secret, box=box, actor=DEMO, now=now,
                       callback_token=callback_token, aes_key=aes_key)  # fmt: skip


def load_bulletin(session: Session, now: datetime) -> Article | None:
    """The bulletin as it was scraped, through the clean-up, as the editor's draft; once."""
    if list_articles(session, Filters(), limit=1).items:
        return None
    imported = from_text(BULLETIN.read_text("utf-8"))
    editor = find_user(session, "editor")
    assert editor is not None  # load_people ran before
    content = Content(
        title=imported.title,
        author="宣传处",
        digest="社省委带领全省各级组织和广大社员进军抗疫战场，为三秦大地“战疫”作出九三贡献。",
        source="九三学社陕西省委员会",
        credits=(("编辑", "林编辑"),),
        body=imported.body,
    )
    cleanups = [cleanup_json(c) for c in imported.cleanups]
    column = get_column(session, "frontline")
    return draft(session, column, content, actor=editor.actor, now=now, cleanups=cleanups)
