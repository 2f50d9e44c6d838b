"""A finding answered while writing is seen by the reviewer; what is published is proofread anew on a page of its own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.office import LOOKS, PHONE, Office, overflow, violations
from tests.cast import SYSTEM
from webapp.articles.queries import get_article
from webapp.articles.service import advance, submit
from webapp.articles.workflow import Action
from webapp.lexicon.service import allow
from webapp.proofreading.worker import Proofreader

pytestmark = pytest.mark.browser

FAULTY = "截止目前，已有18篇。"


def ignore_while_writing(office: Office, article_id: int, reason: str) -> None:
    page = office.write("editor", article_id)
    page.get_by_role("tab", name="检查").click()
    page.get_by_role("button", name="忽略或放行…").first.press("Enter")
    page.keyboard.type(reason)
    page.keyboard.press("Enter")
    expect(page.locator("[data-toasts]")).to_contain_text("理由审核会看到")
    assert violations(page) == []


def send_to_review(office: Office, article_id: int) -> None:
    actor = office.newsroom.actor("editor")
    with office.newsroom.step() as session:
        submit(session, get_article(session, article_id), actor=actor, now=office.newsroom.clock())


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, PHONE])
def test_what_was_ignored_while_writing_is_weighed_by_the_reviewer(
    viewport: dict[str, int], office: Office
):
    article_id = office.newsroom.draft(office.newsroom.content(text=FAULTY))
    ignore_while_writing(office, article_id, "引文原样")
    send_to_review(office, article_id)
    page = office.visit("reviewer1", f"/articles/{article_id}/review", viewport=viewport)
    shown = page.locator(".finding", has_text="截止目前")
    expect(shown).to_contain_text("忽略 引文原样 editor姓名 · 写作")
    shown.locator("summary").press("Enter")
    page.get_by_label("忽略的理由").fill("同意，引文不改")
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_label("忽略的理由").press("Enter")
    page.wait_for_url("**#finding-*")
    expect(shown).to_contain_text("忽略 同意，引文不改 reviewer1姓名 · 初审")
    expect(shown).to_be_in_viewport()


def publish(office: Office) -> None:
    article_id = office.newsroom.approved(content=office.newsroom.content(text=FAULTY))
    with office.newsroom.step() as session:
        advance(session, get_article(session, article_id), Action.PUBLISH, actor=SYSTEM,
                now=office.newsroom.clock())  # fmt: skip
        allow(session, "十分之一", "固定用语", actor=SYSTEM, now=office.newsroom.clock())


def proofread(office: Office) -> None:
    context = office.newsroom.context
    proofreader = Proofreader(context.db, context.settings.zone, office.newsroom.clock)
    while proofreader.turn():
        pass


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_the_archive_is_proofread_while_one_looks_on(
    viewport: dict[str, int], scheme: str, office: Office
):
    publish(office)
    page = office.visit("editor", "/proofreading", viewport=viewport, color_scheme=scheme)
    expect(page.get_by_text("还没有复查过，")).to_be_visible()
    page.get_by_role("button", name="现在复查一遍").click()
    expect(page.get_by_text("正在复查")).to_be_visible()
    assert violations(page) == []
    proofread(office)
    page.get_by_role("link", name="看新列出的").click()
    expect(page.locator(".kept-finding")).to_contain_text("截止与截至")
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_label("这一处怎么处理的").fill("原文如此")
    page.get_by_label("这一处怎么处理的").press("Enter")
    expect(page.get_by_text("没有待处理的。")).to_be_visible()
    page.get_by_role("link", name="已办结").click()
    expect(page.locator(".kept-finding")).to_contain_text("原文如此")
    page.get_by_role("button", name="收回").click()
    expect(page.get_by_text("还没有放行的词句。")).to_be_visible()
    assert violations(page) == []
