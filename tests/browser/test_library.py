"""Pictures that are in the library already are chosen for the text, for a gallery and for the cover."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.office import PHONE, Office, overflow, violations
from tests.browser.writing import saved
from tests.cast import body_of
from webapp.articles.queries import find_autosave
from webapp.media.service import ArtworkLabels

pytestmark = pytest.mark.browser


def hung(office: Office) -> dict[str, str]:
    """Asset ids by what they are called."""
    room = office.newsroom
    works = [
        ArtworkLabels(title=title, artist="刘长安", consent=True) for title in ("甲帖", "乙帖")
    ]
    ids = [room.asset(colour, artwork=work) for colour, work in zip(("#2f7d5b", "#b7342c"), works, strict=True)]  # fmt: skip
    return {"甲帖": ids[0], "乙帖": ids[1], "无题": room.asset("#31506e", credit="摄影 王五")}


def opened(page: Page, button: str) -> Locator:
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog", name="从素材库里选")
    expect(dialog.locator("[data-choice]").first).to_be_visible()
    return dialog


def written(office: Office, article_id: int) -> list[str]:
    """The kinds of the blocks that hold pictures, and the pictures in them, in their order."""
    with office.newsroom.step() as session:
        autosave = find_autosave(session, article_id)
        assert autosave is not None
        return _pictures(autosave.content["body"])


def _pictures(node: dict[str, object]) -> list[str]:
    attrs, children = node.get("attrs") or {}, node.get("content") or []
    assert isinstance(attrs, dict)
    assert isinstance(children, list)
    own = {"figure": [str(attrs.get("asset"))], "gallery": ["gallery"]}.get(str(node["type"]), [])
    return own + [one for child in children for one in _pictures(child)]


def test_several_become_a_gallery_in_the_order_in_which_they_were_chosen(office: Office):
    ids, article_id = hung(office), office.newsroom.draft()
    page = office.write("editor", article_id)
    page.locator(".tx-content > p").last.click()
    dialog = opened(page, "从素材库选图片")
    assert violations(page) == []
    dialog.get_by_role("button", name="书画作品").click()
    expect(dialog.locator("[data-choice]")).to_have_count(2)
    for title in ("甲帖", "乙帖"):
        dialog.get_by_role("button", name=title).click()
    dialog.get_by_role("button", name="排成图集").click()
    preview = page.locator(".phone-screen iframe:not([aria-hidden])").content_frame
    expect(preview.locator("body")).to_contain_text("《甲帖》")
    saved(page)
    assert written(office, article_id) == ["gallery", ids["甲帖"], ids["乙帖"]]


def test_a_cover_is_found_by_its_words_and_chosen_with_the_keyboard(office: Office):
    ids, article_id = hung(office), office.newsroom.draft()
    page = office.write("editor", article_id)
    dialog = opened(page, "从素材库选")
    page.keyboard.type("王五")
    expect(dialog.locator("[data-choice]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    dialog.get_by_role("button", name="用作封面").press("Enter")
    expect(page.locator("[data-cover-image]")).to_have_attribute("src", f"/media/{ids['无题']}/preview")  # fmt: skip


def test_on_a_phone_it_fits_and_nothing_chosen_changes_nothing(office: Office):
    hung(office)
    page = office.write("editor", office.newsroom.draft(), viewport=PHONE)
    page.locator(".tx-content > p").last.click()
    dialog = opened(page, "从素材库选图片")
    assert overflow(page) <= 0
    boxes = [one.bounding_box() for one in dialog.locator("[data-choice]").all()]
    assert boxes[2]
    assert boxes[0]
    assert boxes[2]["y"] >= boxes[0]["y"] + boxes[0]["height"]
    dialog.get_by_role("button", name="算了").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".tx-content figure")).to_have_count(0)


def test_without_the_server_the_dialog_says_so_and_tries_again(office: Office):
    hung(office)
    page = office.write("editor", office.newsroom.draft())
    page.route("**/media/choices?**", lambda route: route.abort())
    page.get_by_role("button", name="从素材库选图片").click()
    dialog = page.get_by_role("dialog", name="从素材库里选")
    expect(dialog.get_by_role("alert")).to_contain_text("素材没有取来")
    page.unroute("**/media/choices?**")
    dialog.get_by_role("button", name="全部图片").click()
    expect(dialog.locator("[data-choice]")).to_have_count(3)


def test_a_missing_consent_leads_to_the_picture_and_is_gone_when_one_comes_back(office: Office):
    room = office.newsroom
    work = room.asset("#b7342c", artwork=ArtworkLabels(title="丙帖", artist="刘长安"))
    content = replace(room.content(), body=body_of("社员的书画。", assets=[work]))
    article_id = room.draft(content)
    page = office.write("editor", article_id)
    page.get_by_role("tab", name="检查").click()
    finding = page.locator(".finding", has_text="《丙帖》")
    with page.context.expect_page() as opened_page:
        finding.get_by_role("link", name="打开这张图片").click()
    about = opened_page.value
    about.get_by_label("已授权刊发").check()
    about.get_by_role("button", name="保存").click()
    expect(about.locator("[data-toasts]")).to_contain_text("已保存")
    about.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(finding).to_have_count(0)
