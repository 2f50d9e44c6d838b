"""How often an account may call a path in a day and in a minute.

Daily figures: the old official table (token 2,000, uploads 5,000, downloads 10,000, mass 100, mass delete 10) and the
stable token's page (500,000 a day, 10,000 a minute). For drafts, publishing, comments and statistics no figure is
published; 1,000 stands in. A refused call counts too.
"""

from datetime import UTC, datetime, timedelta, timezone

from webapp.sandbox.calls import Call
from webapp.sandbox.errors import Refused
from webapp.sandbox.records import Counter

CHINA = timezone(timedelta(hours=8))
OTHER_PATHS_PER_DAY = 1_000
PER_DAY = {
    "/cgi-bin/token": 2_000,
    "/cgi-bin/stable_token": 500_000,
    "/cgi-bin/media/upload": 5_000,
    "/cgi-bin/media/uploadimg": 5_000,
    "/cgi-bin/material/add_material": 5_000,
    "/cgi-bin/media/get": 10_000,
    "/cgi-bin/material/get_material": 10_000,
    "/cgi-bin/freepublish/get": 10_000,
    "/cgi-bin/message/mass/sendall": 100,
    "/cgi-bin/message/mass/send": 100,
    "/cgi-bin/message/mass/delete": 10,
}
PER_MINUTE = {
    "/cgi-bin/stable_token": 10_000,
    "/cgi-bin/message/mass/sendall": 60,
    "/cgi-bin/message/mass/send": 60,
}
UNCOUNTED = frozenset(("/cgi-bin/clear_quota", "/cgi-bin/clear_quota/v2"))


def day(at: float) -> str:
    return datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d")


def _minute(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M")


def month(at: float) -> str:
    return datetime.fromtimestamp(at, CHINA).strftime("%Y-%m")


def daily_limit(call: Call, path: str) -> int:
    return call.settings.daily_limits.get(path, PER_DAY.get(path, OTHER_PATHS_PER_DAY))


def minute_limit(call: Call, path: str) -> int:
    """0 for none."""
    return call.settings.minute_limits.get(path, PER_MINUTE.get(path, 0))


def count(call: Call, appid: str, path: str) -> None:
    """Raises 45009 for the day, 45011 for the minute."""
    if path in UNCOUNTED:
        return
    per_minute = minute_limit(call, path)
    if per_minute and add(call, appid, f"{_minute(call.now)}|{path}") > per_minute:
        raise Refused(45011)
    if add(call, appid, f"{day(call.now)}|{path}") > daily_limit(call, path):
        raise Refused(45009)


def used(call: Call, appid: str, key: str) -> int:
    counter = call.store.find(Counter, appid, key)
    return 0 if counter is None else counter.count


def add(call: Call, appid: str, key: str) -> int:
    number = used(call, appid, key) + 1
    call.store.put(Counter(appid=appid, key=key, count=number))
    return number
