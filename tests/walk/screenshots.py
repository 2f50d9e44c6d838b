"""The pictures of the README and of docs/, made anew: `.venv/bin/python -m tests.walk.screenshots`.

A whole installation is started in a temporary folder, articles are written, approved and pushed through REST, and the main
pages are photographed at desk and phone width.
"""

from __future__ import annotations

import io
import re
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, sync_playwright

from tests.services import CHROMIUM, CHROMIUM_ARGUMENTS
from tests.walk.installation import PASSWORD, Installation, running_installation
from tests.walk.test_rest_walk import Person

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "images"
STORIES = (
    (
        "frontline",
        "社区里的白大褂",
        "李四",
        "莲湖区的三位社员连续值守十二天，为居民送药上门。",
        (183, 52, 44),
    ),
    (
        "advice",
        "关于西安“健康码”兼容性的建议",
        "王五",
        "建议打通省市两级健康码的数据，减少重复扫码。",
        (47, 72, 110),
    ),
    (
        "calligraphy",
        "笔墨寄深情：抗疫书画作品选",
        "赵六",
        "行书四条屏，以“同舟共济”为题。",
        (120, 104, 78),
    ),
    ("frontline", "方舱里的年夜饭", "钱七", "除夕那天，她在方舱里煮了两百碗饺子。", (61, 107, 88)),
)


def cover(colour: tuple[int, int, int]) -> bytes:
    """Paper, three washes of ink, and a seal."""
    image = Image.new("RGB", (1800, 1200), (244, 239, 228))
    draw = ImageDraw.Draw(image, "RGBA")
    for step, shade in enumerate((60, 110, 200)):
        top = 480 + step * 190
        hills = [(x, top + (60 if x % 600 else -110) - step * 20) for x in range(0, 1801, 300)]
        draw.polygon([(0, 1200), *hills, (1800, 1200)], fill=(*colour, shade))
    draw.ellipse((1330, 170, 1530, 370), fill=(183, 52, 44, 235))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def publish(installation: Installation, editor: Person, story: tuple, until: str) -> int:
    column, title, author, text, colour = story
    asset = editor.call("POST", "/media", 201, files={"file": (f"{title}.jpg", io.BytesIO(cover(colour)))},
                        data={"credit": "摄影 孙八", "alt": title})  # fmt: skip
    body = f"<p>{text}</p><h2>一线</h2><p>{text}大家守望相助，共克时艰。</p><p><img src='{asset['url']}' alt='{title}'></p>"
    article = editor.call("POST", "/articles", 201, json={"column": column, "title": title, "author": author,
                          "digest": text, "source": "社省委宣传处", "cover_id": asset["id"], "body_html": body,
                          "credits": [["供稿", author], ["编辑", "林编辑"]]})  # fmt: skip
    path = f"/articles/{article['id']}"
    editor.call("POST", f"{path}/submit", 200)
    for stage in (1, 2, 3)[: {"approved": 3, "published": 3}.get(until, 1)]:
        Person(installation, f"reviewer{stage}").call(
            "POST",
            f"{path}/reviews",
            201,
            json={"decision": "approve", "checksum": article["checksum"]},
        )
    return int(article["id"])


def prepare(installation: Installation) -> None:
    editor, publisher = Person(installation, "editor"), Person(installation, "publisher")
    ids = [publish(installation, editor, story, "published") for story in STORIES[:3]]
    publish(installation, editor, STORIES[3], "in review")
    edition = publisher.call(
        "POST", "/editions", 201, json={"delivery": "publish", "articles": ids}
    )
    publisher.call("POST", f"/editions/{edition['id']}/push", 202)
    deadline = time.monotonic() + 60
    while publisher.call("GET", f"/editions/{edition['id']}", 200)["status"] != "published":
        if time.monotonic() > deadline:
            raise RuntimeError("the push did not end")
        time.sleep(0.3)


SHOTS = (
    ("desk", "editor", "/"),
    ("articles", "editor", "/articles"),
    ("article", "editor", "/articles/2"),
    ("write", "editor", "/articles/1/edit"),
    ("review", "reviewer2", "/articles/5/review"),
    ("editions", "publisher", "/editions"),
    ("edition", "publisher", "/editions/1"),
    ("columns", "admin", "/columns"),
    ("media", "editor", "/media"),
    ("reports", "auditor", "/reports"),
    ("system", "admin", "/system"),
)


def shoot(browser: Browser, installation: Installation, width: int, suffix: str) -> None:
    contexts = {}
    for name, user, path in SHOTS:
        if user not in contexts:
            contexts[user] = browser.new_context(
                base_url=installation.url, locale="zh-CN", viewport={"width": width, "height": 860}
            )
            page = contexts[user].new_page()
            page.goto("/login")
            page.get_by_label("用户名").fill(user)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name=re.compile("登录")).click()
            page.wait_for_url(lambda url: "/login" not in url)
        page = contexts[user].pages[0]
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(600)
        page.screenshot(path=FOLDER / f"{name}{suffix}.png")


def shoot_phone(browser: Browser, installation: Installation) -> None:
    page = browser.new_context(viewport={"width": 900, "height": 860}).new_page()
    page.goto(installation.sandbox_url)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / "phone.png")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_installation(Path(folder)) as installation,
    ):
        prepare(installation)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=CHROMIUM, args=list(CHROMIUM_ARGUMENTS)
            )
            shoot(browser, installation, 1280, "")
            shoot(browser, installation, 375, "-phone")
            shoot_phone(browser, installation)
            browser.close()


if __name__ == "__main__":
    main()
