"""The XML of the two job events, queued for `callback` to deliver.

https://developers.weixin.qq.com/doc/service/api/public/ "事件推送发布结果" and …/message/mass "事件推送群发结果" (read 2026-11).
The official sample breaks the article_id over two lines; the fault `event_line_break` does so too.
"""

import secrets

from webapp.sandbox.records import Event, MassJob, Post, PublishJob
from webapp.sandbox.sandbox import Sandbox, original_id

SENDER = "oV5CrjpxgaGXNHIQigzNlgLTnwic"


def queue_publish_finished(
    sandbox: Sandbox, job: PublishJob, post: Post | None, failed: list[int]
) -> None:
    published = _published(post, job.quirks) if post is not None and job.status == 0 else ""
    info = (
        f"<publish_id>{job.key}</publish_id>"
        f"<publish_status>{job.status}</publish_status>"
        f"{published}" + "".join(f"<fail_idx>{index}</fail_idx>" for index in failed)
    )
    _queue(
        sandbox,
        job.appid,
        "PUBLISHJOBFINISH",
        f"<PublishEventInfo>{info}</PublishEventInfo>",
        job.quirks,
    )


def _published(post: Post, quirks: list[str]) -> str:
    key = post.key
    if "event_line_break" in quirks:
        key = f"{key[:40]}\n{key[40:]}"
    items = "".join(
        f"<item><idx>{number}</idx><article_url>{_cdata(article.url)}</article_url></item>"
        for number, article in enumerate(post.articles, start=1)
    )
    return (
        f"<article_id>{_cdata(key)}</article_id>"
        f"<article_detail><count>{len(post.articles)}</count>{items}</article_detail>"
    )


def queue_mass_finished(sandbox: Sandbox, job: MassJob, post: Post | None) -> None:
    succeeded = job.outcome == "send success"
    sent = job.audience if succeeded else 0
    body = (
        f"<MsgID>{job.key}</MsgID><Status>{_cdata(job.outcome)}</Status>"
        f"<TotalCount>{job.audience}</TotalCount><FilterCount>{job.audience}</FilterCount>"
        f"<SentCount>{sent}</SentCount><ErrorCount>{job.audience - sent}</ErrorCount>"
        f"{_copyright(job)}{_article_urls(post)}"
    )
    _queue(sandbox, job.appid, "MASSSENDJOBFINISH", body, job.quirks)


def _copyright(job: MassJob) -> str:
    """Nothing was found to be a reprint."""
    items = "".join(
        f"<item><ArticleIdx>{number}</ArticleIdx><UserDeclareState>0</UserDeclareState><AuditState>0</AuditState>"
        "<OriginalArticleUrl><![CDATA[]]></OriginalArticleUrl><OriginalArticleType>0</OriginalArticleType>"
        "<CanReprint>0</CanReprint><NeedReplaceContent>0</NeedReplaceContent>"
        "<NeedShowReprintSource>0</NeedShowReprintSource></item>"
        for number in range(1, len(job.articles) + 1)
    )
    return (
        f"<CopyrightCheckResult><Count>{len(job.articles)}</Count><ResultList>{items}</ResultList>"
        "<CheckState>1</CheckState></CopyrightCheckResult>"
    )


def _article_urls(post: Post | None) -> str:
    shown = post.articles if post is not None else []
    items = "".join(
        f"<item><ArticleIdx>{number}</ArticleIdx><ArticleUrl>{_cdata(article.url)}</ArticleUrl></item>"
        for number, article in enumerate(shown, start=1)
    )
    return (
        f"<ArticleUrlResult><Count>{len(shown)}</Count><ResultList>{items}</ResultList>"
        "</ArticleUrlResult>"
    )


def _queue(sandbox: Sandbox, appid: str, name: str, body: str, quirks: list[str]) -> None:
    """Nothing is queued for an account without a callback URL."""
    if "no_event" in quirks or not sandbox.settings.accounts[appid].callback_url:
        return
    now = sandbox.now()
    xml = (
        f"<xml><ToUserName>{_cdata(original_id(appid))}</ToUserName>"
        f"<FromUserName>{_cdata(SENDER)}</FromUserName><CreateTime>{int(now)}</CreateTime>"
        f"<MsgType><![CDATA[event]]></MsgType><Event>{_cdata(name)}</Event>{body}</xml>"
    )
    for _ in range(2 if "duplicate_event" in quirks else 1):
        sandbox.store.put(
            Event(appid=appid, key=secrets.token_hex(8), event=name, xml=xml, created_at=now)
        )


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
