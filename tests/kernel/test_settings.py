"""Settings: the file, then the environment; whatever is wrong stops the start with one sentence that echoes no value."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from webapp.kernel.errors import Invalid
from webapp.kernel.settings import (
    CONFIG_FOLDER,
    SECRET_MIN_CHARACTERS,
    Settings,
    load_settings,
    require_secret,
)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "SECRET_KEY", "POLL_SECONDS", "QUEUE_URL", "MEDIA_URL"):
        monkeypatch.delenv(f"TONGXIN_{name}", raising=False)
    monkeypatch.setenv("TONGXIN_INSTANCE", str(tmp_path / "office"))


def test_without_a_word_everything_lies_in_the_instance_folder(tmp_path: Path):
    settings = load_settings()
    folder = tmp_path / "office"
    assert settings.instance == folder
    assert settings.database_url == f"sqlite:///{folder}/tongxin.db"
    assert settings.media_url == f"file://{folder}/media"
    assert settings.queue_url == ""
    assert settings.embedded_queue_path == folder / "queue.db"
    assert settings.wechat_api_base_url == "https://api.weixin.qq.com"


def test_the_environment_overrides_the_file(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TONGXIN_INSTITUTION", "某社")
    monkeypatch.setenv("TONGXIN_POLL_SECONDS", "0.5")
    settings = load_settings()
    assert (settings.institution, settings.poll_seconds) == ("某社", 0.5)


def test_every_key_of_the_file_is_known_and_has_the_default_that_the_program_has():
    """Two places say the defaults; they say the same."""
    values = tomllib.loads((CONFIG_FOLDER / "default.toml").read_text("utf-8"))
    fields = Settings.model_fields
    different = {
        key: value
        for key, value in values.items()
        if key != "institution" and fields[key].default != value
    }
    assert different == {}


def test_settings_do_not_change_while_the_program_runs():
    with pytest.raises(ValidationError, match="frozen"):
        load_settings().demo = True  # type: ignore[misc]


WRONG = {
    "POLL_SECONDS": "abc",
    "SWEEP_SECONDS": "0",
    "WEB_THREADS": "1000",
    "LOG_LEVEL": "LOUD",
    "TRUSTED_PROXIES": "-1",
    "DEMO": "perhaps",
    "TIME_ZONE": "Mars/Base",
    "SIGN_IN_RATE": "now and then",
    "DATABASE_URL": "mysql://user:hunter2@host/db",
    "QUEUE_URL": "amqp://user:hunter2@host",
    "PUBLIC_URL": "example.org",
    "WECHAT_API_BASE_URL": "ftp://example.org",
}


@pytest.mark.parametrize("key", WRONG)
def test_a_wrong_value_stops_the_start_with_its_key_and_without_its_value(
    monkeypatch: pytest.MonkeyPatch, key: str
):
    monkeypatch.setenv(f"TONGXIN_{key}", WRONG[key])
    with pytest.raises(Invalid) as told:
        load_settings()
    assert f"（TONGXIN_{key}）" in told.value.message
    assert "没有启动" in told.value.message
    assert WRONG[key] not in told.value.message


def test_all_wrong_keys_are_named_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TONGXIN_POLL_SECONDS", "abc")
    monkeypatch.setenv("TONGXIN_TIME_ZONE", "Mars/Base")
    with pytest.raises(Invalid, match="TONGXIN_POLL_SECONDS、TONGXIN_TIME_ZONE"):
        load_settings()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("pol_seconds = 5\n", "TONGXIN_POL_SECONDS"), ("poll_seconds = \n", "不是 TOML")],
)
def test_a_mistake_in_the_file_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str, sentence: str
):
    file = tmp_path / "default.toml"
    file.write_text(content)
    monkeypatch.setitem(Settings.model_config, "toml_file", file)
    with pytest.raises(Invalid, match=sentence):
        load_settings()


def test_addresses_lose_the_slash_at_their_end(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TONGXIN_PUBLIC_URL", "https://example.org/")
    monkeypatch.setenv("TONGXIN_WECHAT_API_BASE_URL", "http://127.0.0.1:8001/")
    settings = load_settings()
    assert settings.public_url == "https://example.org"
    assert settings.is_https
    assert settings.wechat_api_base_url == "http://127.0.0.1:8001"


@pytest.mark.parametrize("key", ["", "short", "x" * (SECRET_MIN_CHARACTERS - 1)])
def test_a_missing_or_short_secret_stops_the_start(key: str):
    with pytest.raises(Invalid, match="TONGXIN_SECRET_KEY"):
        require_secret(load_settings(secret_key=key))


def test_a_long_secret_will_do():
    settings = load_settings(secret_key="x" * SECRET_MIN_CHARACTERS)
    assert require_secret(settings) is settings
