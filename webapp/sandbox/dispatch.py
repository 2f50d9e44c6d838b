"""One request from the socket to the answer: faults, token, rights, quota, handler, log.

The work of a call is one transaction; faults strike outside it, so "after" means that the work stands.
"""

import json
import re
import time
from dataclasses import dataclass, replace
from urllib.parse import quote

from flask import Response
from flask import request as flask_request
from werkzeug.exceptions import HTTPException

from webapp.sandbox import quota, tokens
from webapp.sandbox.background import settle_due
from webapp.sandbox.calls import (
    Answer,
    Call,
    Endpoint,
    PlainText,
    Raw,
    Request,
    Right,
    Upload,
)
from webapp.sandbox.config import Profile
from webapp.sandbox.errors import Dropped, Refused, new_rid, tail
from webapp.sandbox.faults import ANSWER_KINDS, Fault
from webapp.sandbox.records import CallLog
from webapp.sandbox.sandbox import Sandbox

JSON_TYPE = "application/json; encoding=utf-8"
LOGGED_CHARACTERS = 2_000
LOGGED_CALLS = 5_000
RIGHTS = {
    Profile.PERSONAL: frozenset((Right.BASIC,)),
    Profile.VERIFIED_SUBSCRIPTION: frozenset(
        (Right.BASIC, Right.PUBLISH, Right.MASS, Right.COMMENT, Right.STATS)
    ),
    Profile.SERVICE: frozenset(Right),
}
BAD_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)
_SECRET = re.compile(r"((?:access_token|secret|appsecret)(?:=|\":\s*\"))[^&\"]+")


@dataclass(kw_only=True)
class Outcome:
    """What is written down about a call."""

    appid: str = ""
    errcode: int | None = None


class Dispatcher:
    def __init__(self, sandbox: Sandbox, endpoints: tuple[Endpoint, ...]) -> None:
        self._sandbox = sandbox
        self._endpoints = {endpoint.path: endpoint for endpoint in endpoints}
        self._paths = frozenset(self._endpoints)
        self._logged = 0

    def handle(self, path: str) -> Response:
        """Raises Dropped when a fault wants the connection closed without a word."""
        started = time.monotonic()
        request = _read(path)
        rid, outcome = new_rid(self._sandbox.now()), Outcome()
        struck = self._sandbox.faults.take_for_call(path)
        fault = next((fault for fault in struck if fault.kind != "slow"), None)
        self._wait(struck)
        response: Response | None = None
        try:
            response = self._answer_or_fault(request, fault, rid, outcome)
        finally:
            self._log(request, rid, outcome, fault, response, time.monotonic() - started)
        return response

    def _wait(self, struck: list[Fault]) -> None:
        slow = sum(fault.seconds for fault in struck if fault.kind == "slow")
        self._sandbox.pause(self._sandbox.settings.latency_ms / 1000 + slow)

    def _answer_or_fault(
        self, request: Request, fault: Fault | None, rid: str, outcome: Outcome
    ) -> Response:
        kind = fault.kind if fault else None
        if kind == "drop_before":
            raise Dropped
        if fault and kind == "hang_before":
            self._sandbox.pause(fault.seconds)
        if fault and kind in ANSWER_KINDS and not fault.commit:
            return _faulty_answer(fault, rid, outcome)
        response = self._answer(request, rid, outcome, expire=kind == "expire_token")
        if kind == "drop_after":
            raise Dropped
        if fault and kind == "hang_after":
            self._sandbox.pause(fault.seconds)
        return _faulty_answer(fault, rid, outcome) if fault and fault.commit else response

    def _answer(self, request: Request, rid: str, outcome: Outcome, *, expire: bool) -> Response:
        settle_due(self._sandbox)
        call = Call(
            sandbox=self._sandbox,
            request=request,
            now=self._sandbox.now(),
            known_paths=self._paths,
        )
        try:
            answer = self._work(call, outcome, expire=expire)
        except Refused as refused:
            outcome.errcode = refused.errcode
            return _refusal(refused, rid)
        outcome.errcode = 0
        self._sandbox.ring()
        return _response(answer)

    def _work(self, call: Call, outcome: Outcome, *, expire: bool) -> Answer:
        endpoint = self._endpoints.get(call.request.path)
        if endpoint is None:
            raise Refused(40066)
        if call.request.method not in endpoint.methods:
            raise Refused(43002 if "POST" in endpoint.methods else 43001)
        if endpoint.needs_token:
            call = self._admit(call, endpoint, outcome, expire=expire)
        with call.store.transaction():
            return endpoint.handler(call)

    def _admit(self, call: Call, endpoint: Endpoint, outcome: Outcome, *, expire: bool) -> Call:
        if expire:
            with call.store.transaction():
                tokens.expire(call)
        with call.store.transaction():
            account = tokens.holder(call)
            outcome.appid = account.appid
            if endpoint.right not in RIGHTS[call.settings.accounts[account.appid].profile]:
                raise Refused(48001)
            quota.count(call, account.appid, endpoint.path)
        return replace(call, known_account=account)

    def _log(
        self,
        request: Request,
        rid: str,
        outcome: Outcome,
        fault: Fault | None,
        response: Response | None,
        seconds: float,
    ) -> None:
        log = CallLog(
            appid=outcome.appid,
            key=rid,
            time=self._sandbox.now(),
            method=request.method,
            path=request.path,
            query=_masked(
                f"{request.path}?" + "&".join(f"{k}={v}" for k, v in request.args.items())
            ),
            http_status=response.status_code if response else None,
            errcode=outcome.errcode,
            fault=fault.kind if fault else "",
            client_ip=request.client_ip,
            cost_ms=int(seconds * 1000),
            request_body=_shown(request.body) if request.upload is None else _upload_line(request),
            response_body=_shown(response.get_data()) if response else "",
        )
        with self._sandbox.store.transaction():
            self._sandbox.store.put(log)
            self._logged += 1
            if self._logged % 100 == 0:
                self._sandbox.store.keep_newest(CallLog, LOGGED_CALLS)


def _read(path: str) -> Request:
    """A body that claims to be a form but is none stays as it came."""
    upload, form = None, {}
    if flask_request.mimetype == "multipart/form-data":
        try:
            form = dict(flask_request.form)
            media = flask_request.files.get("media")
        except (HTTPException, ValueError):
            media = None
        if media is not None:
            upload = Upload(media.filename or "", media.read())
        body = b""
    else:
        body = flask_request.get_data(cache=False, parse_form_data=False)
    return Request(
        method=flask_request.method,
        path=path,
        args=dict(flask_request.args),
        body=body,
        upload=upload,
        form=form,
        client_ip=flask_request.remote_addr or "",
    )


def _response(answer: Answer) -> Response:
    if isinstance(answer, Raw):
        disposition = f"attachment; filename*=UTF-8''{quote(answer.filename)}"
        return Response(
            answer.data,
            headers={"Content-Type": answer.content_type, "Content-disposition": disposition},
        )
    plain = isinstance(answer, PlainText)
    body = answer.body if isinstance(answer, PlainText) else answer
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(), headers={"Content-Type": "text/plain" if plain else JSON_TYPE})


def _refusal(refused: Refused, rid: str) -> Response:
    message = refused.errmsg + tail(refused.errcode, rid)
    return _response({"errcode": refused.errcode, "errmsg": message, **refused.extra})


def _faulty_answer(fault: Fault, rid: str, outcome: Outcome) -> Response:
    match fault.kind:
        case "errcode":
            outcome.errcode = fault.errcode
            return _refusal(Refused(fault.errcode, fault.errmsg), rid)
        case "http_502":
            return Response(BAD_GATEWAY, status=502, content_type="text/html")
        case "not_json":
            return Response(
                "<!DOCTYPE html><title>微信公众平台</title><p>系统繁忙", content_type="text/html"
            )
        case _:
            return Response(b"", content_type=JSON_TYPE)


def _masked(line: str) -> str:
    return _SECRET.sub(r"\1***", line)


def _shown(body: bytes) -> str:
    return _masked(body[: LOGGED_CHARACTERS * 4].decode("utf-8", "replace")[:LOGGED_CHARACTERS])


def _upload_line(request: Request) -> str:
    size = len(request.upload.data) if request.upload else 0
    return f"[multipart {request.upload.filename if request.upload else ''} {size} bytes]"
