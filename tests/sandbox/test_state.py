import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from tests.sandbox.client import Api, picture, receiver
from tests.sandbox.server import APPID, RunningSandbox, account, quick_config, running_sandbox
from webapp.sandbox.app import create_sandbox
from webapp.sandbox.config import demo_config


def test_what_was_answered_for_survives_a_restart(tmp_path: Path):
    config = quick_config(state_path=tmp_path / "sandbox.sqlite", publish_delay_seconds=3600)
    with running_sandbox(config) as sandbox:
        api = Api(sandbox)
        draft, cover, token = api.draft(), api.image(picture("JPEG")), api.stable()
        job = api.post("freepublish/submit", {"media_id": api.draft()})["publish_id"]
        calls = len(sandbox.state()["calls"])
    with running_sandbox(config) as sandbox:
        api = Api(sandbox)
        api.token = token
        assert len(sandbox.state()["calls"]) == calls
        assert "news_item" in api.post("draft/get", {"media_id": draft})
        assert api.send("material/get_material", {"media_id": cover}).content == picture("JPEG")
        sandbox.advance(3601)
        api.token = None
        assert api.post("freepublish/get", {"publish_id": job})["publish_status"] == 0


def test_a_killed_sandbox_comes_back_with_what_it_had_answered_for(tmp_path: Path):
    path = tmp_path / "sandbox.sqlite"
    script = (
        "import sys; from pathlib import Path; from tests.sandbox.server import quick_config\n"
        "from webapp.sandbox.server import SandboxServer\n"
        "server = SandboxServer(quick_config(state_path=Path(sys.argv[1])), port=0)\n"
        "print(server.base_url, flush=True); server.run()"
    )
    with subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            api = Api(RunningSandbox(None, process.stdout.readline().decode().strip()))
            draft, cover = api.draft(), api.image()
        finally:
            process.kill()
    with running_sandbox(quick_config(state_path=path)) as sandbox:
        api = Api(sandbox)
        assert "news_item" in api.post("draft/get", {"media_id": draft})
        assert api.send("material/get_material", {"media_id": cover}).content == picture()


def test_an_event_that_was_not_heard_yet_is_told_after_a_restart(tmp_path: Path):
    with receiver() as kept:
        down = account(callback_url="http://127.0.0.1:9/")
        config = quick_config(state_path=tmp_path / "s", accounts=(down,), callback_gap_seconds=60)
        with running_sandbox(config) as sandbox:
            Api(sandbox).publish()
        up = account(callback_url=kept.url)
        with running_sandbox(quick_config(state_path=tmp_path / "s", accounts=(up,))):
            kept.wait()


def test_a_reset_forgets_everything_but_never_gives_a_number_twice(
    sandbox: RunningSandbox, api: Api
):
    sandbox.settings(limits="docs", latency_ms=5)
    sandbox.fault(kind="errcode", path="nothing")
    first = api.publish()["publish_id"]
    sandbox.reset()
    state = sandbox.state()
    assert not any(
        state[key]
        for key in ("drafts", "materials", "published", "calls", "faults", "publish_jobs")
    )
    assert (state["settings"]["limits"], state["settings"]["latency_ms"]) == ("live", 0)
    api.token = None
    assert api.publish()["publish_id"] > first


def test_the_state_tells_every_call(sandbox: RunningSandbox, api: Api):
    api.post("draft/get", {"media_id": "x"})
    call = sandbox.state()["calls"][-1]
    assert (call["path"], call["errcode"], call["appid"], call["http_status"]) == (
        "/cgi-bin/draft/get",
        40007,
        APPID,
        200,
    )
    assert call["time"] == pytest.approx(sandbox.state()["now"], abs=5)


def test_settings_that_make_no_sense_change_nothing(sandbox: RunningSandbox):
    url = f"{sandbox.base_url}/_sandbox/settings"
    before = requests.get(url, timeout=5).json()
    wrong: tuple[object, ...] = (
        {"limits": "none"},
        {"colour": "red"},
        {"appid": "wx0", "mode": "safe"},
        [],
        {"latency_ms": -1},
        {"mode": "safe", "aes_key": "short"},
        {"callback_url": "ftp://x"},
    )
    for wanted in wrong:
        reply = requests.post(url, json=wanted, timeout=5)
        assert reply.status_code == 400, wanted
        assert reply.json()["error"]
    assert requests.post(url, data=b"{", timeout=5).status_code == 400
    assert requests.get(url, timeout=5).json() == before


def test_settings_of_an_account_reach_the_one_that_is_named():
    other = account(appid="wx5a4db0c0000000002", secret="b" * 32)
    with running_sandbox(quick_config(accounts=(account(), other))) as sandbox:
        accounts = sandbox.settings(appid=other.appid, profile="service")["accounts"]
        assert [a["profile"] for a in accounts.values()] == ["verified_subscription", "service"]


def test_controls_answer_on_loopback_only_and_to_no_foreign_page():
    app = create_sandbox(quick_config())
    client = app.test_client()
    try:
        for path in ("/_sandbox/state", "/_sandbox/settings"):
            assert client.get(path).status_code == 200
            far = client.get(path, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
            assert (far.status_code, far.is_json) == (403, True)
            assert client.get(path, headers={"Origin": "https://e.org"}).status_code == 403
        assert client.get("/", environ_overrides={"REMOTE_ADDR": "192.0.2.1"}).status_code == 200
    finally:
        app.extensions["sandbox"].stop()


def test_many_callers_at_once_lose_nothing(sandbox: RunningSandbox, api: Api):
    article, token = api.article(), api.stable()
    answers: list[str] = []

    def work() -> None:
        mine = Api(sandbox)
        mine.token = token
        answers.extend(mine.draft(article) for _ in range(5))
        mine.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(answers)) == 40
    assert api.get("draft/count")["total_count"] == 40


def test_the_demo_has_one_account_of_each_profile():
    config = demo_config(8001, "http://127.0.0.1:8000/callback")
    assert [a.profile.value for a in config.accounts] == [
        "verified_subscription",
        "personal",
        "service",
    ]
    assert config.accounts[0].appid == APPID
    assert "secret" not in repr(config.accounts[0])
