"""What survives storage, rule by rule; most of it without a server."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.client import Api
from tests.sandbox.server import RunningSandbox
from webapp.sandbox.errors import Refused
from webapp.sandbox.sanitise import STYLE_MARKER, Storage, plain_text, stored

OWN = "http://sandbox/mmbiz_png/key/0?wx_fmt=png"
KEPT = "http://sandbox/mmbiz_png/key/640?wx_fmt=png"


def own_image(url: str) -> str | None:
    return KEPT if url.startswith("http://sandbox/mmbiz_png/key/") else None


BARE = Storage(
    own_image=own_image,
    own_link=lambda url: url.startswith("http://sandbox/s/"),
    rgb=False,
    leaf=False,
    style_marker=False,
)
QUIRKY = Storage(own_image=own_image, own_link=BARE.own_link)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>a<script>x</script><style>p{}</style>b</p>", "<p>ab</p>"),
        (
            "<p onclick='x' id='y' data-z='1' title='t' align='center'>a</p>",
            '<p data-z="1" title="t" align="center">a</p>',
        ),
        (
            '<section data-tongxin="ax1" label="q">a</section>',
            '<section data-tongxin="ax1" label="q">a</section>',
        ),
        ('<p class="135brush mine">a</p>', "<p>a</p>"),
        ('<p class="mine rich_pages wxw-img">a</p>', '<p class="rich_pages wxw-img">a</p>'),
        ('<p style="color:red;position:absolute;top:0">a</p>', '<p style="color:red;top:0">a</p>'),
        ('<p style="position: relative !important">a</p>', "<p>a</p>"),
        ('<p style="--c:red;color:var(--c)">a</p>', '<p style="color:var(--c)">a</p>'),
        (
            "<p style=\"background:url('https://e.org/a.png')\">a</p>",
            '<p style="background:url()">a</p>',
        ),
        (f'<p style="background:url({OWN})">a</p>', f'<p style="background:url({OWN})">a</p>'),
        ("<p style=\"font-family:'Song'\">a</p>", '<p style="font-family:&#39;Song&#39;">a</p>'),
        ('<p style="font-family:&#39;Song&#39;">a</p>', '<p style="">a</p>'),
        (
            '<p style="display:flex;transform:rotate(3deg) !important">a</p>',
            '<p style="display:flex;transform:rotate(3deg) !important">a</p>',
        ),
        ("a<br>b<br/>c", "a<br  />b<br  />c"),
        (
            f'<img src="{OWN}" alt="x" data-w="90">',
            f'<img data-src="{KEPT}" alt="x" data-w="90" />',
        ),
        (f'<img data-src="{KEPT}">', f'<img data-src="{KEPT}" />'),
        ('<p>a<img src="https://e.org/a.png">b</p>', "<p>ab</p>"),
        ('<img src="data:image/png;base64,AA">', ""),
        ('<a href="https://e.org/">a</a>', "<a>a</a>"),
        ('<a href="#part">a</a>', "<a>a</a>"),
        ('<a href="javascript:x">a</a>', "<a>a</a>"),
        (
            '<a href="https://mp.weixin.qq.com/s/x">a</a>',
            '<a href="https://mp.weixin.qq.com/s/x">a</a>',
        ),
        ('<a href="http://sandbox/s/x">a</a>', '<a href="http://sandbox/s/x">a</a>'),
        ('<div style="color:red"><p>a</p>b<b>c</b></div>', "<p>a</p><p>b<b>c</b></p>"),
        ('<div style="color:red">a<b>c</b></div>', '<div style="color:red">a<b>c</b></div>'),
        ("<form><label>a</label><input value='b'></form>", "a"),
        ('<iframe src="https://e.org"></iframe>', "<iframe></iframe>"),
        (
            '<iframe class="video_iframe" data-mpvid="v" data-src="https://mp.weixin.qq.com/v"></iframe>',
            '<iframe class="video_iframe" data-mpvid="v" data-src="https://mp.weixin.qq.com/v"></iframe>',
        ),
        ("a&nbsp;&lt;b&gt; &amp; c", "a&nbsp;&lt;b&gt; &amp; c"),
        (
            "<table><tr><td colspan='2'>1</td></tr></table>",
            '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>',
        ),
        (
            '<svg viewBox="0 0 9 9"><path d="M0 0"></path></svg>',
            '<svg viewBox="0 0 9 9"><path d="M0 0"></path></svg>',
        ),
        ("<!-- a --><p>b</p>", "<p>b</p>"),
        ("", ""),
    ],
)
def test_storage_keeps_and_drops(before: str, after: str):
    assert stored(before, BARE) == after


def test_colours_turn_leaves_appear_and_a_marker_is_hung_on():
    assert stored('<p style="color:#b7342c">a<b>c</b></p>', QUIRKY) == (
        '<p style="color:rgb(183, 52, 44)"><span leaf="">a</span><b><span leaf="">c</span></b></p>'
        + STYLE_MARKER
    )


def test_outside_links_may_refuse_the_whole_text():
    strict = Storage(own_image=own_image, own_link=BARE.own_link, refuse_outside_links=True)
    with pytest.raises(Refused) as refused:
        stored('<a href="https://e.org">a</a>', strict)
    assert refused.value.errcode == 45166


def test_nesting_beyond_reason_is_invalid_content():
    with pytest.raises(Refused) as refused:
        stored("<section>" * 20_000, BARE)
    assert refused.value.errcode == 45166


def test_plain_text_has_no_tags_and_no_scripts():
    assert plain_text("<p>一<b>二</b></p><script>x</script>\n三") == "一二\n三"


PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<div style='color:#fff'>", "</div>", "<section id=a data-b='1'>", "</section>", "<b>", "</b>",
        "<ul><li>", "</li></ul>", "<table><td>", "<br>", "<script>", "</script>", "<style>", "<svg><p>", "<math><a>",
        f"<img src='{OWN}'>", "<img src=x onerror=y>", "<a href='//e.org'>", "</a>", "&nbsp;", "&lt;", "<!--", "-->",
        "文字", "a'b", '"', "<p style=\"position:fixed;color:red'\">", "<template>", "<iframe srcdoc=x>", "<textarea>",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
@settings(deadline=None)
def test_what_was_stored_once_is_stored_the_same_again(html: str):
    once = stored(html, QUIRKY)
    assert stored(once.replace("&#39;", "'"), QUIRKY).replace("&#39;", "'") == once.replace(
        "&#39;", "'"
    )
    for bad in ("<script", "<style>", "onerror", "srcdoc", "e.org", " id=", "position:fixed"):
        assert bad not in once


def test_the_state_shows_what_was_sent_beside_what_was_stored(sandbox: RunningSandbox, api: Api):
    own, content = api.content_image(), '<p id="x">逆行</p><img src="{}">'
    api.draft(api.article(content=content.format(own)))
    (article,) = sandbox.state()["drafts"][0]["articles"]
    assert article["content_received"] == content.format(own)
    assert "id=" not in article["content"]
    assert f'data-src="{own.replace("/0?", "/640?")}"' in article["content"]


def test_quirks_can_be_turned_off(sandbox: RunningSandbox, api: Api):
    sandbox.settings(quirks=[])
    assert api.stored('<p style="color:#fff">a</p>') == '<p style="color:#fff">a</p>'
