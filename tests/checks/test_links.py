from __future__ import annotations

import pytest

from tests.checks.articles import codes, document
from webapp.checks.links import is_public
from webapp.document.model import mark, paragraph, text


def linked(href):
    return document(paragraph("见", text("报道", mark("link", href=href)), "。"))


@pytest.mark.parametrize(
    "href",
    ["https://mp.weixin.qq.com/s/abc", "http://www.93.gov.cn/", "https://example.org:8080/a"],
)
def test_public_pages_are_fine(href):
    assert codes(linked(href)) == []


@pytest.mark.parametrize(
    "href",
    [
        "http://localhost:8000/a",
        "http://oa/news",
        "http://192.168.1.8/a",
        "http://8.8.8.8/",
        "http://news.local/a",
    ],
)
def test_what_only_the_house_can_open_is_told(href):
    assert codes(linked(href)) == ["link.unreachable"]


@pytest.mark.parametrize("href", ["mailto:a@example.org", "tel:+8629-123456"])
def test_other_schemes_are_told(href):
    assert codes(linked(href)) == ["link.scheme"]


def test_the_source_link_is_looked_at_too():
    assert codes("正文。", source_url="http://127.0.0.1/a") == ["link.unreachable"]


@pytest.mark.parametrize(
    "host", ["", "localhost", "2130706433", "0x7f.1", "[::1]", "::1", "LOCALHOST."]
)
def test_every_spelling_of_a_local_address_is_seen(host):
    assert not is_public(host)
