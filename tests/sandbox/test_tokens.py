import re
from collections.abc import Iterator

import pytest

from tests.sandbox.client import Api
from tests.sandbox.server import (
    APPID,
    SECRET,
    RunningSandbox,
    account,
    quick_config,
    running_sandbox,
)

NOON = 1_795_492_800.0  # 2026-11-24 12:00 in China


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """The clock stands; the tests move it."""
    with running_sandbox(quick_config(clock=lambda: NOON)) as running:
        yield running


def works(api: Api, token: str) -> int:
    return (
        api.http.get(api.url("draft/count"), params={"access_token": token}, timeout=5)
        .json()
        .get("errcode", 0)
    )


def test_a_new_basic_token_leaves_the_old_one_five_minutes(sandbox: RunningSandbox, api: Api):
    old = api.ask_token()["access_token"]
    new = api.ask_token()["access_token"]
    sandbox.advance(299)
    assert (works(api, old), works(api, new)) == (0, 0)
    sandbox.advance(2)
    assert (works(api, old), works(api, new)) == (40001, 0)


def test_the_stable_token_stays_and_counts_down(sandbox: RunningSandbox, api: Api):
    first = api.ask_stable()
    sandbox.advance(1000)
    again = api.ask_stable()
    assert again["access_token"] == first["access_token"]
    assert (first["expires_in"], again["expires_in"]) == (7200, 6200)


def test_the_stable_token_changes_in_its_last_five_minutes_and_both_work(
    sandbox: RunningSandbox, api: Api
):
    old = api.ask_stable()["access_token"]
    sandbox.advance(6950)
    new = api.ask_stable()
    assert new["access_token"] != old
    assert new["expires_in"] >= 300
    assert (works(api, old), works(api, new["access_token"])) == (0, 0)


def test_a_forced_refresh_kills_the_previous_token_at_once(api: Api):
    old = api.ask_stable()["access_token"]
    new = api.ask_stable(force_refresh=True)["access_token"]
    assert (works(api, old), works(api, new)) == (40001, 0)


def test_a_forced_refresh_within_thirty_seconds_gives_the_token_that_is(
    sandbox: RunningSandbox, api: Api
):
    first = api.ask_stable(force_refresh=True)["access_token"]
    assert api.ask_stable(force_refresh=True)["access_token"] == first
    sandbox.advance(31)
    assert api.ask_stable(force_refresh=True)["access_token"] != first


def test_twenty_forced_refreshes_a_day_and_no_more(sandbox: RunningSandbox, api: Api):
    tokens = []
    for _ in range(22):
        tokens.append(api.ask_stable(force_refresh=True)["access_token"])
        sandbox.advance(31)
    assert len(set(tokens)) == 20
    assert tokens[19] == tokens[20] == tokens[21]


def test_the_two_families_do_not_touch_each_other(api: Api):
    stable = api.ask_stable()["access_token"]
    basic = api.ask_token()["access_token"]
    api.ask_token()
    api.ask_stable(force_refresh=True)
    assert works(api, stable) == 40001
    assert works(api, basic) == 0


def test_an_expired_token_is_told_from_a_replaced_and_a_malformed_one(
    sandbox: RunningSandbox, api: Api
):
    token = api.ask_token()["access_token"]
    sandbox.advance(7201)
    assert works(api, token) == 42001
    assert works(api, "x" * 60) == 40001
    assert works(api, "no token!") == 40014
    assert api.http.get(api.url("draft/count"), timeout=5).json()["errcode"] == 41001


def test_wrong_credentials_are_told_apart(api: Api):
    assert api.ask_token(secret="0" * 32)["errcode"] == 40125
    assert api.ask_token(secret="")["errcode"] == 41004
    assert api.ask_token(appid="wx0000000000000000")["errcode"] == 40013
    assert api.ask_token(appid="")["errcode"] == 41002
    assert api.ask_token(grant_type="password")["errcode"] == 40002
    assert api.ask_stable(secret="0" * 32)["errcode"] == 40125


def test_the_secret_of_another_account_is_a_credential_that_is_not_valid():
    other = account(appid="wx5a4db0c0000000002", secret="another")
    with running_sandbox(quick_config(accounts=(account(), other))) as sandbox:
        assert Api(sandbox).ask_token(secret="another")["errcode"] == 40001
        assert "access_token" in Api(sandbox, appid=other.appid, secret="another").ask_token()


def test_an_address_that_is_not_listed_is_named_in_the_refusal(sandbox: RunningSandbox, api: Api):
    sandbox.settings(allow_list=["203.0.113.7"])
    refusal = api.ask_stable()
    assert refusal["errcode"] == 40164
    assert re.match(
        r"invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist .*rid: [0-9a-f]{8}-",
        refusal["errmsg"],
    )
    sandbox.settings(allow_list=["0.0.0.0/0"])
    assert "access_token" in api.ask_stable()


def test_stable_token_takes_post_only_and_needs_a_body(api: Api):
    assert api.http.get(api.url("stable_token"), timeout=5).json()["errcode"] == 43002
    assert api.http.post(api.url("stable_token"), timeout=5).json()["errcode"] == 44002


def test_the_secret_and_the_token_stay_out_of_the_log(sandbox: RunningSandbox, api: Api):
    token = api.ask_token()["access_token"]
    works(api, token)
    api.ask_stable()
    told = str(sandbox.state())
    assert APPID in told
    assert SECRET not in told
    assert token not in told
