"""Comments on what was published: readers write them on the phone page, the account chooses, answers, deletes.

https://developers.weixin.qq.com/doc/service/api/leavemsg/ (read 2026-11). `index` counts from 0. A comment that was not
elected is seen by its writer alone.
"""

from pydantic import JsonValue

from webapp.sandbox import articles
from webapp.sandbox.calls import OK, Answer, Call, Endpoint, Object, Right, integer, text
from webapp.sandbox.errors import Refused
from webapp.sandbox.events import SENDER
from webapp.sandbox.records import Comment, Post
from webapp.sandbox.sandbox import Sandbox

MAX_COUNT = 49
MAX_ELECTED = 100
MAX_REPLY_CHARS = 600
MAX_COMMENT_CHARS = 600


def write(sandbox: Sandbox, post: Post, index: int, *, nickname: str, content: str) -> Comment:
    """What a reader does on the phone."""
    comment = Comment(
        appid=post.appid,
        key=str(sandbox.store.next_number("user_comment_id", 1)),
        msg_data_id=post.msg_data_id,
        index=index,
        openid=SENDER,
        nickname=nickname,
        content=content[:MAX_COMMENT_CHARS],
        create_time=sandbox.now(),
    )
    sandbox.store.put(comment)
    return comment


def on_article(sandbox: Sandbox, post: Post, index: int) -> list[Comment]:
    """Newest first."""
    return [
        comment
        for comment in reversed(
            sandbox.store.list_holding(Comment, "msg_data_id", post.msg_data_id)
        )
        if comment.appid == post.appid and comment.index == index
    ]


def open_comments(call: Call) -> Answer:
    return _switch(call, is_open=True)


def close_comments(call: Call) -> Answer:
    return _switch(call, is_open=False)


def _switch(call: Call, *, is_open: bool) -> Answer:
    post, index = _article(call, call.json())
    post.articles[index].comments_open = is_open
    call.store.put(post)
    return OK


def list_comments(call: Call) -> Answer:
    """`type` 0 all, 1 not elected, 2 elected; at most 49 at a time (88010)."""
    body = call.json()
    post, index = _article(call, body)
    begin, count, kind = integer(body, "begin"), integer(body, "count"), integer(body, "type", 0)
    if begin < 0 or not 0 < count <= MAX_COUNT:
        raise Refused(88010)
    found = [
        c for c in on_article(call.sandbox, post, index) if kind == 0 or c.elected is (kind == 2)
    ]
    told: list[JsonValue] = [_told(comment) for comment in found[begin : begin + count]]
    return {**OK, "total": len(found), "comment": told}


def _told(comment: Comment) -> Object:
    fields: Object = {
        "user_comment_id": int(comment.key),
        "openid": comment.openid,
        "create_time": int(comment.create_time),
        "content": comment.content,
        "comment_type": int(comment.elected),
    }
    if comment.reply:
        fields["reply"] = {"content": comment.reply, "create_time": int(comment.reply_time)}
    return fields


def elect(call: Call) -> Answer:
    comment = _comment(call, call.json())
    elected = [c for c in call.store.list_all(Comment, call.appid) if c.elected]
    same = [c for c in elected if (c.msg_data_id, c.index) == (comment.msg_data_id, comment.index)]
    if len(same) >= MAX_ELECTED:
        raise Refused(88003)
    call.store.put(comment.model_copy(update={"elected": True}))
    return OK


def unelect(call: Call) -> Answer:
    call.store.put(_comment(call, call.json()).model_copy(update={"elected": False}))
    return OK


def delete(call: Call) -> Answer:
    call.store.delete(_comment(call, call.json()))
    return OK


def reply(call: Call) -> Answer:
    body = call.json()
    comment, content = _comment(call, body), text(body, "content", "")
    if not 0 < len(content.strip()) <= MAX_REPLY_CHARS:
        raise Refused(88007)
    if comment.reply:
        raise Refused(88005)
    call.store.put(comment.model_copy(update={"reply": content, "reply_time": call.now}))
    return OK


def delete_reply(call: Call) -> Answer:
    call.store.put(_comment(call, call.json()).model_copy(update={"reply": ""}))
    return OK


def _article(call: Call, body: Object) -> tuple[Post, int]:
    """Raises 88000 without the feature, 88001 for what was never published."""
    if not articles.may_comment(call):
        raise Refused(88000)
    msg_data_id, index = text(body, "msg_data_id", missing=88001), integer(body, "index", 0)
    for post in call.store.list_holding(Post, "msg_data_id", msg_data_id):
        if post.appid == call.appid and 0 <= index < len(post.articles):
            return post, index
    raise Refused(88001)


def _comment(call: Call, body: Object) -> Comment:
    post, index = _article(call, body)
    comment = call.store.find(Comment, call.appid, text(body, "user_comment_id", ""))
    if comment is None or (comment.msg_data_id, comment.index) != (post.msg_data_id, index):
        raise Refused(88008)
    return comment


ENDPOINTS = tuple(
    Endpoint(path=f"/cgi-bin/comment/{name}", handler=handler, right=Right.COMMENT)
    for name, handler in (
        ("open", open_comments),
        ("close", close_comments),
        ("list", list_comments),
        ("markelect", elect),
        ("unmarkelect", unelect),
        ("delete", delete),
        ("reply/add", reply),
        ("reply/delete", delete_reply),
    )
)
