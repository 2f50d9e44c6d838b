"""What may be turned while the sandbox runs, by `POST /_sandbox/settings`. A restart or a reset goes back to the config."""

import re
from typing import Literal, cast
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from webapp.sandbox.config import (
    AccountConfig,
    CallbackMode,
    LimitsProfile,
    Profile,
    SandboxConfig,
)
from webapp.sandbox.errors import BadControl

Quirk = Literal["rgb", "leaf", "style_marker"]
AES_KEY = re.compile(r"[A-Za-z0-9]{43}")
QUIRKS: tuple[Quirk, ...] = ("rgb", "leaf", "style_marker")


class AccountSettings(BaseModel):
    model_config = ConfigDict(extra="forbid", validate_assignment=True)
    profile: Profile
    callback_url: str | None
    callback_token: str = Field(repr=False)
    aes_key: str = Field(repr=False)
    mode: CallbackMode
    comments: bool

    @field_validator("callback_url")
    @classmethod
    def _url_can_be_called(cls, url: str | None) -> str | None:
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("callback_url")
        return url or None

    @model_validator(mode="after")
    def _cipher_has_its_key(self) -> "AccountSettings":
        if self.mode != CallbackMode.PLAIN and not AES_KEY.fullmatch(self.aes_key):
            raise ValueError("aes_key")
        return self


class Settings(BaseModel):
    """`clock_offset_seconds` moves the sandbox's clock forward; `allow_list` None lets every address in, its entries are
    addresses or networks; `daily_limits` and `minute_limits` are per path, over the defaults of `quota`;
    `outside_links`: whether a link to elsewhere loses its address or refuses the draft (both are reported);
    `quirks`: what the storage was once seen to add and may again (see `sanitise`)."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)
    limits: LimitsProfile
    latency_ms: int = Field(ge=0, le=600_000)
    publish_delay_seconds: float = Field(ge=0)
    mass_delay_seconds: float = Field(ge=0)
    callback_timeout_seconds: float = Field(gt=0)
    callback_gap_seconds: float = Field(ge=0)
    time_scale: float = Field(ge=0)
    clock_offset_seconds: float = 0
    allow_list: tuple[str, ...] | None
    daily_limits: dict[str, int]
    minute_limits: dict[str, int]
    outside_links: Literal["drop", "refuse"] = "drop"
    quirks: tuple[Quirk, ...] = QUIRKS
    accounts: dict[str, AccountSettings]


def initial(config: SandboxConfig) -> Settings:
    return Settings(
        limits=config.limits,
        latency_ms=config.latency_ms,
        publish_delay_seconds=config.publish_delay_seconds,
        mass_delay_seconds=config.mass_delay_seconds,
        callback_timeout_seconds=config.callback_timeout_seconds,
        callback_gap_seconds=config.callback_gap_seconds,
        time_scale=config.time_scale,
        allow_list=config.allow_list,
        daily_limits=dict(config.daily_limits),
        minute_limits=dict(config.minute_limits),
        accounts={account.appid: _initial_account(account) for account in config.accounts},
    )


def _initial_account(account: AccountConfig) -> AccountSettings:
    return AccountSettings(
        profile=account.profile,
        callback_url=account.callback_url,
        callback_token=account.callback_token,
        aes_key=account.aes_key,
        mode=account.mode,
        comments=account.comments,
    )


def changed(settings: Settings, wanted: dict[str, object]) -> Settings:
    """Keys of an account apply to the one named by `appid`, or to all. Raises BadControl and changes nothing."""
    wanted = dict(wanted)
    appid = wanted.pop("appid", None)
    if appid is not None and appid not in settings.accounts:
        raise BadControl(f"沙盒里没有这个公众号：{appid}")
    per_account = {
        key: wanted.pop(key) for key in list(wanted) if key in AccountSettings.model_fields
    }
    draft = settings.model_dump()
    accounts = cast("dict[str, dict[str, object]]", draft["accounts"])
    for name, account in accounts.items():
        if appid in (None, name):
            account.update(per_account)
    return _validated({**draft, **wanted, "accounts": accounts})


def _validated(fields: dict[str, object]) -> Settings:
    try:
        return Settings.model_validate(fields)
    except ValidationError as error:
        places = "、".join(".".join(map(str, item["loc"])) for item in error.errors())
        raise BadControl(f"设置没有改动：这些字段不认识或取值不对：{places}") from error
