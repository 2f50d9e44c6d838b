"""Other people's client against the sandbox: wechatpy, which sends no Content-Type and fetches its own tokens."""

import io

import pytest
from wechatpy import WeChatClient
from wechatpy.exceptions import APILimitedException, WeChatClientException

from tests.sandbox.client import picture
from tests.sandbox.server import APPID, SECRET, RunningSandbox


@pytest.fixture
def client(sandbox: RunningSandbox) -> WeChatClient:
    """Its token address is written into a method; only that one is replaced."""

    class Client(WeChatClient):  # type: ignore[misc]  # wechatpy is untyped
        API_BASE_URL = f"{sandbox.base_url}/cgi-bin/"

        def fetch_access_token(self):
            params = {"grant_type": "client_credential", "appid": self.appid, "secret": self.secret}
            return self._fetch_access_token(f"{self.API_BASE_URL}token", params)

    return Client(APPID, SECRET, timeout=5)


def article(media_id: str, **changes: object) -> dict[str, object]:
    return {"title": "同心", "content": "<p>抗疫</p>", "thumb_media_id": media_id} | changes


def test_wechatpy_drafts_publishes_and_reads(client: WeChatClient):
    cover = client.material.add("image", ("a.png", picture(), "image/png"))["media_id"]
    url = client.media.upload_image(("a.png", picture(), "image/png"))
    media_id = client.draft.add([article(cover, content=f'<p>抗疫<img src="{url}"></p>')])[
        "media_id"
    ]
    assert client.draft.count()["total_count"] == 1
    (item,) = client.draft.get(media_id)["news_item"]
    assert (item["title"], "data-src" in item["content"]) == ("同心", True)
    assert client.draft.update(media_id, 0, article(cover, title="新"))["errcode"] == 0
    assert client.draft.batchget(no_content=1)["item"][0]["media_id"] == media_id
    publish_id = client.freepublish.submit(media_id)["publish_id"]
    told = client.freepublish.get(publish_id)
    assert client.freepublish.getarticle(told["article_id"])["news_item"][0]["title"] == "新"
    assert client.freepublish.batchget(0, 20)["total_count"] == 1
    assert client.freepublish.delete(told["article_id"], 1)["errcode"] == 0


def test_wechatpy_sends_to_all(client: WeChatClient, sandbox: RunningSandbox):
    cover = client.material.add("image", io.BytesIO(picture()))["media_id"]
    media_id = client.draft.add([article(cover)])["media_id"]
    reply = client.message.send_mass_article(media_id, is_to_all=True, client_msg_id="a")
    assert client.message.get_mass(reply["msg_id"])["msg_status"] == "SEND_SUCCESS"
    post = sandbox.state()["published"][0]
    listed = client.material.open_comment(post["msg_data_id"], 0)
    assert listed["errcode"] == 0
    assert client.message.delete_mass(reply["msg_id"])["errcode"] == 0


def test_wechatpy_understands_refusals(client: WeChatClient, sandbox: RunningSandbox):
    with pytest.raises(WeChatClientException) as refused:
        client.draft.get("nothing")
    assert refused.value.errcode == 40007
    sandbox.settings(daily_limits={"/cgi-bin/draft/count": 0})
    with pytest.raises(APILimitedException):
        client.draft.count()


def test_wechatpy_fetches_a_new_token_when_one_runs_out(
    client: WeChatClient, sandbox: RunningSandbox
):
    client.draft.count()
    sandbox.fault(path="draft/count", kind="expire_token")
    assert client.draft.count()["total_count"] == 0
