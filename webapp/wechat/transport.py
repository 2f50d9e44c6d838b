"""From what happened on the wire to an error of the tree: did the request certainly not arrive, or may it have?

Only failures before the first byte of the request count as "not reached". Everything later is "outcome unknown":
a lost answer looks the same whether the draft was made or not.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, HTTPError, MaxRetryError, NewConnectionError

from webapp.wechat.errors import NotReached, OutcomeUnknown, scrub

ANSWER_MAX_BYTES = 32 * 1024 * 1024
"""A list of 20 drafts with content is at most 20 × 8 × 1 MB on paper; a tenth of that was never seen."""

_CHUNK_BYTES = 64 * 1024
_NEVER_SENT = (
    requests.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
)
_UNSURE = "不知道这次操作有没有生效。系统会先核对再决定是否重试，请勿手工重复操作。"


class PatientAdapter(HTTPAdapter):
    """Every request has the timeouts, also those whose caller forgot them, and the whole answer has a deadline:
    `requests` alone waits for ever on a server that sends a byte now and then.
    """

    def __init__(self, *, connect_seconds: float, read_seconds: float) -> None:
        super().__init__(max_retries=0)
        self._timeouts = (connect_seconds, read_seconds)
        self._answer_seconds = 2 * read_seconds

    def send(  # type: ignore[override]  # requests' stub spells out each keyword
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        **rest: Any,
    ) -> requests.Response:
        response = super().send(request, stream=True, timeout=timeout or self._timeouts, **rest)
        if not stream:
            response._content = self._read(response)
            response._content_consumed = True  # type: ignore[attr-defined]
        return response

    def _read(self, response: requests.Response) -> bytes:
        deadline = time.monotonic() + self._answer_seconds
        body = bytearray()
        try:
            while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
                body += chunk
                if len(body) > ANSWER_MAX_BYTES:
                    raise requests.exceptions.ContentDecodingError("answer too large")
                if time.monotonic() > deadline:
                    raise requests.ReadTimeout("answer too slow")
        except (HTTPError, OSError) as error:
            if isinstance(error, requests.RequestException):
                raise
            raise requests.exceptions.ChunkedEncodingError(error) from error
        finally:
            response.close()
        return bytes(body)


def failure_of(error: requests.RequestException) -> NotReached | OutcomeUnknown:
    """The request's own text is left out on purpose: it holds the address with the access token."""
    if _never_sent(error):
        return NotReached(
            "连不上微信接口，请求没有发出，公众号上没有变化。"
            "请检查服务器的网络、DNS、代理和接口地址；系统会自动再试。"
        )
    if isinstance(error, requests.Timeout):
        return OutcomeUnknown(f"微信没有按时回答，{_UNSURE}", code="wechat_timeout")
    return OutcomeUnknown(f"等微信回答时连接断了，{_UNSURE}", code="wechat_connection_lost")


def _never_sent(error: requests.RequestException) -> bool:
    if isinstance(error, _NEVER_SENT):
        return True
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    if isinstance(reason, NewConnectionError | ConnectTimeoutError):
        return True
    # A handshake that ends on the certificate ends before the request; other TLS faults may come later.
    inner = reason.args[0] if isinstance(reason, HTTPError) and reason.args else reason
    return isinstance(inner, ssl.SSLCertVerificationError)


def answer_of(response: requests.Response) -> dict[str, Any]:
    """The reply as an object. Bytes are read as UTF-8 whatever the header says: `draft/get` comes as `text/plain`
    without charset. Raises OutcomeUnknown for HTML, an empty body or anything else that is not a JSON object.
    """
    try:
        answer = json.loads(response.content.decode("utf-8", "replace"), strict=False)
    except ValueError:
        answer = None
    if isinstance(answer, dict) and _is_number(answer.get("errcode", 0)):
        return answer
    raise unreadable(response)


def _is_number(value: object) -> bool:
    return str(value).lstrip("-").isdecimal()


def unreadable(response: requests.Response | None = None) -> OutcomeUnknown:
    note = ""
    if response is not None:
        kind = response.headers.get("Content-Type", "")[:80]
        note = f"（HTTP {response.status_code}{'，' + kind if kind else ''}）"
    return OutcomeUnknown(
        f"微信的答复看不懂{note}，可能是它的网关或中间的代理出错，{_UNSURE}",
        code="wechat_bad_answer",
    )


class _ScrubLog(logging.Filter):
    """urllib3 logs every address at DEBUG, and ours carry the access token."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(record.getMessage()), None
        return True


logging.getLogger("urllib3.connectionpool").addFilter(_ScrubLog())
