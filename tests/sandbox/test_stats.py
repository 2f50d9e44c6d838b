from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from tests.sandbox.client import Api
from tests.sandbox.server import RunningSandbox, quick_config, running_sandbox

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 11, 24, 12, tzinfo=CHINA)


@pytest.fixture
def sandbox():
    with running_sandbox(quick_config(clock=lambda: NOON.timestamp())) as running:
        yield running


@pytest.fixture
def published(sandbox: RunningSandbox, api: Api) -> dict[str, Any]:
    """Two articles, three days ago; seen from noon of today."""
    told = api.publish(api.draft(api.article(title="头条"), api.article(title="次条")))
    sandbox.advance(3 * 86_400)
    api.token = None
    return told


def day(offset: int) -> str:
    return f"{(NOON + timedelta(days=offset)).date()}"


def ask(api: Api, name: str, begin: str, end: str | None = None) -> dict[str, Any]:
    return api.post(f"/datacube/{name}", {"begin_date": begin, "end_date": end or begin})


def test_an_article_is_followed_from_its_day_and_its_figures_add_up(
    api: Api, published: dict[str, Any]
):
    told = ask(api, "getarticletotaldetail", day(0))
    assert told["is_delay"] is False
    assert [item["title"] for item in told["list"]] == ["头条", "次条"]
    first = told["list"][0]
    assert first["msgid"].endswith("_1")
    assert first["publish_type"] == 1
    assert first["content_url"] == published["article_detail"]["item"][0]["article_url"]
    assert [detail["stat_date"] for detail in first["detail_list"]] == [day(0), day(1), day(2)]
    reads = [detail["read_user"] for detail in first["detail_list"]]
    assert reads == sorted(reads)
    assert reads[0] > 0
    sources = first["detail_list"][-1]["read_user_source"]
    assert sum(source["user_count"] for source in sources) == reads[-1]


@pytest.mark.usefixtures("published")
def test_days_sum_to_the_total_and_the_account_to_its_articles(api: Api):
    total = ask(api, "getarticletotaldetail", day(0))["list"]
    days = [ask(api, "getarticleread", day(n))["list"] for n in range(3)]
    summary = ask(api, "getbizsummary", day(0), day(2))["list"]
    for at, item in enumerate(total):
        assert (
            sum(d[at]["detail"]["read_user"] for d in days) == item["detail_list"][-1]["read_user"]
        )
    assert [row["read_user"] for row in summary] == [
        sum(i["detail"]["read_user"] for i in d) for d in days
    ]
    assert [row["send_page_count"] for row in summary] == [2, 0, 0]
    assert len(ask(api, "getarticleshare", day(0))["list"]) == 2


@pytest.mark.usefixtures("published")
def test_the_same_question_has_the_same_answer(api: Api):
    assert ask(api, "getbizsummary", day(0), day(2)) == ask(api, "getbizsummary", day(0), day(2))


@pytest.mark.parametrize(
    ("name", "begin", "end", "errcode"),
    [
        ("getarticleread", 0, 1, 61501),
        ("getbizsummary", -31, -1, 61501),
        ("getbizsummary", -30, -1, 0),
        ("getarticleread", 0, 0, 61501),
        ("getarticleread", -1, -2, 61501),
    ],
)
def test_spans_and_ends(api: Api, name: str, begin: int, end: int, errcode: int):
    assert ask(api, name, day(begin), day(end)).get("errcode", 0) == errcode


def test_a_date_that_is_none_is_refused(api: Api):
    assert ask(api, "getarticleread", "2026-13-01")["errcode"] == 61500
    assert ask(api, "getarticleread", "yesterday")["errcode"] == 61500


def test_yesterday_is_ready_at_eight(sandbox: RunningSandbox, api: Api):
    sandbox.settings(clock_offset_seconds=20 * 3600 - 60)  # 07:59 of the next day
    assert ask(api, "getarticleread", day(0))["errcode"] == 61503
    assert "list" in ask(api, "getarticleread", day(-1))
    sandbox.advance(120)
    assert "list" in ask(api, "getarticleread", day(0))


def test_the_clock_of_the_tests_is_the_sandboxs(sandbox: RunningSandbox):
    assert datetime.fromtimestamp(sandbox.state()["now"], UTC) == NOON
