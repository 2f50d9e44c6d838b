"""The processes that run on: they start only when all is there, answer, and stop when they are asked to."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.commands.office import Office, Said
from tests.thorough import thorough
from webapp.kernel.settings import ROOT

PATIENCE_SECONDS = 60
STOPPING = [signal.SIGTERM, pytest.param(signal.SIGINT, marks=thorough)]
"""Ctrl-C stops a demo by day, and these processes with it."""


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answered(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


def await_answer(url: str, process: subprocess.Popen[str]) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return answered(url)[1]
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    process.kill()
    raise AssertionError(process.communicate())


@contextmanager
def running(office: Office, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = office.start(*arguments)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def ended(process: subprocess.Popen[str], number: signal.Signals) -> Said:
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return Said(code=process.returncode, out=out.encode(), err=err)


@pytest.mark.parametrize("number", STOPPING)
def test_serve_answers_and_stops_when_asked_to(office: Office, number: signal.Signals):
    port = free_port()
    with running(office, "serve", "--port", str(port)) as process:
        await_answer(f"http://127.0.0.1:{port}/healthz", process)
        status, ready = answered(f"http://127.0.0.1:{port}/readyz")
        assert (status, json.loads(ready)["status"]) == (200, "ok")
        assert "登录" in answered(f"http://127.0.0.1:{port}/")[1]
        assert json.loads(answered(f"http://127.0.0.1:{port}/api/v1/openapi.json")[1])["openapi"]
        said = ended(process, number)
    assert said.code == 0
    assert "Traceback" not in said.err


@pytest.mark.parametrize("number", STOPPING)
def test_a_worker_stops_when_asked_to(office: Office, number: signal.Signals):
    with running(office, "worker") as process:
        assert process.stderr is not None
        line = json.loads(process.stderr.readline())
        assert "worker ready" in line["event"]
        said = ended(process, number)
    assert said.code == 0
    assert "Traceback" not in said.err


def test_a_worker_whose_queue_does_not_answer_goes_on_by_itself(office: Office):
    """The queue only wakes; the sweep finds what there is to do."""
    alone = office.with_(queue_url="redis://127.0.0.1:1/0", sweep_seconds="0.2")
    with running(alone, "worker") as process:
        assert process.stderr is not None
        still = {"worker ready", "redis.exceptions.ConnectionError"}
        while still:
            line = process.stderr.readline()
            assert line, f"it ended before it said {still}"
            still = {words for words in still if words not in line}
        said = ended(process, signal.SIGTERM)
    assert said.code == 0


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize("secret", ["", "too short"])
def test_without_a_secret_nothing_starts(office: Office, command: str, secret: str):
    sentence = office.with_(secret_key=secret).say(command).refused()
    assert "TONGXIN_SECRET_KEY" in sentence
    assert secret not in sentence or not secret


def test_without_a_secret_the_process_ends_with_one(office: Office):
    said = office.with_(secret_key="").run("serve", "--port", str(free_port()))
    assert "TONGXIN_SECRET_KEY" in said.refused()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_without_tables_nothing_starts(bare: Office, command: str):
    assert "tongxin db upgrade" in bare.say(command).refused()


@pytest.mark.parametrize("command", ["serve", "sandbox"])
def test_a_port_in_use_is_said_so(office: Office, command: str):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = office.say(command, "--port", str(taken.getsockname()[1]))
    assert "端口已被占用，没有启动" in said.refused()


def test_a_wrong_setting_is_named(office: Office):
    said = office.with_(poll_seconds="abc").say("worker")
    assert "TONGXIN_POLL_SECONDS" in said.refused()


def test_a_key_that_nobody_knows_in_the_file_ends_the_process_with_one(tmp_path: Path):
    """In a copy of the house, whose file may be spoilt."""
    for part in ("webapp", "config", "migrations"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("static"))
    file = tmp_path / "config" / "default.toml"
    file.write_text(file.read_text("utf-8") + "pol_seconds = 5\n", "utf-8")
    office = Office(folder=tmp_path / "office", directory=tmp_path)
    assert "TONGXIN_POL_SECONDS" in office.run("db", "upgrade").refused()
    assert not office.folder.exists()


def test_the_sandbox_answers_and_stops_when_asked_to(bare: Office):
    port = free_port()
    with running(bare, "sandbox", "--port", str(port)) as process:
        await_answer(f"http://127.0.0.1:{port}/", process)
        answer = answered(f"http://127.0.0.1:{port}/cgi-bin/token?grant_type=client_credential")[1]
        assert "errcode" in json.loads(answer)
        assert ended(process, signal.SIGTERM).code == 0
