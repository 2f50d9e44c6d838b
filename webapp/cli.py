"""`tongxin`: what an operator does. Exit 0: done; 1: refused or failed, one sentence on standard error; 2: wrong usage."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from webapp.columns.service import get_column, load_columns
from webapp.command import line_of_stdin, opened, sentence_on_error
from webapp.kernel import audit, lifeline
from webapp.kernel.clock import local_date
from webapp.kernel.errors import Invalid, NotFound
from webapp.kernel.settings import CONFIG_FOLDER, load_settings
from webapp.users.permissions import Actor, Permission, Role

OPERATOR = Actor.system("command")
ROLES = {role.value: role for role in Role} | {"admin": Role.ADMINISTRATOR}


@click.group()
def main() -> None:
    """同心：机构公众号的内容管理。"""
    lifeline.hold()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, envvar="PORT", show_default=True)
@sentence_on_error
def serve(host: str, port: int) -> None:
    """网页与接口。"""
    from webapp.serving import serve as run

    run(load_settings(), host, port)


@main.command()
@sentence_on_error
def worker() -> None:
    """推送进程；可以开多个。"""
    from webapp.serving import work

    work(load_settings())


@main.command()
@click.option("--port", default=8001, envvar="SANDBOX_PORT", show_default=True)
@click.option("--web-port", default=8000, envvar="PORT", show_default=True, help="回调发往哪里。")
@sentence_on_error
def sandbox(port: int, web_port: int) -> None:
    """本地的沙盒公众号，只供演练。"""
    from webapp.demo.run import callback_url
    from webapp.sandbox.config import demo_config
    from webapp.sandbox.server import serve as run

    settings = load_settings()
    settings.instance.mkdir(parents=True, exist_ok=True)
    config = demo_config(port, callback_url(web_port), settings.instance / "sandbox.db")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    run(config, "127.0.0.1", port)


@main.command()
@click.option("--port", default=8000, envvar="PORT", show_default=True)
@click.option("--sandbox-port", default=8001, envvar="SANDBOX_PORT", show_default=True)
@sentence_on_error
def demo(port: int, sandbox_port: int) -> None:
    """一次启动网页、推送进程和沙盒公众号。"""
    from webapp.demo.run import run_demo

    run_demo(port, sandbox_port)


@main.group()
def db() -> None:
    """数据库。"""


@db.command("upgrade")
@sentence_on_error
def db_upgrade() -> None:
    """建表或升级，并载入 config/columns.toml 里的专栏。"""
    from webapp.kernel.migrate import upgrade

    with opened(needs_secret=False) as context:
        upgrade(context.db)
        with context.db.step() as session:
            created = load_columns(
                session, CONFIG_FOLDER / "columns.toml", actor=OPERATOR, now=context.clock()
            )
            names = [c.name for c in created]
    click.echo("数据库已是最新。" + (f"新建专栏：{'、'.join(names)}。" if names else ""))


@main.group()
def user() -> None:
    """用户。"""


@user.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(sorted(ROLES)))
@click.option("--column", "columns", multiple=True, help="专栏的 slug，可多次；不写即所有专栏。")
@click.option("--stage", type=click.IntRange(1, 3), help="审核负责第几审。")
@click.option("--display-name", default="")
@click.option("--unit", default="")
@click.option("--password-stdin", is_flag=True, help="从标准输入读密码；否则打印一次性密码。")
@sentence_on_error
def user_add(
    name: str, role: str, columns: tuple[str, ...], stage: int | None, display_name: str, unit: str, password_stdin: bool,
) -> None:  # fmt: skip
    """新建用户并授予角色；用户已在时只加授角色。"""
    from webapp.users.service import add_user, find_user, grant, hash_password, one_time_password

    with opened(needs_secret=False) as context:
        now = context.clock()
        password = line_of_stdin() if password_stdin else one_time_password()
        hashed = hash_password(password)
        with context.db.step() as session:
            ids: list[int | None] = [get_column(session, slug).id for slug in columns]
            ids = ids or [None]
            found = find_user(session, name)
            is_new = found is None
            person = found or add_user(
                session, name, password_hash=hashed, actor=OPERATOR, now=now, display_name=display_name,
                unit=unit, must_change_password=not password_stdin,
            )  # fmt: skip
            grant(
                session, person, ROLES[role], actor=OPERATOR, now=now, column_ids=ids, stage=stage
            )
    if not is_new:
        click.echo(f"用户 {name} 已在，角色已加授，密码没有改动。")
    elif password_stdin:
        click.echo(f"用户 {name} 已建立。")
    else:
        click.echo(f"用户 {name} 已建立，一次性密码：{password}")


@main.group()
def token() -> None:
    """接口令牌。"""


@token.command("create")
@click.option("--user", "username", required=True)
@click.option("--name", default="", help="这个令牌给谁用。")
@click.option("--scope", "scopes", multiple=True, type=click.Choice([p.value for p in Permission]))
@sentence_on_error
def token_create(username: str, name: str, scopes: tuple[str, ...]) -> None:
    """新建令牌，只打印这一次。"""
    from webapp.users.service import create_token, get_user

    with opened(needs_secret=False) as context, context.db.step() as session:
        made = create_token(session, get_user(session, username), actor=OPERATOR, now=context.clock(), name=name,
                            scopes=[Permission(s) for s in scopes] or None)  # fmt: skip
    click.echo(made)


@main.group()
def account() -> None:
    """公众号。"""


@account.command("add")
@click.argument("name")
@click.option("--appid", required=True)
@click.option("--secret-stdin", is_flag=True, required=True, help="从标准输入读 AppSecret。")
@sentence_on_error
def account_add(name: str, appid: str, secret_stdin: bool) -> None:
    """接入公众号；AppSecret 加密保存。"""
    from webapp.wechat.service import add_account

    with opened() as context, context.db.step() as session:
        secret = line_of_stdin().strip()
        made = add_account(
            session,
            name,
            appid=appid,
            secret=secret,
            box=context.box,
            actor=OPERATOR,
            now=context.clock(),
        )
        address = f"{context.settings.public_url}/wechat/callback/{made.id}"
        callback_token = made.callback_token
    click.echo(
        f"公众号“{name}”已接入。请在公众号后台“服务器配置”填写：\n  URL    {address}\n  Token  {callback_token}"
    )


@account.command("check")
@click.argument("name")
@sentence_on_error
def account_check(name: str) -> None:
    """体检：令牌、IP 白名单、权限、余量；说明怎么办。"""
    from webapp.wechat.doctor import diagnose
    from webapp.wechat.service import get_account, open_gateway

    with opened() as context:
        with Session(context.db.engine) as session:
            found = get_account(session, name)
        with closing(open_gateway(found, settings=context.settings, db=context.db, box=context.box,
                                  now=context.clock)) as gateway:  # fmt: skip
            findings = diagnose(gateway)
    for finding in findings:
        click.echo(f"{'正常' if finding.ok else '有问题'}  {finding.subject}：{finding.sentence}")
    if not all(finding.ok for finding in findings):
        click.echo(next(f.sentence for f in findings if not f.ok), err=True)
        sys.exit(1)


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--column", required=True)
@click.option("--author", default="", help="署名作者；若是用户名，稿件归此用户。")
@sentence_on_error
def import_(file: Path, column: str, author: str) -> None:
    """把文件（.docx .md .html .txt）导入为草稿，并列出清理了什么。"""
    from webapp.articles.cleanups import options_for
    from webapp.articles.importing import draft_imported, keep_pictures
    from webapp.intake.bounds import FILE_MAX_BYTES
    from webapp.intake.cleanup import KIND_LABELS
    from webapp.intake.file import import_file
    from webapp.users.service import find_user

    with opened(needs_secret=False) as context:
        with file.open("rb") as opened_file:  # one byte over the limit is enough to know
            data = opened_file.read(FILE_MAX_BYTES + 1)
        with context.db.step() as session:
            options = options_for(session)
        imported = import_file(file.name, data, options=options)
        limit = context.settings.upload_max_bytes
        brought = keep_pictures(context.store, imported, max_bytes=limit)
        with context.db.step() as session:
            person = find_user(session, author) if author else None
            article = draft_imported(session, get_column(session, column), brought, name=file.stem,
                                     author=person.display_name if person else author,
                                     actor=person.actor if person else OPERATOR, now=context.clock())  # fmt: skip
            line = f"已导入为第 {article.id} 号草稿《{article.title}》，{article.characters} 字。"
    click.echo(line)
    for kind, number in Counter(c.kind for c in imported.cleanups).most_common():
        click.echo(f"  清理  {KIND_LABELS.get(kind, kind)}  {number} 处")
    for message in (*(loss.message for loss in imported.losses), *brought.refused.values()):
        click.echo(f"  留意  {message}")


@main.group()
def report() -> None:
    """统计。"""


@report.command("counts")
@click.option(
    "--by", default="column", type=click.Choice(["column", "month", "author", "unit", "channel"])
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]))
@click.option(
    "--format", "format_", default="table", type=click.Choice(["table", "csv", "json", "xlsx"])
)
@sentence_on_error
def report_counts(by: str, as_of: datetime | None, format_: str) -> None:
    """刊发篇数，写到标准输出；csv 和 xlsx 可转存为文件。"""
    from webapp.reports import exports
    from webapp.reports.queries import By, Counts, Span, count_published

    with opened(needs_secret=False) as context, Session(context.db.engine) as session:
        zone = context.settings.zone
        day: date = as_of.date() if as_of else local_date(context.clock(), zone)
        counts = count_published(session, By(by), Span(as_of=day), zone)
    writers: dict[str, Callable[[Counts], str | bytes]] = {
        "table": lambda c: exports.to_table(c) + "\n",
        "csv": exports.to_csv,
        "json": lambda c: exports.to_json(c) + "\n",
        "xlsx": exports.to_xlsx,
    }
    made = writers[format_](counts)
    sys.stdout.buffer.write(made.encode() if isinstance(made, str) else made)


@main.group()
def sheet() -> None:
    """审签单。"""


@sheet.command("check")
@click.argument("code")
@sentence_on_error
def sheet_check(code: str) -> None:
    """核对审签单末尾的核验码；不符时退出码为 1。"""
    from webapp.review.codes import check_in_words

    with opened() as context, context.db.step() as session:
        click.echo(check_in_words(session, context.box, code))


@main.group()
def media() -> None:
    """素材。"""


@media.command("look-again")
@sentence_on_error
def media_look_again() -> None:
    """认出早先当作静图收下的动图；只看原图，不改动它，重复运行无妨。"""
    from webapp.media.queries import list_counted_still
    from webapp.media.service import count_as_moving, get_asset, moves

    with opened(needs_secret=False) as context:
        with context.db.step() as session:
            still = list_counted_still(session)
        moving, unread = [], 0
        for asset in still:
            try:
                moving += [asset.id] if moves(context.store, asset) else []
            except (NotFound, Invalid):
                unread += 1
        with context.db.step() as session:
            for found in moving:
                count_as_moving(session, get_asset(session, found), actor=OPERATOR, now=context.clock())  # fmt: skip
    missed = f"；{unread} 张的原图缺失或读不出，没有改动" if unread else ""
    click.echo(f"看了 {len(still)} 张，{len(moving)} 张是动图，已改记{missed}。")


@main.group("audit")
def audit_group() -> None:
    """审计记录。"""


@audit_group.command("verify")
@sentence_on_error
def audit_verify() -> None:
    """核对审计链；打印链头，请另存一处。"""
    with opened(needs_secret=False) as context, Session(context.db.engine) as session:
        count, head = audit.verify(session)
    click.echo(f"审计记录 {count} 条，前后相扣，没有改动。链头 {head}")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@sentence_on_error
def backup(file: Path) -> None:
    """把数据库和原图备份为一个文件；照常工作时也可以做。"""
    from webapp.backup import back_up

    with opened(needs_secret=False) as context:
        counts = back_up(context, file)
    click.echo(
        f"已备份到 {file}：稿件 {counts['article']} 篇，图片 {counts['asset']} 张。请把 TONGXIN_SECRET_KEY 另存一处。"
    )


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@sentence_on_error
def restore(file: Path) -> None:
    """恢复到一个空的安装。"""
    from webapp.backup import restore as run
    from webapp.kernel.migrate import upgrade

    with opened(needs_secret=False) as context:
        upgrade(context.db)
        counts = run(context, file)
    click.echo(f"已恢复：稿件 {counts['article']} 篇，图片 {counts['asset']} 张，审计链核对无误。")


if __name__ == "__main__":
    main()
