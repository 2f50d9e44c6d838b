"""What can go wrong, as one tree. The message is one Chinese sentence for the person at the desk: what happened, what is
safe, what to do. The code is stable and meant for programs. HTTP numbers live only in `webapp/app.py`.

TongxinError
├── Invalid            the input is wrong; `fields` says where
│   └── TooLarge       the input is over a stated limit
├── NotFound           no such thing, or not for this person's eyes
├── Forbidden          this person may not do this
├── NotSignedIn        who is asking is not known
├── Conflict           it cannot be done in this state
│   ├── Stale          someone else was first
│   ├── Gone           it could be done once, and never again
│   └── ChecksumMismatch  what was meant is not what stands there now
├── PreconditionMissing   the caller must say which revision it read
├── Unsupported        this kind of file or content is not taken
└── Unavailable        a part that is needed does not answer now
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class FieldError:
    """One wrong field. `field` is the name the caller used, dotted where nested."""

    field: str
    message: str


class TongxinError(Exception):
    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.extra: dict[str, Any] = {}
        """What a program is told beside code and message."""
        self.page = ""
        if code is not None:
            self.code = code

    def with_extra(self, **extra: Any) -> Self:
        self.extra.update(extra)
        return self

    def shown_on(self, page: str) -> Self:
        """A person is answered with this page, where the sentence stands beside what was typed."""
        self.page = page
        return self


class Invalid(TongxinError):
    code = "invalid"

    def __init__(
        self, message: str, *, code: str | None = None, fields: Sequence[FieldError] = ()
    ) -> None:
        super().__init__(message, code=code)
        self.fields = tuple(fields)

    @classmethod
    def of_field(cls, field: str, message: str, *, code: str | None = None) -> Invalid:
        return cls(message, code=code, fields=(FieldError(field, message),))


def by_field(wrong: TongxinError | None) -> dict[str, str]:
    """Field → what is wrong with it, the first thing of several: for the page where it stands beside what was typed."""
    fields = wrong.fields if isinstance(wrong, Invalid) else ()
    return {f.field: f.message for f in reversed(fields)}


class TooLarge(Invalid):
    code = "too_large"


class NotFound(TongxinError):
    code = "not_found"


class Forbidden(TongxinError):
    code = "forbidden"


class NotSignedIn(TongxinError):
    code = "not_signed_in"


class Conflict(TongxinError):
    code = "conflict"


class Stale(Conflict):
    code = "stale_revision"


class Gone(Conflict):
    code = "gone"


class ChecksumMismatch(Conflict):
    code = "checksum_mismatch"


class PreconditionMissing(TongxinError):
    code = "precondition_required"


class Unsupported(TongxinError):
    code = "unsupported"


class Unavailable(TongxinError):
    code = "unavailable"
