"""What no article can hold is taken away with a word about it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.document.embedded import embedded
from webapp.document.from_html import from_html
from webapp.document.text import plain_text
from webapp.kernel.richtext import clean

HOLLOW = ("p", "div", "b", "iframe", "video", "audio", "object", "applet", "canvas", "select",
          "textarea", "noscript", "noembed", "noframes")  # fmt: skip


def told(html: str) -> list[tuple[str, str]]:
    return [(loss.excerpt, loss.message.partition("没有")[0]) for loss in embedded(html)]


def test_each_embedded_thing_is_named_by_what_it_says_of_itself():
    html = (
        '<p>前</p><iframe src="https://v.qq.com/x/1"></iframe><video title="雪夜"><p>看不了</p></video>'
        '<audio src="a.mp3"></audio><embed src="b.swf"><object data="c.pdf"><embed src="d"></object>'
        "<noscript>请打开脚本</noscript><noscript><img src=x></noscript><p>后</p>"
    )
    assert told(html) == [
        ("https://v.qq.com/x/1", "视频或嵌入的网页"),
        ("雪夜", "视频"),
        ("a.mp3", "音频"),
        ("b.swf", "嵌入的对象"),
        ("c.pdf", "嵌入的对象"),
        ("请打开脚本", "只在旧浏览器里显示的文字"),
    ]


def test_what_an_article_can_hold_is_no_loss():
    assert (
        embedded("<p>一</p><table><tr><td>二</td></tr></table><img src=a><style>p{}</style>") == ()
    )


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(HOLLOW), st.sampled_from("天地玄黄宇宙洪荒")), max_size=6)
)
def test_no_letter_vanishes_unsaid(parts: list[tuple[str, str]]):
    html = "".join(f"<{tag}>{letter}</{tag}>" for tag, letter in parts)
    kept = plain_text(from_html(clean(html), asset_for=lambda _: None).document)
    lost = "".join(loss.excerpt for loss in embedded(html))
    assert all(letter in kept + lost for _, letter in parts)
