from typing import Any

import pytest
import requests

from tests.sandbox.client import Api, picture
from tests.sandbox.server import APPID, RunningSandbox, account, quick_config, running_sandbox
from webapp.sandbox.phone_view import _crop, day_label


def page(sandbox: RunningSandbox, path: str = "/") -> requests.Response:
    return requests.get(sandbox.base_url + path, timeout=5)


def test_followers_see_what_was_published_and_not_the_drafts(sandbox: RunningSandbox, api: Api):
    api.publish(api.draft(api.article(title="已发布的头条"), api.article(title="已发布的次条")))
    api.draft(api.article(title="还是草稿"))
    seen = page(sandbox).text
    assert "已发布的头条" in seen
    assert "已发布的次条" in seen
    assert "还是草稿" not in seen
    box = page(sandbox, f"/?account={APPID}&tab=drafts").text
    assert "还是草稿" in box
    assert "草稿 · 粉丝看不到" in box
    assert "已发布的头条" not in box


def test_the_newest_stands_first(sandbox: RunningSandbox, api: Api):
    for title in ("先发的", "后发的"):
        api.publish(api.draft(api.article(title=title)))
    seen = page(sandbox).text
    assert seen.index("后发的") < seen.index("先发的")


def test_an_empty_account_says_what_to_do(sandbox: RunningSandbox):
    assert "还没有推送过内容" in page(sandbox).text
    assert "草稿箱是空的" in page(sandbox, "/?tab=drafts").text


def test_the_permanent_address_shows_text_author_and_pictures(sandbox: RunningSandbox, api: Api):
    url = api.content_image()
    text = f'<p style="color:#b7342c">逆行</p><img src="{url}" alt="值守">'
    told = api.publish(
        api.draft(api.article(content=text, content_source_url="https://example.org/1"))
    )
    shown = requests.get(told["article_detail"]["item"][0]["article_url"], timeout=5)
    assert "逆行" in shown.text
    assert "宣传处" in shown.text
    assert 'href="https://example.org/1"' in shown.text
    path = url.removeprefix(sandbox.base_url).replace("/0?", "/640?")
    assert f'src="{path}"' in shown.text
    assert page(sandbox, path).headers["Content-Type"] == "image/png"


def test_a_title_is_text_and_no_foreign_script_may_run(sandbox: RunningSandbox, api: Api):
    told = api.publish(api.draft(api.article(title="<b>题</b>")))
    shown = requests.get(told["article_detail"]["item"][0]["article_url"], timeout=5)
    assert "&lt;b&gt;题&lt;/b&gt;" in shown.text
    policy = shown.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy


def test_a_draft_can_be_previewed_until_it_is_published(sandbox: RunningSandbox, api: Api):
    media_id = api.draft()
    url = api.post("draft/get", {"media_id": media_id})["news_item"][0]["url"]
    assert "草稿预览" in requests.get(url, timeout=5).text
    api.publish(media_id)
    gone = requests.get(url, timeout=5)
    assert (gone.status_code, "打不开这个页面" in gone.text) == (404, True)


def test_a_newspic_is_pictures_to_slide(sandbox: RunningSandbox, api: Api):
    ids = [{"image_media_id": api.image(picture("JPEG"))} for _ in range(3)]
    newspic: dict[str, Any] = {
        "article_type": "newspic",
        "title": "松竹梅",
        "content": "①《松》<不是标签",
        "image_info": {"image_list": ids},
        "cover_info": {
            "crop_percent_list": [
                {"ratio": "2.35_1", "x1": "0", "y1": "0.25", "x2": "1", "y2": "0.75"}
            ]
        },
    }
    told = api.publish(api.draft(newspic))
    shown = requests.get(told["article_detail"]["item"][0]["article_url"], timeout=5).text
    assert shown.count("<figure>") == 3
    assert "①《松》" in shown
    feed = page(sandbox).text
    assert "3 图" in feed
    assert "background-size:100.00% 200.00%;background-position:0.00% 50.00%" in feed


def test_a_crop_is_shown_by_size_and_position():
    assert (
        _crop("0.5_0_1_0.5") == "background-size:200.00% 200.00%;background-position:100.00% 0.00%"
    )
    assert _crop("") == _crop("a_b") == _crop("0.5_0_0.5_1") == _crop("0_0_0_0") == ""


@pytest.mark.parametrize(
    ("at", "label"),
    [
        (1_795_492_800, "今天 12:00"),
        (1_795_492_800 - 86_400, "昨天 12:00"),
        (1_795_492_800 - 4 * 86_400, "11月20日 12:00"),
        (1_795_492_800 - 400 * 86_400, "2025年10月20日 12:00"),
    ],
)
def test_days_are_named_as_people_name_them(at: float, label: str):
    assert day_label(at, 1_795_492_800) == label


def test_several_accounts_can_be_chosen(tmp_path):
    other = account(appid="wx5a4db0c0000000002", secret="b" * 32, name="另一个号")
    with running_sandbox(quick_config(accounts=(account(), other))) as sandbox:
        seen = page(sandbox).text
        assert "另一个号" in seen
        assert page(sandbox, f"/?account={other.appid}").status_code == 200
        assert page(sandbox, "/?account=wx0").status_code == 404


def test_what_is_not_there_is_said_in_chinese(sandbox: RunningSandbox):
    for path in ("/s/none", "/s/t_none", "/mmbiz_png/none/0", "/mmvideo/none"):
        missing = page(sandbox, path)
        assert missing.status_code == 404
        assert "没有这" in missing.text
