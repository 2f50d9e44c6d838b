"""The gateway over HTTPS. The only module that imports wechatpy.

wechatpy 2.0.0a26 is kept on a short lead: its own retry has no counter and sends empty files, its token request has
neither timeout nor configurable host, `draft.add` drops fields, and what is not JSON comes back as if it had worked.
So it encodes, sends and reads the errcode; tokens, the one retry, timeouts and errors are here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import requests
from wechatpy.client import WeChatClient
from wechatpy.exceptions import WeChatClientException

from webapp.kernel.clock import utc_now
from webapp.wechat import gateway as g
from webapp.wechat import replies
from webapp.wechat.codes import CLIENT_MSG_ID_KNOWN, TOKEN_REJECTED, error_of
from webapp.wechat.errors import GatewayError, NotReached, OutcomeUnknown, Refused
from webapp.wechat.token import Token, TokenKeeper, TokenStore
from webapp.wechat.transport import PatientAdapter, answer_of, failure_of, unreadable

T = TypeVar("T")

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_EXTENSIONS = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/bmp": ".bmp"}


class _Connection(WeChatClient):  # type: ignore[misc]  # wechatpy has no types
    """wechatpy without its own token handling, retry and guesses."""

    def __init__(self, appid: str, base_url: str, adapter: PatientAdapter) -> None:
        super().__init__(appid, secret="", auto_retry=False)
        self.API_BASE_URL = f"{base_url.rstrip('/')}/cgi-bin/"
        self._http.mount("https://", adapter)
        self._http.mount("http://", adapter)

    def close(self) -> None:
        self._http.close()

    def fetch_access_token(self) -> None:
        raise NotImplementedError("tokens are the TokenKeeper's")

    def _decode_result(self, res: requests.Response) -> dict[str, Any]:
        return answer_of(res)


class WeChatGateway:
    """One official account. Safe to use from several threads."""

    def __init__(
        self,
        *,
        appid: str,
        secret: str,
        store: TokenStore,
        base_url: str = "https://api.weixin.qq.com",
        connect_seconds: float = 5,
        read_seconds: float = 30,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        adapter = PatientAdapter(connect_seconds=connect_seconds, read_seconds=read_seconds)
        self._connection = _Connection(appid, base_url, adapter)
        self._appid = appid
        self._secret = secret
        self._now = now
        self._tokens = TokenKeeper(appid, store, self._fetch_token, now)

    def __repr__(self) -> str:
        return f"WeChatGateway({self._appid})"

    def close(self) -> None:
        self._connection.close()

    def check_token(self) -> int:
        return int((self._tokens.refetch().expires_at - self._now()).total_seconds())

    def upload_body_image(self, name: str, data: bytes, mime: str) -> str:
        return self._upload(replies.body_image_url, "media/uploadimg", {}, name, data, mime)

    def upload_cover(self, name: str, data: bytes, mime: str) -> g.MaterialReply:
        query = {"type": "image"}
        return self._upload(replies.material, "material/add_material", query, name, data, mime)

    def add_draft(self, articles: Sequence[g.DraftArticle]) -> str:
        body = {"articles": [article_json(article) for article in articles]}
        return self._post(replies.text_at("media_id"), "draft/add", body)

    def get_draft(self, media_id: str) -> g.DraftContent:
        return self._post(replies.draft_content, "draft/get", {"media_id": media_id})

    def delete_draft(self, media_id: str) -> None:
        self._post(_nothing, "draft/delete", {"media_id": media_id})

    def list_drafts(self, *, offset: int, count: int, no_content: bool) -> g.DraftPage:
        body = {"offset": offset, "count": count, "no_content": int(no_content)}
        return self._post(replies.draft_page, "draft/batchget", body)

    def count_drafts(self) -> int:
        return replies.understood(replies.total_count, self._call("get", "draft/count"))

    def submit_publish(self, media_id: str) -> str:
        return self._post(
            replies.text_at("publish_id"), "freepublish/submit", {"media_id": media_id}
        )

    def publish_status(self, publish_id: str) -> g.PublishStatus:
        return self._post(replies.publish_status, "freepublish/get", {"publish_id": publish_id})

    def list_published(self, *, offset: int, count: int, no_content: bool) -> g.PublishedPage:
        body = {"offset": offset, "count": count, "no_content": int(no_content)}
        return self._post(replies.published_page, "freepublish/batchget", body)

    def get_published(self, article_id: str) -> tuple[g.StoredArticle, ...]:
        return self._post(
            replies.stored_articles, "freepublish/getarticle", {"article_id": article_id}
        )

    def delete_published(self, article_id: str, index: int) -> None:
        self._post(_nothing, "freepublish/delete", {"article_id": article_id, "index": index})

    def mass_send(self, media_id: str, *, client_msg_id: str, tag_id: int | None) -> g.MassReply:
        audience = {"is_to_all": True} if tag_id is None else {"is_to_all": False, "tag_id": tag_id}
        body = {
            "filter": audience,
            "mpnews": {"media_id": media_id},
            "msgtype": "mpnews",
            "send_ignore_reprint": 0,
            "clientmsgid": client_msg_id,
        }
        try:
            return self._post(replies.mass_reply, "message/mass/sendall", body)
        except Refused as refusal:
            if refusal.errcode != CLIENT_MSG_ID_KNOWN:
                raise
            known = refusal.reply
        msg_id = replies.understood(replies.text_at("msg_id"), known)
        return g.MassReply(msg_id=msg_id, already=True)

    def mass_status(self, msg_id: str) -> g.MassStatus:
        return self._post(replies.mass_status, "message/mass/get", {"msg_id": msg_id})

    def quota(self, path: str) -> g.Quota:
        return self._post(replies.quota(path), "openapi/quota/get", {"cgi_path": path})

    def _post(self, parse: Callable[[replies.Reply], T], path: str, body: Mapping[str, Any]) -> T:
        reply = self._call("post", path, data=dict(body), headers=_JSON)
        return replies.understood(parse, reply)

    def _upload(
        self,
        parse: Callable[[replies.Reply], T],
        path: str,
        query: Mapping[str, str],
        name: str,
        data: bytes,
        mime: str,
    ) -> T:
        # Bytes, not a file object: a file would be at its end when the call is repeated.
        files = {"media": (_plain_name(name, mime), data, mime)}
        return replies.understood(parse, self._call("post", path, query, files=files))

    def _call(
        self, method: str, path: str, query: Mapping[str, str] | None = None, **request: Any
    ) -> dict[str, Any]:
        """One request; a second one with a new token only when the platform refused the first for its token."""
        token = self._tokens.current().value
        try:
            return self._send(method, path, {**(query or {}), "access_token": token}, **request)
        except Refused as refusal:
            if refusal.errcode not in TOKEN_REJECTED:
                raise
        token = self._tokens.renew(rejected=token).value
        return self._send(method, path, {**(query or {}), "access_token": token}, **request)

    def _fetch_token(self) -> Token:
        body = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": self._secret,
            "force_refresh": False,
        }
        asked_at = self._now()
        try:
            # A query that is not a dict keeps wechatpy from adding an access token to it.
            reply = self._send("post", "stable_token", "", data=body, headers=_JSON)
            value = replies.understood(replies.text_at("access_token"), reply)
            seconds = replies.understood(replies.seconds, reply)
        except OutcomeUnknown:
            pass
        else:
            return Token(value=value, expires_at=asked_at + timedelta(seconds=seconds))
        # Without a token the call proper was not made: for the caller the outcome is known.
        raise NotReached(
            "没有从微信取得访问凭证，操作没有发出，公众号上没有变化。系统会自动再试。",
            code="wechat_no_token",
        )

    def _send(
        self, method: str, path: str, query: Mapping[str, str] | str, **request: Any
    ) -> dict[str, Any]:
        """Errors are raised after the `except`, so that none of them holds on to the one that knows the address."""
        hide = (
            (self._secret, query["access_token"]) if isinstance(query, Mapping) else (self._secret,)
        )
        failure: GatewayError
        try:
            # A redirect would carry the body, and once the AppSecret, to another host.
            reply: dict[str, Any] = getattr(self._connection, method)(
                path, params=query, allow_redirects=False, **request
            )
            return reply
        except WeChatClientException as error:
            answer = _answer_in(error)
            failure = error_of(answer, hide) if answer else unreadable(error.response)
        except requests.RequestException as error:
            failure = failure_of(error)
        raise failure


def _answer_in(error: WeChatClientException) -> dict[str, Any] | None:
    """What the platform answered, or None when wechatpy raised for the HTTP status alone."""
    return None if error.errcode is None else answer_of(error.response)


def _nothing(reply: replies.Reply) -> None:
    return None


def _plain_name(name: str, mime: str) -> str:
    """ASCII only: a name in any other script would go out as `filename*=`, which the platform takes for no file."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "", name.rsplit(".", 1)[0])[:40]
    return (stem or "image") + _EXTENSIONS.get(mime, "")


def article_json(article: g.DraftArticle) -> dict[str, Any]:
    """The article as `draft/add` wants it. What is empty is left out, so that the platform's defaults apply."""
    fields: dict[str, Any] = {
        "article_type": article.kind,
        "title": article.title,
        "author": article.author,
        "digest": article.digest,
        "content": article.content,
        "content_source_url": article.source_url,
        "thumb_media_id": article.cover_media_id,
        "need_open_comment": int(article.open_comments),
        "only_fans_can_comment": int(article.fans_only_comments),
        **article.crops,
    }
    if article.image_media_ids:
        images = [{"image_media_id": media_id} for media_id in article.image_media_ids]
        fields["image_info"] = {"image_list": images}
    if article.cover_crops:
        crops = [vars(crop) for crop in article.cover_crops]
        fields["cover_info"] = {"crop_percent_list": crops}
    if article.product_key:
        fields["product_info"] = {"footer_product_info": {"product_key": article.product_key}}
    return {key: value for key, value in fields.items() if value != ""}
