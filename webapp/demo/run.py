"""Web, worker and sandbox in one go; Ctrl-C stops all of them. A second run keeps the data."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from webapp.columns.service import load_columns
from webapp.demo.people import DEMO, PASSWORD, load_account, load_bulletin, load_people
from webapp.kernel import lifeline
from webapp.kernel.errors import Unavailable
from webapp.kernel.migrate import upgrade
from webapp.kernel.settings import CONFIG_FOLDER, Settings, load_settings
from webapp.kernel.web import create_context
from webapp.sandbox.config import AccountConfig, demo_config

START_PATIENCE_SECONDS = 60
STOP_PATIENCE_SECONDS = 10


def _demo_secret(instance: Path) -> str:
    """Made once and kept beside the data, readable by its owner only."""
    path = instance / "demo-secret"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def demo_settings(port: int, sandbox_port: int) -> Settings:
    instance = load_settings().instance
    return load_settings(
        instance=instance,
        demo=True,
        secret_key=_demo_secret(instance),
        public_url=f"http://127.0.0.1:{port}",
        wechat_api_base_url=f"http://127.0.0.1:{sandbox_port}",
        poll_seconds=1,
        sweep_seconds=1,
        reconcile_seconds=3,
    )


def _environment(settings: Settings, port: int, sandbox_port: int) -> dict[str, str]:
    keys = ("instance", "secret_key", "public_url", "wechat_api_base_url", "poll_seconds",
            "sweep_seconds", "reconcile_seconds")  # fmt: skip
    given = {f"TONGXIN_{key.upper()}": str(getattr(settings, key)) for key in keys}
    return {**os.environ, **given, "TONGXIN_DEMO": "true", lifeline.VARIABLE: "demo",
            "PORT": str(port), "SANDBOX_PORT": str(sandbox_port)}  # fmt: skip


def callback_url(port: int, account_id: int = 1) -> str:
    return f"http://127.0.0.1:{port}/wechat/callback/{account_id}"


def demo_accounts(port: int, sandbox_port: int) -> tuple[AccountConfig, ...]:
    return demo_config(sandbox_port, callback_url(port)).accounts


def prepare(settings: Settings, accounts: tuple[AccountConfig, ...]) -> None:
    """Migrate, and load what is not there yet."""
    context = create_context(settings)
    upgrade(context.db)
    now = context.clock()
    with context.db.step() as session:
        load_columns(session, CONFIG_FOLDER / "columns.toml", actor=DEMO, now=now)
        load_people(session, now)
        for account in accounts:
            load_account(session, account.name, account.appid, account.secret,
                         account.callback_token, account.aes_key, box=context.box, now=now)  # fmt: skip
        load_bulletin(session, now)
    context.db.dispose()


def _start(command: str, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    # A group of its own, so that Ctrl-C reaches this process first and the parts are stopped in order.
    arguments = [sys.executable, "-m", "webapp.cli", command]
    return subprocess.Popen(  # noqa: S603
        arguments, env=dict(environment), start_new_session=True, stdin=subprocess.PIPE
    )


def _await(url: str, part: subprocess.Popen[bytes], stop: threading.Event) -> None:
    """Until it answers, or somebody wants to stop. Raises Unavailable when neither happens."""
    deadline = time.monotonic() + START_PATIENCE_SECONDS
    while time.monotonic() < deadline and part.poll() is None and not stop.is_set():
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own loopback address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            stop.wait(0.1)
    if not stop.is_set():
        raise Unavailable(f"演示没有起来：{url} 没有回应；数据都在，请看上面的日志。")


def _refuse_busy_port(port: int) -> None:
    """Else another demo's answer would be taken for ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Unavailable(
                f"端口 {port} 已被占用，演示没有启动，数据未动；可用 PORT 和 SANDBOX_PORT 换一个。"
            ) from None


def _stop(parts: list[subprocess.Popen[bytes]]) -> None:
    for part in reversed(parts):
        if part.poll() is None:
            os.killpg(part.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_PATIENCE_SECONDS
    for part in parts:
        try:
            part.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(part.pid, signal.SIGKILL)
            part.wait()


def _announce(port: int, sandbox_port: int, accounts: tuple[AccountConfig, ...]) -> None:
    print(
        f"\n同心演示已就绪（Ctrl-C 全部停止，数据保留）\n"
        f"  编辑部    http://127.0.0.1:{port}/\n"
        f"  公众号手机 http://127.0.0.1:{sandbox_port}/\n"
        f"  用户      editor reviewer1 reviewer2 reviewer3 publisher admin auditor\n"
        f"  密码      {PASSWORD}",
        flush=True,
    )
    for account in accounts:
        print(f"  公众号    {account.name}  AppID {account.appid}", flush=True)


def _run(port: int, sandbox_port: int, settings: Settings, stop: threading.Event) -> None:
    environment = _environment(settings, port, sandbox_port)
    parts: list[subprocess.Popen[bytes]] = []
    try:
        for command in ("sandbox", "worker", "serve"):
            parts.append(_start(command, environment))  # noqa: PERF401  each is known before the next starts
        _await(f"http://127.0.0.1:{sandbox_port}/", parts[0], stop)
        _await(f"http://127.0.0.1:{port}/healthz", parts[2], stop)
        if not stop.is_set():
            _announce(port, sandbox_port, demo_accounts(port, sandbox_port))
        while not stop.wait(0.5):
            if any(part.poll() is not None for part in parts):
                raise Unavailable("演示的一个进程停了，其余的也已停下；数据都在，再运行一次即可。")
        print("\n正在停止…", flush=True)
    finally:
        _stop(parts)


def run_demo(port: int, sandbox_port: int) -> None:
    """Runs until Ctrl-C or a termination signal, or until a part dies, which is an error. A signal only raises a flag, so
    that however often and whenever it comes, every part that was started is also stopped. Killed outright, it takes them
    along."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    _refuse_busy_port(port)
    _refuse_busy_port(sandbox_port)
    settings = demo_settings(port, sandbox_port)
    prepare(settings, demo_accounts(port, sandbox_port))
    if not stop.is_set():
        _run(port, sandbox_port, settings, stop)
