"""The phone page in Chromium: frame, full screen, dark mode, comments, no violations that axe knows of."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.sandbox.client import Api, picture
from tests.sandbox.server import RunningSandbox
from tests.thorough import thorough

pytestmark = pytest.mark.browser


@pytest.fixture
def address(api: Api) -> str:
    """An article with a picture, colours and comments."""
    text = (
        '<section style="background-color:#faf3ee;color:#7a2e22">来源</section>'
        f'<p style="color:#333333">逆行的早晨</p><img src="{api.content_image()}" alt="值守">'
    )
    told = api.publish(
        api.draft(api.article(content=text, need_open_comment=1), api.article(title="次条"))
    )
    return told["article_detail"]["item"][0]["article_url"]


def opened(browser: Browser, url: str, width: int = 375) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 760})
    page.goto(url)
    return page


def test_a_phone_lies_on_a_wide_screen_and_fills_a_small_one(
    browser: Browser, sandbox: RunningSandbox
):
    for width, framed in ((1280, True), (375, False)):
        page = opened(browser, sandbox.base_url, width)
        box = page.locator(".phone").bounding_box()
        assert box is not None
        assert (box["width"] == 390) is framed
        assert page.locator(".about").is_visible() is framed
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()


def test_a_follower_taps_a_card_reads_and_comments(
    browser: Browser, sandbox: RunningSandbox, address: str
):
    page = opened(browser, sandbox.base_url)
    page.get_by_text("同心抗疫", exact=True).click()
    page.wait_for_url(address)
    shown = "document.querySelector('#js_content img')"
    page.evaluate(f"{shown}.decode()")  # the picture comes after the page
    assert page.evaluate(f"{shown}.naturalWidth") == 90
    page.get_by_label("写留言").fill("致敬")
    page.get_by_role("button", name="发表").click()
    page.get_by_text("未精选，仅自己可见").wait_for()
    assert sandbox.state()["comments"][0]["content"] == "致敬"
    page.get_by_label("返回消息").click()
    page.get_by_role("link", name="次条").wait_for()
    page.close()


def test_dark_mode_converts_inline_colours_and_back(browser: Browser, address: str):
    page = opened(browser, address)
    text = page.locator("#js_content p").first
    light = text.evaluate("node => getComputedStyle(node).color")
    page.get_by_role("button", name="深色模式").click()
    dark = text.evaluate("node => getComputedStyle(node).color.match(/\\d+/g).map(Number)")
    assert min(dark) > 80
    section = page.locator("#js_content section").evaluate(
        "node => getComputedStyle(node).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert max(section) < 130
    page.get_by_role("button", name="深色模式").click()
    assert text.evaluate("node => getComputedStyle(node).color") == light
    page.close()


def test_what_is_pushed_appears_by_itself(browser: Browser, sandbox: RunningSandbox, api: Api):
    page = opened(browser, sandbox.base_url)
    page.get_by_text("还没有推送过内容").wait_for()
    api.publish()
    page.get_by_text("同心抗疫", exact=True).wait_for()
    page.close()


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=thorough)])
def test_axe_finds_nothing(
    browser: Browser, sandbox: RunningSandbox, api: Api, address: str, theme: str
):
    sandbox.comment(address, "致敬")
    api.draft()
    ids = [{"image_media_id": api.image(picture())} for _ in range(2)]
    newspic = {
        "article_type": "newspic",
        "title": "松",
        "content": "松",
        "image_info": {"image_list": ids},
    }
    slides = api.publish(api.draft(newspic))["article_detail"]["item"][0]["article_url"]
    pages = ("/", "/?tab=drafts", address, slides, "/s/none")
    for path in pages:
        url = path if path.startswith("http") else sandbox.base_url + path
        context = browser.new_context(
            color_scheme="dark" if theme == "dark" else "light", bypass_csp=True
        )
        page = context.new_page()
        page.goto(url)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        context.close()
