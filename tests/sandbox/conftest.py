from collections.abc import Iterator

import pytest

from tests.sandbox.client import Api, Receiver, receiver
from tests.sandbox.server import RunningSandbox, running_sandbox


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def api(sandbox: RunningSandbox) -> Iterator[Api]:
    client = Api(sandbox)
    yield client
    client.close()


@pytest.fixture
def callback(sandbox: RunningSandbox) -> Iterator[Receiver]:
    with receiver() as kept:
        sandbox.settings(callback_url=kept.url)
        yield kept
