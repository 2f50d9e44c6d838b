"""What every command needs: the parts of the installation, a line of standard input, and one sentence when it goes wrong."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import DatabaseError

from webapp.kernel.errors import Invalid, TongxinError
from webapp.kernel.settings import load_settings, require_secret
from webapp.kernel.web import Context, create_context


@contextmanager
def opened(*, needs_secret: bool = True) -> Iterator[Context]:
    settings = load_settings()
    if needs_secret:
        require_secret(settings)
    context = create_context(settings)
    try:
        yield context
    finally:
        context.db.dispose()


def _in_words(error: Exception) -> str:
    match error:
        case TongxinError():
            fields = [f.message for f in getattr(error, "fields", ())]
            more = "；".join(message for message in fields if message not in error.message)
            return f"{error.message}（{more}）" if more else error.message
        case OSError(errno=errno.EADDRINUSE):
            return "端口已被占用，没有启动，数据未动；请先停下占用的程序，或用 --port 换一个端口。"
        case OSError():
            return (
                f"“{error.filename or ''}”不能读写（{error.strerror}），没有做完，原有数据没有变动；"
                "请检查路径、权限和磁盘空间。"
            )
    return "数据库打不开，或还没有建表；没有改动，请检查 TONGXIN_DATABASE_URL，或先运行 tongxin db upgrade。"


def sentence_on_error(command: Callable[..., None]) -> Callable[..., None]:
    """What goes wrong ends with exit 1 and one sentence, in one line."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except (TongxinError, OSError, DatabaseError) as error:
            click.echo(" ".join(_in_words(error).split()), err=True)
            sys.exit(1)

    return run


def line_of_stdin() -> str:
    try:
        return sys.stdin.buffer.readline().decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise Invalid("标准输入不是 UTF-8 文字，什么也没有改动。", code="bad_stdin") from None
