"""`tongxin demo`: everything in one go, the data kept, and nothing left running afterwards."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.office import Office
from tests.commands.test_serving import PATIENCE_SECONDS, answered, await_answer, free_port, running
from tests.thorough import thorough

PROC = Path("/proc")


class Demo:
    """One demo in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.ports = (free_port(), free_port())
        self.desk, self.phone = (f"http://127.0.0.1:{port}" for port in self.ports)
        ports = dict(zip(("PORT", "SANDBOX_PORT"), map(str, self.ports), strict=True))
        self.office = Office(folder=folder, more=ports)

    def processes(self) -> set[int]:
        """Every process that was told of this folder, this test's own aside."""
        mark = f"TONGXIN_INSTANCE={self.office.folder}".encode()
        found = set()
        for entry in PROC.glob("[0-9]*"):
            try:
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
                if mark in (entry / "environ").read_bytes().split(b"\0") and state != "Z":
                    found.add(int(entry.name))
            except OSError:
                continue
        return found

    def is_gone(self) -> bool:
        for port in self.ports:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return False
        return not self.processes()


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    return Demo(tmp_path / "demo")


def title_of_bulletin(demo: Demo) -> str:
    token = demo.office.say("token", "create", "--user", "editor").done().strip()
    request = urllib.request.Request(
        f"{demo.desk}/api/v1/articles", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return "、".join(article["title"] for article in json.load(answer)["items"])


def part_of(demo: Demo, name: str) -> int:
    for pid in demo.processes():
        if name in (PROC / str(pid) / "cmdline").read_bytes().decode().split("\0"):
            return pid
    raise AssertionError(name)


@pytest.mark.slow
def test_a_demo_answers_stops_at_ctrl_c_keeps_its_data_for_the_next_and_stops_when_one_part_dies(
    demo: Demo,
):
    with running(demo.office, "demo") as process:
        await_answer(f"{demo.desk}/healthz", process)
        await_answer(f"{demo.phone}/", process)
        assert len(demo.processes()) == 4
        assert title_of_bulletin(demo) == "同心抗疫 共克时艰"
        assert "tongxin-demo" in answered(f"{demo.desk}/login")[1]
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)  # an impatient hand
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert "Fatal" not in err
    for word in (demo.desk, demo.phone, "tongxin-demo", "wx5a4db0c0000000001", "正在停止"):
        assert word in out
    assert demo.is_gone()

    with running(demo.office, "demo") as process:
        await_answer(f"{demo.desk}/healthz", process)
        assert title_of_bulletin(demo) == "同心抗疫 共克时艰"
        os.kill(part_of(demo, "worker"), signal.SIGKILL)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert "演示的一个进程停了" in err.splitlines()[-1]
    assert demo.is_gone()


@pytest.mark.slow
@thorough
def test_a_demo_that_is_killed_leaves_nothing_running(demo: Demo):
    with running(demo.office, "demo") as process:
        await_answer(f"{demo.desk}/healthz", process)
        process.kill()
        process.communicate(
            timeout=PATIENCE_SECONDS
        )  # the parts wrote to the same pipe: it closes when the last one is gone
    assert demo.is_gone()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_stopped_or_killed_while_it_starts_it_leaves_nothing_running(
    demo: Demo, number: signal.Signals, code: int
):
    with running(demo.office, "demo") as process:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(demo.processes()) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        process.communicate(timeout=PATIENCE_SECONDS)  # its parts write to the same pipe
    assert process.returncode == code
    assert demo.is_gone()


@pytest.mark.parametrize("number", [0, pytest.param(1, marks=thorough)])
def test_a_port_in_use_is_named_and_nothing_is_started(demo: Demo, number: int):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", demo.ports[number]))
        taken.listen()
        sentence = demo.office.run("demo").refused()
    assert f"端口 {demo.ports[number]} 已被占用" in sentence
    assert not demo.office.folder.exists()
