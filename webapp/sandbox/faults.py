"""Faults a test may order: what goes wrong, on which path, how often.

A call fault strikes a request before or after its work is committed; `commit` moves an answer fault behind the commit.
A job fault is bound to the publish or mass job that a request starts.
"""

import threading
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from webapp.sandbox.errors import BadControl

CallKind = Literal[
    "errcode",
    "http_502",
    "not_json",
    "empty_body",
    "drop_before",
    "drop_after",
    "hang_before",
    "hang_after",
    "slow",
    "expire_token",
]
JobKind = Literal[
    "publish_status", "mass_status", "no_event", "duplicate_event", "event_line_break"
]
ANSWER_KINDS = frozenset(("errcode", "http_502", "not_json", "empty_body"))
JOB_KINDS = frozenset(get_args(JobKind))


class Fault(BaseModel):
    """`path` is one call (`/cgi-bin/draft/add`, or `draft/add` for short) or `*`. `times` -1 strikes for ever; `after` lets
    that many matching calls pass first. `kind` takes its value after a colon too: `publish_status:4`.
    """

    model_config = ConfigDict(extra="forbid")
    path: str = "*"
    kind: CallKind | JobKind
    times: int = Field(default=1, ge=-1)
    after: int = Field(default=0, ge=0)
    errcode: int = -1
    errmsg: str | None = None
    seconds: float = Field(default=30, ge=0, le=3600)
    status: str = ""
    commit: bool = False

    @model_validator(mode="before")
    @classmethod
    def _split_kind(cls, value: object) -> object:
        if isinstance(value, dict) and ":" in str(value.get("kind", "")):
            kind, _, argument = str(value["kind"]).partition(":")
            name = "errcode" if kind == "errcode" else "status"
            return {**value, "kind": kind, name: argument}
        return value

    @model_validator(mode="after")
    def _status_is_known(self) -> "Fault":
        if self.kind == "publish_status" and self.status not in {"0", "2", "3", "4", "5", "6"}:
            raise ValueError("status")
        return self

    def matches(self, path: str) -> bool:
        return self.path == "*" or path == self.path or path.endswith("/" + self.path.lstrip("/"))

    @property
    def spent(self) -> bool:
        return self.times == 0


class Faults:
    """Not kept over a restart: a test that kills the sandbox orders its faults anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def order(self, fields: object) -> Fault:
        try:
            fault = Fault.model_validate(fields)
        except ValidationError as error:
            places = "、".join(
                sorted({".".join(map(str, e["loc"])) or "kind" for e in error.errors()})
            )
            raise BadControl(f"没有登记故障：这些字段不认识或取值不对：{places}") from error
        with self._lock:
            self._faults.append(fault)
        return fault

    def pending(self) -> list[Fault]:
        with self._lock:
            return [fault.model_copy() for fault in self._faults if not fault.spent]

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take_for_call(self, path: str) -> list[Fault]:
        """Every delay, and the first of the others, that strikes this call."""
        with self._lock:
            delays = [f for f in self._faults if f.kind == "slow" and self._strikes(f, path)]
            others = (f for f in self._faults if f.kind != "slow" and f.kind not in JOB_KINDS)
            first = next((fault for fault in others if self._strikes(fault, path)), None)
            return [*delays, first] if first else delays

    def take_for_job(self, path: str) -> list[Fault]:
        with self._lock:
            return [f for f in self._faults if f.kind in JOB_KINDS and self._strikes(f, path)]

    @staticmethod
    def _strikes(fault: Fault, path: str) -> bool:
        if fault.spent or not fault.matches(path):
            return False
        if fault.after:
            fault.after -= 1
            return False
        if fault.times > 0:
            fault.times -= 1
        return True
