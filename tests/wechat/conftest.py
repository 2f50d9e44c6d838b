from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.server import APPID, SECRET, RunningSandbox, running_sandbox
from webapp.wechat.client import WeChatGateway
from webapp.wechat.token import MemoryTokenStore


@pytest.fixture(scope="module")
def _running() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_running: RunningSandbox) -> RunningSandbox:
    """The account of a verified subscription, empty and without faults."""
    _running.reset()
    return _running


@pytest.fixture
def gateway(sandbox: RunningSandbox) -> WeChatGateway:
    return gateway_of(sandbox)


def gateway_of(sandbox: RunningSandbox, *, secret: str = SECRET) -> WeChatGateway:
    return WeChatGateway(
        appid=APPID,
        secret=secret,
        store=MemoryTokenStore(),
        base_url=sandbox.base_url,
        connect_seconds=3,
        read_seconds=1.5,
    )
