"""What a sandbox is made of: its accounts and its clocks, fixed at the start.

Everything an operator may turn while it runs lives in `settings.Settings` and begins with the values from here.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Profile(StrEnum):
    """Who the account belongs to, which decides what it may call.

    Personal accounts lost publishing in July 2025 (48001); only service accounts may send to chosen followers.
    """

    PERSONAL = "personal"
    VERIFIED_SUBSCRIPTION = "verified_subscription"
    SERVICE = "service"


class LimitsProfile(StrEnum):
    """`docs`: the documented limits. `live`: those measured in 2026. `escaped`: live, with `\\uXXXX` counted as six."""

    DOCS = "docs"
    LIVE = "live"
    ESCAPED = "escaped"


class CallbackMode(StrEnum):
    """The console's three ways to send events: 明文模式, 兼容模式, 安全模式."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True, kw_only=True)
class AccountConfig:
    """`aes_key` is the 43-character EncodingAESKey; `comments` says whether the account has the comment feature."""

    appid: str
    secret: str = field(repr=False)
    name: str = "沙盒公众号"
    profile: Profile = Profile.VERIFIED_SUBSCRIPTION
    callback_url: str | None = None
    callback_token: str = field(default="", repr=False)
    aes_key: str = field(default="", repr=False)
    mode: CallbackMode = CallbackMode.PLAIN
    comments: bool = True


@dataclass(frozen=True, kw_only=True)
class SandboxConfig:
    """Durations are seconds of the sandbox's clock, except `callback_*`, which are real ones.

    `time_scale` multiplies the waiting (job delays and the gap between callback tries) and leaves lifetimes alone:
    0.01 makes a test a hundred times quicker. `public_url` is where readers reach the sandbox; None takes the address
    the server listens on. `state_path` is an SQLite file, pictures stand in a folder beside it; None keeps all in memory.
    """

    accounts: tuple[AccountConfig, ...]
    state_path: Path | None = None
    public_url: str | None = None
    publish_delay_seconds: float = 2.0
    mass_delay_seconds: float = 2.0
    callback_timeout_seconds: float = 5.0
    callback_gap_seconds: float = 5.0
    token_lifetime_seconds: int = 7200
    token_overlap_seconds: int = 300
    forced_refresh_gap_seconds: int = 30
    time_scale: float = 1.0
    latency_ms: int = 0
    limits: LimitsProfile = LimitsProfile.LIVE
    allow_list: tuple[str, ...] | None = None
    daily_limits: Mapping[str, int] = field(default_factory=dict)
    minute_limits: Mapping[str, int] = field(default_factory=dict)
    clock: Callable[[], float] = time.time


def demo_config(
    port: int, callback_url: str | None, state_path: Path | None = None
) -> SandboxConfig:
    """Three accounts, one of each profile; the first is the one that a demo pushes to.

    The secrets are public on purpose: they open nothing but this sandbox.
    """
    return SandboxConfig(
        accounts=(
            _demo_account(1, "同心沙盒", Profile.VERIFIED_SUBSCRIPTION, callback_url),
            _demo_account(2, "同心沙盒·个人号", Profile.PERSONAL, None),
            _demo_account(3, "同心沙盒·服务号", Profile.SERVICE, None),
        ),
        state_path=state_path,
        public_url=f"http://127.0.0.1:{port}",
    )


def _demo_account(
    number: int, name: str, profile: Profile, callback_url: str | None
) -> AccountConfig:
    return AccountConfig(
        appid=f"wx5a4db0c{number:010d}",
        secret=f"{number:032x}",
        name=name,
        profile=profile,
        callback_url=callback_url,
        callback_token="tongxin-sandbox",  # noqa: S106 -- public, see above
        aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        mode=CallbackMode.SAFE,
    )
