from __future__ import annotations

import logging
import socket
import ssl
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.wechat import wire as w
from webapp.kernel.clock import utc_now
from webapp.wechat.client import WeChatGateway
from webapp.wechat.errors import GatewayError, NotReached, OutcomeUnknown
from webapp.wechat.token import MemoryTokenStore, Token, TokenStore

LEAKS = (w.TOKEN, w.SECRET)


def gateway_to(
    url: str, *, read_seconds: float = 1.5, store: TokenStore | None = None
) -> WeChatGateway:
    return WeChatGateway(
        appid=w.APPID,
        secret=w.SECRET,
        store=store or MemoryTokenStore(),
        base_url=url,
        connect_seconds=3,
        read_seconds=read_seconds,
    )


def told(error: BaseException) -> str:
    """All that a log or a page could show of an error, and of every error behind it."""
    return "\n".join(
        [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
    )


def chain(error: BaseException | None) -> list[BaseException]:
    return [] if error is None else [error, *chain(error.__cause__), *chain(error.__context__)]


def fails(call: Callable[[], object], kind: type[GatewayError]) -> GatewayError:
    with pytest.raises(kind) as caught:
        call()
    assert chain(caught.value) == [caught.value]
    assert not any(secret in told(caught.value) for secret in LEAKS)
    return caught.value


def test_a_refused_connection_certainly_did_not_arrive() -> None:
    gateway = gateway_to(f"http://127.0.0.1:{w.closed_port()}")
    error = fails(gateway.count_drafts, NotReached)
    assert (error.sent, error.permanent, error.code) == ("no", False, "wechat_not_reached")


def test_a_refused_connection_after_the_token_certainly_did_not_arrive() -> None:
    store = MemoryTokenStore()
    store.put(w.APPID, Token(value=w.TOKEN, expires_at=utc_now() + timedelta(hours=1)))
    gateway = gateway_to(f"http://127.0.0.1:{w.closed_port()}", store=store)
    assert fails(gateway.count_drafts, NotReached).code == "wechat_not_reached"


def test_a_name_that_does_not_resolve_certainly_did_not_arrive() -> None:
    fails(gateway_to("http://no-such-host.invalid").check_token, NotReached)


def test_a_wrong_base_address_certainly_did_not_arrive() -> None:
    for url in ("ftp://127.0.0.1", "http://", "api.weixin.qq.com"):
        fails(gateway_to(url).check_token, NotReached)


def test_a_dead_proxy_certainly_did_not_pass_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{w.closed_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    fails(gateway_to("http://api.example.invalid").check_token, NotReached)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (w.hangs, "wechat_timeout"),
        (w.drips, "wechat_timeout"),
        (w.hangs_up, "wechat_connection_lost"),
        (w.stops_halfway, "wechat_connection_lost"),
        (w.says(b"", status=200), "wechat_bad_answer"),
        (w.says(b"<html>502</html>", status=502, kind="text/html"), "wechat_bad_answer"),
        (w.says(b"<html>login</html>", kind="text/html"), "wechat_bad_answer"),
        (w.says(b"{not json", kind="text/plain"), "wechat_bad_answer"),
        (w.says(["a", "list"]), "wechat_bad_answer"),
        (w.says({"errcode": "soon", "errmsg": "?"}), "wechat_bad_answer"),
        (w.says({"errcode": 0, "errmsg": "ok"}), "wechat_bad_answer"),
        (w.says({"media_id": ""}), "wechat_bad_answer"),
        (w.says({"errcode": -1, "errmsg": "system error"}), "wechat_busy"),
    ],
)
def test_what_may_have_arrived_is_never_called_a_failure(answer: w.Answer, code: str) -> None:
    with w.running_wire(freepublish__submit=answer) as wire:
        gateway = gateway_to(wire.url)
        error = fails(lambda: gateway.submit_publish("MEDIA"), OutcomeUnknown)
        assert (error.sent, error.permanent, error.code) == ("maybe", False, code)
        assert "请勿手工重复" in error.message
        assert wire.paths().count("/cgi-bin/freepublish/submit") == 1


def test_the_answer_of_a_broken_gateway_is_named_by_its_status() -> None:
    with w.running_wire(draft__count=w.says(b"<html>", status=502, kind="text/html")) as wire:
        assert (
            "HTTP 502，text/html"
            in fails(gateway_to(wire.url).count_drafts, OutcomeUnknown).message
        )


@pytest.mark.parametrize(
    "answer",
    [
        w.hangs,
        w.hangs_up,
        w.says(b"<html>", status=502),
        w.says({"errcode": -1, "errmsg": "busy"}),
        w.says({"expires_in": 7200}),
        w.says({"access_token": w.TOKEN, "expires_in": "soon"}),
    ],
)
def test_trouble_with_the_token_means_that_the_operation_did_not_go_out(answer: w.Answer) -> None:
    with w.running_wire(stable_token=answer) as wire:
        error = fails(lambda: gateway_to(wire.url).submit_publish("MEDIA"), NotReached)
        assert error.sent == "no"
        assert wire.paths() == ["/cgi-bin/stable_token"]


def test_a_redirect_is_not_followed_with_the_secret_in_the_body() -> None:
    with w.running_wire() as elsewhere:
        redirect = w.says(b"", status=307, Location=f"{elsewhere.url}/steal")
        with w.running_wire(stable_token=redirect, draft__count=redirect) as wire:
            fails(gateway_to(wire.url).count_drafts, NotReached)
        assert elsewhere.asked == []


def test_an_untrusted_certificate_ends_before_the_request(tmp_path: Path) -> None:
    from tests.wechat.certificate import write_certificate

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(write_certificate(tmp_path / "self-signed.pem"))
    with w.running_wire(tls=context) as wire:
        fails(gateway_to(wire.url).check_token, NotReached)
        assert wire.asked == []


def test_an_answer_without_end_is_cut_off() -> None:
    endless = w.says(b" " * (33 * 1024 * 1024))
    with w.running_wire(draft__count=endless) as wire:
        fails(gateway_to(wire.url, read_seconds=5).count_drafts, OutcomeUnknown)


def test_a_chinese_reply_without_charset_is_read_as_utf_8() -> None:
    article = {"title": "同心同行 🌏", "content": "<p>抗疫有我</p>"}
    reply = w.says({"news_item": [article]}, kind="text/plain")
    with w.running_wire(draft__get=reply) as wire:
        (stored,) = gateway_to(wire.url).get_draft("MEDIA").articles
    assert (stored.title, stored.content) == ("同心同行 🌏", "<p>抗疫有我</p>")


def test_the_debug_log_of_the_http_library_holds_no_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with w.running_wire(draft__count=w.says({"total_count": 3})) as wire:
        assert gateway_to(wire.url).count_drafts() == 3
    assert "/cgi-bin/draft/count?access_token=***" in caplog.text
    assert not any(secret in caplog.text for secret in LEAKS)


def test_the_gateway_shows_neither_secret_nor_token() -> None:
    with w.running_wire() as wire:
        gateway = gateway_to(wire.url)
        gateway.check_token()
        assert repr(gateway) == f"WeChatGateway({w.APPID})"
        assert w.TOKEN not in repr(gateway._tokens._store.get(w.APPID))


def test_a_silent_peer_is_given_up_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        fails(gateway_to(f"http://127.0.0.1:{port}").check_token, NotReached)
