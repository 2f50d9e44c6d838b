"""Composing and pushing in a browser, against the real sandbox, with a worker that is run by hand."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.office import LOOKS, Office, overflow, violations
from tests.sandbox.server import APPID, SECRET, RunningSandbox, running_sandbox
from webapp.editions.workflow import Delivery
from webapp.publishing.calls import Press
from webapp.publishing.worker import sweep
from webapp.serving import make_press

pytestmark = pytest.mark.browser


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def press(office: Office, sandbox: RunningSandbox) -> Press:
    context = office.newsroom.context
    settings = context.settings.model_copy(update={"wechat_api_base_url": sandbox.base_url})
    return make_press(dataclasses.replace(context, settings=settings))


def approved(office: Office, number: int) -> list[int]:
    room = office.newsroom
    return [room.approved(content=room.content(title=f"一线来信之{i + 1}", pictures=1))
            for i in range(number)]  # fmt: skip


def edition(office: Office, *ids: int, delivery: Delivery = Delivery.PUBLISH) -> int:
    return office.newsroom.edition(*ids, delivery=delivery, appid=APPID, secret=SECRET)


def chosen(page: Page) -> list[str]:
    return page.locator("[data-chosen] .song").all_inner_texts()


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    viewport: dict[str, int], scheme: str, office: Office, press: Press, sandbox: RunningSandbox
):
    ids = approved(office, 4)
    planned, failed, manual = (
        edition(office, ids[0]),
        edition(office, ids[1]),
        edition(office, ids[2], delivery=Delivery.MANUAL),
    )
    sandbox.fault(path="draft/add", kind="errcode:45166")
    page, found = office.visit("publisher", viewport=viewport, color_scheme=scheme), {}
    for number in (failed, manual):
        page.goto(f"/editions/{number}")
        push(page)
        sweep(press)
        expect(page.locator("[hx-get*=live]")).to_have_count(0)
    for path in ("/editions", "/editions/calendar", f"/editions/new?articles={ids[3]}",
                 f"/editions/{planned}", f"/editions/{failed}", f"/editions/{manual}"):  # fmt: skip
        page.goto(path)
        page.wait_for_load_state("networkidle")
        problems = violations(page)
        if overflow(page) > 0:
            problems.append(f"wider than the window by {overflow(page)}")
        if problems:
            found[path] = problems
    assert found == {}


def push(page: Page) -> None:
    page.locator("[data-opens=push]").click()
    page.locator("#push .button-decide").click()
    expect(page.locator("[data-opens=push]")).to_have_count(0)


def test_an_edition_is_composed_with_arrows_and_the_preview_follows(office: Office):
    approved(office, 3)
    page = office.visit("publisher", "/editions/new")
    for name in ("一线来信之1", "一线来信之2", "一线来信之3"):
        page.get_by_role("link", name=f"加入《{name}》").click()
        expect(page.locator("[data-chosen]")).to_contain_text(name)
    expect(page.locator(".chat-title")).to_have_text("一线来信之1")
    page.get_by_role("link", name="上移《一线来信之3》").click()
    expect(page.locator("[data-chosen] .song").nth(1)).to_have_text("一线来信之3")
    page.get_by_role("link", name="下移《一线来信之1》").click()
    expect(page.locator(".chat-title")).to_have_text("一线来信之3")
    page.get_by_role("link", name="拿掉《一线来信之2》").click()
    expect(page.locator(".chat-second")).to_have_count(1)
    page.get_by_role("radio", name=re.compile("^人工发布")).check()
    page.get_by_role("button", name="建立推送").click()
    page.wait_for_url(re.compile(r"/editions/\d+$"))
    places = page.locator(".push-articles .song")
    expect(places).to_have_text(["一线来信之3", "一线来信之1"])


def test_an_edition_is_put_together_and_in_order_by_dragging_and_stands_in_the_address(
    office: Office,
):
    ids = approved(office, 3)
    page = office.visit("publisher", "/editions/new")
    page.wait_for_load_state("networkidle")

    def drag_in(number: int, onto: str, **options: Any) -> None:
        ready = page.locator(".ready-line").filter(has_text=f"一线来信之{number}")
        ready.locator(".ready-title").drag_to(page.locator(onto), **options)

    def stands(*numbers: int) -> None:
        expect(page.locator("[data-chosen] .song")).to_have_text(
            [f"一线来信之{n}" for n in numbers]
        )
        assert urlsplit(unquote(page.url)).query == "articles=" + ",".join(
            str(ids[n - 1]) for n in numbers
        )

    drag_in(1, ".composer-order .empty-line")
    stands(1)
    drag_in(2, ".composer-preview")
    expect(page.locator(".chosen-gap")).to_have_count(0)
    stands(1)
    drag_in(2, ".chosen-line", target_position={"x": 40, "y": 4})
    stands(2, 1)
    drag_in(3, ".composer-order .tiny.muted >> nth=-1")
    stands(2, 1, 3)
    lines = page.locator(".chosen-line")
    lines.nth(0).drag_to(lines.nth(1), target_position={"x": 40, "y": 50})
    stands(1, 2, 3)
    expect(page.locator(".chat-title")).to_have_text("一线来信之1")


def test_the_search_narrows_while_one_types_and_keeps_what_is_chosen(office: Office):
    first, _second = approved(office, 2)
    page = office.visit("publisher", f"/editions/new?articles={first}")
    page.get_by_label("搜已审定的稿件").type("没有这篇", delay=20)
    expect(page.get_by_text("没有找到审定了又还没编入推送的稿件。")).to_be_visible()
    assert chosen(page) == ["一线来信之1"]
    page.get_by_label("搜已审定的稿件").fill("来信之2")
    expect(page.get_by_role("link", name="加入《一线来信之2》")).to_be_visible()


def test_one_watches_the_push_and_the_page_comes_to_rest_by_itself(
    office: Office, press: Press, sandbox: RunningSandbox
):
    (article_id,) = approved(office, 1)
    page = office.visit("publisher", f"/editions/{edition(office, article_id)}")
    push(page)
    expect(page.get_by_role("status").first).to_contain_text("等待推送")
    sweep(press)
    expect(page.locator(".push-state")).to_contain_text("已刊发")
    expect(page.get_by_role("link", name="公众号文章")).to_be_visible()
    expect(page.locator(".steps li")).to_have_count(6)
    expect(page.locator("[hx-get*=live]")).to_have_count(0)
    assert len(sandbox.state()["published"]) == 1


def test_who_has_asked_for_another_page_is_not_called_back_when_the_push_ends(
    office: Office, press: Press
):
    (article_id,) = approved(office, 1)
    page = office.visit("publisher", f"/editions/{edition(office, article_id)}")
    answers, pages = held(page, "**/live*"), held(page, "**/editions")
    with page.expect_request("**/live*"):
        push(page)
    sweep(press)
    with page.expect_request("**/editions"):
        page.locator("main a[href='/editions']").first.click(no_wait_after=True)
    with page.expect_response("**/live*") as ended:
        answers[0].continue_()
    assert ended.value.headers["hx-refresh"] == "true"
    pages[0].continue_()
    page.wait_for_url("**/editions")


def held(page: Page, address: str) -> list[Route]:
    """What the page asks of an address, unanswered until it is let go."""
    waiting: list[Route] = []
    page.route(address, lambda route: waiting.append(route))
    return waiting


def test_a_lost_answer_is_told_in_words_and_looked_up(
    office: Office, press: Press, sandbox: RunningSandbox
):
    (article_id,) = approved(office, 1)
    sandbox.fault(path="draft/add", kind="drop_after")
    page = office.visit("publisher", f"/editions/{edition(office, article_id)}")
    push(page)
    sweep(press)
    expect(page.get_by_text("没有回音，正在核对")).to_be_visible()


def test_the_body_is_copied_with_its_looks_and_its_pictures(office: Office, press: Press):
    (article_id,) = approved(office, 1)
    number = edition(office, article_id, delivery=Delivery.MANUAL)
    page = office.visit("publisher", f"/editions/{number}",
                        permissions=["clipboard-read", "clipboard-write"])  # fmt: skip
    push(page)
    sweep(press)
    page.get_by_role("button", name="复制正文").click()
    expect(page.get_by_text("正文已复制，到公众号编辑器里粘贴。")).to_be_visible()
    html = page.evaluate(
        "navigator.clipboard.read().then(([item]) => item.getType('text/html')).then(b => b.text())"
    )
    assert "data:image/jpeg;base64," in html
    assert "line-height" in html
    assert "/media/" not in html
    page.get_by_role("button", name="补上链接").click()
    page.get_by_role("textbox", name="一线来信之1").fill("https://example.com/a")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_text("链接要以 https://mp.weixin.qq.com/ 开头")).to_be_visible()
    page.get_by_role("textbox", name="一线来信之1").fill("https://mp.weixin.qq.com/s/a")
    page.get_by_role("button", name="记下").click()
    expect(page.locator(".push-state")).to_contain_text("已刊发")


def test_withdrawing_asks_and_can_be_left(office: Office):
    (article_id,) = approved(office, 1)
    page = office.visit("publisher", f"/editions/{edition(office, article_id)}")
    page.get_by_role("button", name="取消这次推送").click()
    expect(page.get_by_role("dialog")).to_contain_text("什么也没有发出")
    page.get_by_role("button", name="不了").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="取消这次推送").click()
    page.get_by_label("理由").fill("改期再发")
    page.get_by_role("button", name="取消推送").click()
    expect(page.get_by_text("已撤回。理由：改期再发")).to_be_visible()
