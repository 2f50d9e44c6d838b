from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.kernel.errors import Unavailable
from webapp.kernel.secrets import SecretBox, new_token, same, token_checksum

BOX = SecretBox("a secret key that is long enough to be one")


@given(st.text(max_size=200).filter(lambda t: t.isprintable()))
def test_what_was_locked_comes_out_again_and_cannot_be_read_meanwhile(plain: str):
    locked = BOX.lock(plain)
    assert BOX.open(locked) == plain
    assert len(plain) < 4 or plain not in locked


def test_the_same_secret_is_never_locked_twice_into_the_same_text():
    assert BOX.lock("secret") != BOX.lock("secret")


@pytest.mark.parametrize("tamper", [lambda _: "", lambda _: "nonsense", lambda t: t[:-4], lambda t: "A" + t[1:]],
                         ids=["empty", "nonsense", "cut off", "changed"])  # fmt: skip
def test_what_was_tampered_with_does_not_open(tamper: Callable[[str], str]):
    locked = tamper(BOX.lock("x"))
    with pytest.raises(Unavailable, match="TONGXIN_SECRET_KEY") as told:
        BOX.open(locked)
    assert told.value.code == "secret_key_changed"


def test_another_key_does_not_open_it_and_the_sentence_says_what_to_do():
    with pytest.raises(Unavailable, match="换回原来的密钥"):
        SecretBox("another secret key that is long enough").open(BOX.lock("secret"))


def test_tokens_are_long_fit_into_a_header_and_are_kept_as_checksums_only():
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    for token in tokens:
        assert len(token) == 43
        assert token.isascii()
        assert len(token_checksum(token)) == 64
        assert token not in token_checksum(token)


def test_secrets_are_compared_whole_and_in_any_script():
    assert same("密钥", "密钥")
    assert not same("密钥", "密鑰")
