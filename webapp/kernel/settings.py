"""Settings: `config/default.toml`, then the environment (`TONGXIN_…`), frozen. A wrong key or value stops the start.

Every key is explained in `config/default.toml`, with its unit.
"""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from limits import parse_many
from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from webapp.kernel.errors import Invalid

ROOT = Path(__file__).resolve().parents[2]
CONFIG_FOLDER = ROOT / "config"
# A key shorter than this can be guessed offline from a signed cookie.
SECRET_MIN_CHARACTERS = 32


ADDRESSES = ("public_url", "wechat_api_base_url")
SCHEMES = {
    "database_url": ("sqlite:///", "postgresql://", "postgresql+psycopg://"),
    "queue_url": ("redis://", "rediss://"),
    **dict.fromkeys(ADDRESSES, ("http://", "https://")),
}


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="TONGXIN_",
        toml_file=CONFIG_FOLDER / "default.toml",
        frozen=True,
        extra="forbid",
    )

    instance: Path = ROOT / "instance"
    database_url: str = ""
    queue_url: str = ""
    media_url: str = ""
    secret_key: str = ""
    public_url: str = "http://127.0.0.1:8000"
    wechat_api_base_url: str = "https://api.weixin.qq.com"
    wechat_callback_url: str = ""
    demo: bool = False
    institution: str = ""
    time_zone: str = "Asia/Shanghai"
    session_hours: int = Field(default=12, ge=1, le=720)
    sign_in_rate: str = "10 per minute"
    review_link_hours: int = Field(default=48, ge=0, le=336)
    countersign_hours: int = Field(default=24, ge=1, le=168)
    review_link_rate: str = "30 per minute"
    upload_max_bytes: int = Field(default=20 * 1024 * 1024, ge=1024)
    body_max_bytes: int = Field(default=5 * 1024 * 1024, ge=1024)
    lease_seconds: float = Field(default=180, gt=0)
    schedule_seconds: float = Field(default=1, gt=0, le=4)
    sweep_seconds: float = Field(default=5, gt=0)
    poll_seconds: float = Field(default=5, gt=0)
    reconcile_seconds: float = Field(default=20, ge=0)
    publish_patience_seconds: float = Field(default=1800, gt=0)
    wechat_connect_timeout_seconds: float = Field(default=5, gt=0)
    wechat_read_timeout_seconds: float = Field(default=30, gt=0)
    web_threads: int = Field(default=8, ge=1, le=64)
    notice_gather_minutes: float = Field(default=5, ge=0, le=1440)
    notice_daily_hour: int = Field(default=8, ge=0, le=23)
    webhook_extra_origins: str = ""
    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    metrics_token: str = ""
    trusted_proxies: int = Field(default=0, ge=0, le=5)

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, values: dict[str, Any]) -> dict[str, Any]:
        instance = Path(values.get("instance") or ROOT / "instance").resolve()
        values["instance"] = instance
        values["database_url"] = values.get("database_url") or f"sqlite:///{instance}/tongxin.db"
        values["media_url"] = values.get("media_url") or f"file://{instance}/media"
        return values

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, OSError):  # OSError: a folder of zones
            raise ValueError("unknown zone") from None
        return value

    @field_validator("sign_in_rate", "review_link_rate")
    @classmethod
    def _readable_rate(cls, value: str) -> str:
        parse_many(value)
        return value

    @field_validator("database_url", "queue_url", "public_url", "wechat_api_base_url")
    @classmethod
    def _taken_scheme(cls, value: str, info: ValidationInfo) -> str:
        if value and not value.startswith(SCHEMES[info.field_name or ""]):
            raise ValueError("unknown scheme")
        return value.rstrip("/") if info.field_name in ADDRESSES else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def countersign_within(self) -> timedelta:
        return timedelta(hours=self.countersign_hours)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def embedded_queue_path(self) -> Path:
        return self.instance / "queue.db"

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


def load_settings(**overrides: Any) -> Settings:
    """Raises Invalid with one sentence that names the wrong keys; no value is echoed, it may be a secret."""
    try:
        settings = Settings(**overrides)
    except tomllib.TOMLDecodeError:
        raise Invalid(
            "config/default.toml 不是 TOML 格式，程序没有启动，数据未动；请改正后再启动。",
            code="settings",
        ) from None
    except ValidationError as error:
        keys = "、".join(
            sorted(
                {"TONGXIN_" + ".".join(str(p) for p in e["loc"]).upper() for e in error.errors()}
            )
        )
        raise Invalid(
            f"设置有误（{keys}），程序没有启动，数据未动；请对照 config/default.toml 改正。",
            code="settings",
        ) from None
    return settings


def require_secret(settings: Settings) -> Settings:
    """A missing or short secret stops the start: it signs the sessions and locks the stored AppSecrets."""
    if len(settings.secret_key) < SECRET_MIN_CHARACTERS:
        raise Invalid(
            f"缺少密钥 TONGXIN_SECRET_KEY（至少 {SECRET_MIN_CHARACTERS} 个字符），程序没有启动；"
            "可用 python3 -c 'import secrets; print(secrets.token_urlsafe(48))' 生成一个，并妥善保存。",
            code="settings.secret_key",
        )
    return settings
