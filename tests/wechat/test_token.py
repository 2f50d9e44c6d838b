from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Barrier

import pytest

from tests.wechat import wire as w
from webapp.wechat.client import WeChatGateway
from webapp.wechat.errors import BadCredential, QuotaUsedUp
from webapp.wechat.token import MemoryTokenStore, Token, TokenKeeper

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Mint:
    """Hands out token-1, token-2, … and counts."""

    def __init__(self, seconds: int = 7200) -> None:
        self.numbers = count(1)
        self.seconds = seconds
        self.made: list[Token] = []

    def __call__(self) -> Token:
        expires = NOON + timedelta(seconds=self.seconds)
        self.made.append(Token(value=f"token-{next(self.numbers)}", expires_at=expires))
        return self.made[-1]


def keeper(mint: Mint, store: MemoryTokenStore | None = None) -> TokenKeeper:
    return TokenKeeper(w.APPID, store or MemoryTokenStore(), mint, lambda: NOON)


def test_a_good_token_is_used_again() -> None:
    mint = Mint()
    tokens = keeper(mint)
    assert tokens.current() == tokens.current()
    assert len(mint.made) == 1


def test_a_token_near_its_end_is_renewed_ahead() -> None:
    mint = Mint(seconds=119)
    tokens = keeper(mint)
    assert tokens.current() != tokens.current()


def test_another_process_renewal_is_taken_over() -> None:
    store, mine, theirs = MemoryTokenStore(), Mint(), Mint()
    rejected = keeper(mine, store).current()
    theirs.numbers = count(7)
    keeper(theirs, store).renew(rejected.value)
    assert keeper(mine, store).renew(rejected.value).value == "token-7"
    assert len(mine.made) == 1


def test_many_threads_with_a_rejected_token_renew_it_once() -> None:
    mint = Mint()
    tokens = keeper(mint)
    rejected = tokens.current().value
    barrier = Barrier(8)

    def renew(_: int) -> str:
        barrier.wait(5)
        return tokens.renew(rejected).value

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(renew, range(8))) == {"token-2"}
    assert len(mint.made) == 2


def gateway_to(wire: w.Wire) -> WeChatGateway:
    return WeChatGateway(
        appid=w.APPID, secret=w.SECRET, store=MemoryTokenStore(), base_url=wire.url
    )


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_token_that_stays_rejected_is_renewed_once_and_then_given_up(errcode: int) -> None:
    rejects = w.says({"errcode": errcode, "errmsg": "invalid credential"})
    with w.running_wire(draft__count=rejects) as wire:
        with pytest.raises(BadCredential):
            gateway_to(wire).count_drafts()
        assert wire.paths() == [
            "/cgi-bin/stable_token",
            "/cgi-bin/draft/count",
            "/cgi-bin/stable_token",
            "/cgi-bin/draft/count",
        ]


def test_an_upload_repeated_with_a_new_token_carries_the_whole_file_again() -> None:
    picture = b"\x89PNG" + bytes(5000)
    rejects = w.says({"errcode": 42001, "errmsg": "access_token expired"})
    with w.running_wire(media__uploadimg=rejects) as wire:
        with pytest.raises(BadCredential):
            gateway_to(wire).upload_body_image("同心.png", picture, "image/png")
        uploads = [body for path, body in wire.asked if "uploadimg" in path]
    assert len(uploads) == 2
    assert all(picture in body and b'filename="image.png"' in body for body in uploads)


def test_other_refusals_are_not_repeated() -> None:
    with w.running_wire(draft__count=w.says({"errcode": 45009, "errmsg": "limit"})) as wire:
        with pytest.raises(QuotaUsedUp):
            gateway_to(wire).count_drafts()
        assert wire.paths().count("/cgi-bin/draft/count") == 1


def test_the_token_is_asked_for_by_post_and_never_by_force() -> None:
    with w.running_wire() as wire:
        assert 7190 <= gateway_to(wire).check_token() <= 7200
        ((path, body),) = wire.asked
    assert path == "/cgi-bin/stable_token"
    assert b'"force_refresh": false' in body
