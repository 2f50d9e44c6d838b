"""The account as a follower's phone shows it, and the pictures.

Stored texts come from whoever calls the API, so the pages run no script but their own (Content-Security-Policy).
"""

import re
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from webapp.sandbox import comments, phone_view
from webapp.sandbox.background import settle_due
from webapp.sandbox.phone_view import Found
from webapp.sandbox.records import Material, Picture, Post
from webapp.sandbox.sandbox import Sandbox

POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self';"
    " connect-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
NICKNAME = "沙盒读者"
_CONTENT_TYPES = {"jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "bmp": "image/bmp"}


def blueprint(sandbox: Sandbox) -> Blueprint:
    phone = Blueprint("phone", __name__)

    @phone.get("/")
    def feed() -> str:
        return show_feed(sandbox)

    @phone.get("/s/<page>")
    def article(page: str) -> str:
        return show_article(sandbox, page)

    @phone.post("/s/<page>/comments")
    def comment(page: str) -> AnyResponse:
        return write_comment(sandbox, page)

    @phone.get("/mmbiz_<suffix>/<key>/<int:size>")
    def picture(suffix: str, key: str, size: int) -> Response:
        return show_picture(sandbox, key)

    @phone.get("/mmvideo/<key>")
    def video(key: str) -> Response:
        return show_video(sandbox, key)

    @phone.errorhandler(HTTPException)
    def failed(error: HTTPException) -> tuple[str, int]:
        return show_error(sandbox, error)

    phone.after_request(_with_policy)
    return phone


def show_feed(sandbox: Sandbox) -> str:
    settle_due(sandbox)
    appid = request.args.get("account", sandbox.config.accounts[0].appid)
    if sandbox.account(appid) is None:
        abort(404, "沙盒里没有这个公众号。")
    in_drafts = request.args.get("tab") == "drafts"
    with sandbox.store.transaction():
        cards = (
            phone_view.draft_cards(sandbox, appid)
            if in_drafts
            else phone_view.post_cards(sandbox, appid)
        )
        drafts = phone_view.count_drafts(sandbox, appid)
    return render_template(
        "feed.html", **_frame(sandbox, appid), cards=cards, in_drafts=in_drafts, drafts=drafts
    )


def show_article(sandbox: Sandbox, page: str) -> str:
    settle_due(sandbox)
    with sandbox.store.transaction():
        found = _found(sandbox, page)
        said = (
            comments.on_article(sandbox, found.holder, found.index)
            if isinstance(found.holder, Post)
            else []
        )
        view = phone_view.reading(sandbox, found)
    return render_template(
        "article.html",
        **_frame(sandbox, found.holder.appid),
        view=view,
        elected=[phone_view.saying(c) for c in said if c.elected],
        waiting=[phone_view.saying(c) for c in said if not c.elected],
        max_comment_chars=comments.MAX_COMMENT_CHARS,
    )


def write_comment(sandbox: Sandbox, page: str) -> AnyResponse:
    """From our own page only: another site's form names another Origin."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403, "留言只能从这个页面发出。")
    content = re.sub(r"\s+", " ", request.form.get("content", "")).strip()
    with sandbox.store.transaction():
        found = _found(sandbox, page)
        if not isinstance(found.holder, Post) or not found.article.comments_open:
            abort(409, "这篇文章没有开放留言。")
        if content:
            comments.write(sandbox, found.holder, found.index, nickname=NICKNAME, content=content)
    return redirect(f"/s/{page}#comments", code=303)


def show_picture(sandbox: Sandbox, key: str) -> Response:
    """Any size is the original: the sandbox does not scale."""
    with sandbox.store.transaction():
        picture = sandbox.store.find_anywhere(Picture, key)
        data = sandbox.files.read(picture.key) if picture else None
    if picture is None or data is None:
        abort(404, "没有这张图片。")
    return _cached(Response(data, content_type=_CONTENT_TYPES[picture.format]))


def show_video(sandbox: Sandbox, key: str) -> Response:
    with sandbox.store.transaction():
        known = [m for m in sandbox.store.list_all(Material) if m.file == key and m.type == "video"]
    if not known:
        abort(404, "没有这段视频。")
    return _cached(Response(sandbox.files.read(key), content_type="video/mp4"))


def show_error(sandbox: Sandbox, error: HTTPException) -> tuple[str, int]:
    page = render_template(
        "error.html",
        **_frame(sandbox, sandbox.config.accounts[0].appid),
        message=error.description or "没有这个地址。",
    )
    return page, error.code or 500


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = "public, max-age=86400, immutable"
    return response


def _found(sandbox: Sandbox, page: str) -> Found:
    found = phone_view.find(sandbox, page)
    if found is None:
        abort(404, "没有这篇文章：链接不对，或草稿已经发布、删除。")
    return found


def _frame(sandbox: Sandbox, appid: str) -> dict[str, object]:
    """What stands around every page."""
    return {
        "accounts": [
            {
                "appid": account.appid,
                "name": account.name,
                "profile": phone_view.PROFILES[sandbox.settings.accounts[account.appid].profile],
                "is_current": account.appid == appid,
            }
            for account in sandbox.config.accounts
        ],
        "appid": appid,
        "name": next(a.name for a in sandbox.config.accounts if a.appid == appid),
        "clock": phone_view.clock(sandbox.now()),
    }


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    return response
