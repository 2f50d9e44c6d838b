"""The writing page: what is typed is never lost, and what is wrong can be seen and mended where it stands."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.office import PHONE, Office, overflow, violations
from tests.browser.writing import saved, type_at_end
from tests.cast import body_of, picture
from tests.thorough import thorough
from webapp.articles.content import content_of
from webapp.articles.queries import (
    find_autosave,
    get_article,
    head_revision,
    list_revisions,
)
from webapp.articles.service import revise

pytestmark = pytest.mark.browser


def sheet(page: Page) -> object:
    return page.locator(".tx-content")


def head_title(office: Office, article_id: int) -> str:
    return office.newsroom.article(article_id).title


def save_as_colleague(office: Office, article_id: int, title: str) -> None:
    actor, content = office.newsroom.actor("editor2"), office.newsroom.content(title=title)
    with office.newsroom.step() as session:
        article = get_article(session, article_id)
        revise(session, article, content, base_revision=article.revision, actor=actor,
               now=office.newsroom.clock())  # fmt: skip


def test_from_blank_paper_to_review(office: Office):
    page = office.visit("editor", "/articles/new")
    page.get_by_text("同心同行 抗疫有我").click()
    page.get_by_role("button", name="开始写").click()
    page.wait_for_selector("html[data-ready]")
    page.get_by_label("标题", exact=True).fill("走廊尽头的灯")
    page.keyboard.press("Enter")
    page.keyboard.type("李四")
    page.locator(".tx-content").click()
    page.keyboard.type("她已经站在医院感染科的走廊里。")
    page.locator("[data-cover-file]").set_input_files(
        {"name": "cover.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    expect(page.locator("[data-cover-shown]")).to_be_visible()
    saved(page)
    expect(page.locator(".phone-screen iframe:not([aria-hidden])").content_frame.locator("body")).to_contain_text("走廊里")  # fmt: skip
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/articles/\d+$"))
    expect(page.get_by_role("status")).to_contain_text("已送审，等初审。")
    expect(page.locator(".article-column")).to_contain_text("待初审")


def test_what_is_typed_is_saved_and_there_after_a_reload(office: Office):
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    type_at_end(page, "又添了一句。")
    saved(page)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".tx-content")).to_contain_text("又添了一句。")
    expect(page.locator("[data-notices]")).to_contain_text("自动存下的稿子")
    with office.newsroom.step() as session:
        assert len(list_revisions(session, article_id)) == 1


def test_an_autosave_is_dropped_with_a_way_back(office: Office):
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    type_at_end(page, "又添了一句。")
    saved(page)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("button", name="不要它，回到第 1 版").click()
    expect(page.locator(".tx-content")).not_to_contain_text("又添了一句。")
    page.get_by_role("button", name="撤销").last.click()
    expect(page.locator(".tx-content")).to_contain_text("又添了一句。")
    saved(page)


def test_a_named_revision_takes_one_key_and_its_name_after(office: Office):
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    type_at_end(page, "定了。")
    page.keyboard.press("Control+s")
    expect(page.get_by_role("status").last).to_contain_text("存作第 2 版")
    page.get_by_role("button", name="起个名字").click()
    page.get_by_label("版本的名字").fill("会后定稿")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").last).to_contain_text("这一版叫“会后定稿”")
    with office.newsroom.step() as session:
        named = head_revision(session, get_article(session, article_id))
        assert (named.number, named.name) == (2, "会后定稿")
        assert "定了。" in str(content_of(named).body.to_json())
        assert find_autosave(session, article_id) is None


def test_saving_while_an_autosave_is_under_way_is_no_conflict(office: Office):
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    held: list[Route] = []
    page.route("**/autosave", lambda route: held.append(route))
    with page.expect_request("**/autosave"):
        type_at_end(page, "第一句。")
    page.keyboard.press("Control+s")
    expect(page.locator("[data-toasts]")).to_contain_text("存作第 2 版")
    with page.expect_response("**/autosave") as late:
        held[0].continue_()
    assert late.value.status == 409
    page.unroute("**/autosave")
    type_at_end(page, "末一句。")
    saved(page)
    assert page.locator("[data-conflict-notice]").count() == 0


def test_a_finding_leads_to_its_words_and_mends_them(office: Office):
    article_id = office.newsroom.draft(
        office.newsroom.content(text="截止目前，已经完成。截止目前，还在继续。")
    )
    page = office.write("editor", article_id)
    page.get_by_role("tab", name="检查").click()
    group = page.locator(".findings", has_text="截止与截至")
    group.get_by_role("button", name="“截止目前”应为“截至目前”").first.click()
    assert page.evaluate("getSelection().toString()") == "截止目前"
    group.get_by_role("button", name="这 2 处都改好").click()
    expect(page.locator(".tx-content")).to_contain_text("截至目前，已经完成。截至目前，还在继续。")
    expect(group).to_have_count(0)
    saved(page)


def test_a_finding_is_ignored_for_a_reason_and_the_reason_stays(office: Office):
    article_id = office.newsroom.draft(office.newsroom.content(text="截止目前，已经完成。"))
    page = office.write("editor", article_id)
    page.get_by_role("tab", name="检查").click()
    page.get_by_role("button", name="忽略或放行…").click()
    page.get_by_label("理由，审核会看到").fill("引文如此")
    page.keyboard.press("Enter")
    expect(page.locator(".findings-answered")).to_have_count(1)
    expect(page.locator(".tx-finding")).to_have_count(0)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("tab", name="检查").click()
    page.locator(".findings-answered summary").click()
    expect(page.locator(".findings-answered")).to_contain_text("editor姓名忽略：引文如此（写作，")
    page.get_by_role("button", name="收回答复").click()
    expect(page.locator(".findings-answered")).to_have_count(0)
    expect(page.locator(".tx-finding")).to_have_count(1)


def test_what_has_no_fix_is_accepted_and_a_phrase_is_let_pass_with_the_words_around_it(
    office: Office,
):
    text = "截止目前，已经完成。志愿者（都来了。"
    page = office.write("editor", office.newsroom.draft(office.newsroom.content(text=text)))
    page.get_by_role("tab", name="检查").click()
    item = page.locator(".finding", has_text="截止目前")
    item.get_by_role("button", name="忽略或放行…").click()
    item.get_by_label("理由，审核会看到").fill("文件原句")
    item.get_by_label("以后都放行的词句").fill("别的词")
    item.get_by_role("button", name="以后都放行").click()
    expect(item.get_by_role("alert")).to_contain_text("要有“截止目前”")
    item.get_by_label("以后都放行的词句").fill("截止目前，已经")
    item.get_by_role("button", name="以后都放行").click()
    expect(item).to_have_count(0)
    expect(page.locator("[data-toasts]")).to_contain_text("以后都放行“截止目前，已经”")
    page.locator(".finding", has_text="没有成对").get_by_role("button", name="采纳").click()
    expect(page.locator(".findings-answered")).to_have_count(1)
    expect(page.locator(".tx-finding")).to_have_count(0)
    assert violations(page) == []


def test_a_finding_in_what_is_just_typed_can_be_answered_too(office: Office):
    page = office.write("editor", office.newsroom.draft())
    page.get_by_role("tab", name="检查").click()
    type_at_end(page, "截止目前，还在写。")
    page.get_by_role("button", name="忽略或放行…").click()
    page.get_by_label("理由，审核会看到").fill("引文如此")
    page.keyboard.press("Enter")
    expect(page.locator(".findings-answered")).to_have_count(1)


def test_what_must_be_mended_comes_first_and_keeps_the_article_here(office: Office):
    article_id = office.newsroom.draft(
        office.newsroom.content(cover_id=None, text="截止目前，已经完成。")
    )
    page = office.write("editor", article_id)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").last).to_contain_text("必须先改")
    expect(page.locator(".findings").first).to_contain_text("没有封面")
    page.get_by_role("button", name="还没有封面图").click()
    expect(page.locator("[data-cover]")).to_be_in_viewport()
    assert office.newsroom.article(article_id).status == "draft"


def test_two_writers_see_both_texts_and_lose_neither(office: Office):
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    save_as_colleague(office, article_id, "同事的题目")
    page.get_by_label("标题", exact=True).fill("我的题目")
    expect(page.locator("[data-conflict-notice]")).to_contain_text("您写的没有丢")
    page.get_by_role("button", name="对照两份").click()
    page.wait_for_url("**/conflict")
    for words in ("同事的题目", "我的题目"):
        expect(page.locator(".two-texts")).to_contain_text(words)
    assert violations(page) == []
    page.get_by_role("button", name="以我的为准").click()
    page.wait_for_selector("html[data-ready]")
    expect(page.get_by_label("标题", exact=True)).to_have_value("我的题目")
    assert page.get_by_role("dialog").count() == 0
    with office.newsroom.step() as session:
        titles = [r.title for r in list_revisions(session, article_id)]
    assert titles == ["我的题目", "同事的题目", "社区里的白大褂"]


def test_who_comes_second_sees_who_is_writing_and_may_take_over(office: Office):
    article_id = office.newsroom.draft()
    first = office.write("editor", article_id)
    type_at_end(first, "先到的人写的。")
    saved(first)
    second = office.write("editor2", article_id)
    expect(second.locator("[data-notices]")).to_contain_text("editor姓名正在写这一篇")
    expect(second.locator(".tx-content")).to_contain_text("先到的人写的。")
    second.locator(".tx-content").click()
    second.keyboard.type("写不进去")
    expect(second.locator(".tx-content")).not_to_contain_text("写不进去")
    second.get_by_role("button", name="接手来写").click()
    expect(second.locator("[data-writer-notice]")).to_have_count(0)
    type_at_end(second, "接着写的。")
    saved(second)
    type_at_end(first, "还在写。")
    expect(first.locator("[data-conflict-notice]")).to_contain_text("您写的没有丢")
    first.get_by_role("button", name="对照两份").click()
    first.wait_for_url("**/conflict")
    expect(first.locator(".two-texts")).to_contain_text("还在写。")


def test_without_a_network_the_text_stays_here_and_goes_up_later(office: Office):
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    page.context.set_offline(True)
    type_at_end(page, "断网时写的。")
    expect(page.locator("[data-saved]")).to_contain_text("离线，已存在本机")
    page.context.set_offline(False)
    saved(page)
    with office.newsroom.step() as session:
        autosaved = find_autosave(session, article_id)
        assert autosaved is not None
        assert "断网时写的。" in str(autosaved.content)


def test_a_pasted_page_says_what_it_changed_and_each_change_is_put_back(office: Office):
    article_id = office.newsroom.draft(office.newsroom.content(text="开头。"))
    page = office.write("editor", article_id)
    sheet, told = page.locator(".tx-content"), page.locator("#panel-cleanups")
    sheet.locator("p").last.click()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.evaluate(
        """(html) => {
          const data = new DataTransfer();
          data.setData('text/html', html);
          document.querySelector('.tx-content').dispatchEvent(
            new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        '<p class="MsoNormal">他说,<b>很好</b>.</p><p class="MsoNormal">再见!</p>',
    )
    expect(sheet).to_contain_text("他说，很好")
    page.locator("[data-toasts]").get_by_role("button", name="看改了什么").click()
    expect(told).to_contain_text("改了 3 处")
    comma = told.locator("li", has_text="他说")
    comma.first.get_by_role("button", name="恢复原样").click()
    expect(sheet).to_contain_text("他说,很好。")
    expect(comma.first).to_contain_text("已恢复原样")
    expect(sheet.locator("strong")).to_have_text("很好")
    assert violations(page) == []
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.get_by_role("tab", name="清理").click()
    expect(comma.first).to_contain_text("已恢复原样")
    comma.first.get_by_role("button", name="重新应用").click()
    expect(sheet).to_contain_text("他说，很好。")
    sheet.locator("p").last.click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("都重写过了")
    told.locator("li", has_text="再见").get_by_role("button", name="恢复原样").click()
    expect(page.locator("[data-toasts]")).to_contain_text("认不出原来的位置")
    saved(page)


def test_the_cover_is_chosen_from_the_text_and_cut_round_a_point(office: Office):
    article_id = office.newsroom.draft(office.newsroom.content(cover_id=None, pictures=1))
    page = office.write("editor", article_id)
    page.get_by_role("button", name="从正文里选").click()
    page.get_by_role("button", name="用这一张作封面").click()
    whole = page.get_by_role("button", name="点图上要留住的地方")
    expect(whole.locator("img")).to_have_js_property("complete", True)
    with page.expect_response(lambda r: "/cover/" in r.url and r.request.method == "POST"):
        whole.click(position={"x": 20, "y": 20})
    saved(page)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    place = page.locator("[data-cover-focal]").evaluate("one => parseFloat(one.style.left)")
    assert 5 < place < 15


def test_limits_are_told_as_one_writes(office: Office):
    page = office.write("editor", office.newsroom.draft())
    page.get_by_label("标题", exact=True).fill("很长的题目" * 7)
    expect(page.locator('[data-bar-word="title"]')).to_have_text("标题 70/64，超了 6")
    expect(page.locator('[data-bar="title"]')).to_have_class(re.compile("bar-over"))


def test_the_outline_leads_through_the_text(office: Office):
    body = {"type": "doc", "content": [
        *body_of(*["一段文字。"] * 30).to_json()["content"],
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "守望"}]},
        *body_of(*["一段文字。"] * 10).to_json()["content"],
    ]}  # fmt: skip
    content = office.newsroom.content()
    article_id = office.newsroom.draft(
        type(content)(**{**vars(content), "body": type(content.body).parse(body)})
    )
    page = office.write("editor", article_id)
    page.locator("[data-outline]").get_by_role("button", name="守望").click()
    expect(page.locator(".tx-content h2")).to_be_in_viewport()


def test_a_folded_side_stays_folded(office: Office):
    page = office.write("editor", office.newsroom.draft())
    page.get_by_role("button", name="旁栏").click()
    expect(page.locator(".write-pane")).to_be_hidden()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".write-pane")).to_be_hidden()
    page.get_by_role("button", name="旁栏").click()
    expect(page.locator(".write-pane")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=thorough)])
def test_axe_finds_nothing_serious_on_the_writing_page(scheme: str, office: Office):
    article_id = office.newsroom.draft(
        office.newsroom.content(text="截止目前，已经完成。", pictures=1)
    )
    page = office.write("editor", article_id, color_scheme=scheme)
    found = {}
    for tab in ("手机预览", "检查", "清理", "历史"):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_load_state("networkidle")
        if problems := violations(page):
            found[tab] = problems
    assert found == {}


def test_on_a_phone_every_part_is_one_tap_away(office: Office):
    article_id = office.newsroom.draft(office.newsroom.content(text="截止目前，已经完成。"))
    page = office.write("editor", article_id, viewport=PHONE, has_touch=True)
    assert overflow(page) == 0
    for word, part in (
        ("稿头", page.get_by_role("textbox", name="摘要")),
        ("预览", page.locator("[data-preview]")),
        ("检查", page.locator(".findings").first),
        ("正文", page.locator(".tx-content")),
    ):
        page.locator(".write-views").get_by_text(word).tap()
        expect(part).to_be_visible()
        assert overflow(page) == 0, word
    assert violations(page) == []


def test_an_expired_session_keeps_the_text_and_says_so(office: Office):
    article_id = office.newsroom.draft()
    page = office.write("editor", article_id)
    page.context.clear_cookies()
    type_at_end(page, "登录过期后写的。")
    expect(page.locator("[data-saved]")).to_contain_text("登录已过期")
    assert head_title(office, article_id) == "社区里的白大褂"
    copy = page.evaluate("JSON.stringify(localStorage)")
    assert "登录过期后写的。" in copy
