"""The grid by picture and one picture: by axe, by mouse, by keyboard, by paste and by drag."""

from __future__ import annotations

import base64

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.office import LOOKS, Office, overflow, violations
from tests.cast import picture
from webapp.media.service import ArtworkLabels

pytestmark = pytest.mark.browser

ARTWORK = ArtworkLabels(
    title="众志成城", artist="刘长安", medium="行书 · 纸本", transcription="众志成城"
)


def jpeg(name: str = "门诊.jpg", colour: str = "#2f7d5b") -> FilePayload:
    return {"name": name, "mimeType": "image/jpeg", "buffer": picture(colour=colour)}


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_axe_finds_nothing_serious_and_nothing_sticks_out(
    viewport: dict[str, int], scheme: str, office: Office
):
    room = office.newsroom
    plain, work = room.asset("#2f7d5b", credit=""), room.asset("#b7342c", artwork=ARTWORK)
    page, found = office.visit("editor", viewport=viewport, color_scheme=scheme), {}
    for path in ("/media", "/media?q=没有", "/media/artworks", f"/media/{plain}/about",
                 f"/media/{work}/about"):  # fmt: skip
        page.goto(path)
        page.wait_for_load_state("networkidle")
        problems = violations(page)
        if overflow(page) > 0:
            problems.append(f"wider than the window by {overflow(page)}")
        if problems:
            found[path] = problems
    assert found == {}


def test_pictures_come_in_by_the_button_and_refusals_stand_beside_their_file(office: Office):
    page = office.visit("editor", "/media")
    words: FilePayload = {"name": "说明.txt", "mimeType": "text/plain", "buffer": b"words"}
    page.locator("#file").set_input_files([jpeg(), words])
    expect(page.locator(".shot-new")).to_have_count(1)
    expect(page.get_by_text("素材库还是空的")).to_have_count(0)
    refused = page.locator(".upload-wrong")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("说明.txt")
    expect(refused).to_contain_text("JPEG")
    refused.get_by_role("button", name="收起").click()
    expect(refused).to_have_count(0)


def test_the_same_picture_again_is_told_and_not_stored_twice(office: Office):
    page = office.visit("editor", "/media")
    for _ in range(2):
        page.locator("#file").set_input_files([jpeg()])
        expect(page.locator(".shot-new")).to_have_count(1)
    expect(page.get_by_role("link", name="素材库里已有这一张")).to_be_visible()


def hand_over(page: Page, kind: str) -> None:
    """As the browser does when one pastes or drops a file."""
    data = base64.b64encode(picture(colour="#123456")).decode()
    page.evaluate(
        """([kind, data]) => {
          const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], 'image.jpg', { type: 'image/jpeg' }));
          const event = kind === 'paste'
            ? new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true })
            : new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
          document.body.dispatchEvent(event);
        }""",
        [kind, data],
    )


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_pictures_come_in_by_paste_and_by_drag(kind: str, office: Office):
    page = office.visit("editor", "/media")
    page.wait_for_load_state("networkidle")
    hand_over(page, kind)
    expect(page.locator(".shot-new")).to_have_count(1)


def focal_of(page: Page) -> tuple[float, float]:
    read = "document.getElementById('f-focal_{}').value"
    return float(page.evaluate(read.format("x"))), float(page.evaluate(read.format("y")))


def test_the_focal_point_is_set_by_a_click_and_by_arrows_and_the_crops_follow(office: Office):
    asset = office.newsroom.asset()
    page = office.visit("editor", f"/media/{asset}/about")
    page.wait_for_load_state("networkidle")
    image = page.locator("[data-focal] img")
    box = image.bounding_box()
    assert box
    image.click(position={"x": box["width"] * 0.2, "y": box["height"] * 0.8})
    x, y = focal_of(page)
    assert (x, y) == pytest.approx((0.2, 0.8), abs=0.02)
    crop = page.locator("[data-crop='2.35']")
    assert crop.evaluate("e => e.style.objectPosition") == "50% 100%"
    page.locator("[data-focal]").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert focal_of(page) == pytest.approx((x + 0.06, y - 0.02), abs=0.011)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("图片说明已保存。")).to_be_visible()
    kept = office.newsroom.find_asset(asset)
    assert (kept.focal_x, kept.focal_y) == pytest.approx((x + 0.06, y - 0.02), abs=0.011)


def test_what_is_folded_away_is_not_lost(office: Office):
    page = office.visit("editor", f"/media/{office.newsroom.asset()}/about")
    box = page.get_by_role("checkbox", name="这是一件书画作品")
    expect(page.get_by_label("题目")).to_be_hidden()
    box.check()
    page.get_by_label("题目").fill("众志成城")
    box.uncheck()
    expect(page.get_by_label("题目")).to_be_hidden()
    box.check()
    expect(page.get_by_label("题目")).to_have_value("众志成城")
    page.get_by_label("作者", exact=True).fill("刘长安")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="《众志成城》")).to_be_visible()


def test_where_it_is_used_arrives_by_itself(office: Office):
    room = office.newsroom
    content = room.content(title="用了封面的稿")
    room.draft(content)
    page = office.visit("editor", f"/media/{content.cover_id}/about")
    expect(page.get_by_role("link", name="用了封面的稿")).to_be_visible()
