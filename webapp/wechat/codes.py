"""The platform's numbers, in one table: which error they are, their stable code, what happened and what to do.

Numbers and meanings: https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html and the
error tables of the single pages under https://developers.weixin.qq.com/doc/subscription/api/ (2025-12). The texts that
come with them vary, so only the number is matched. Where the console lies: https://developers.weixin.qq.com/doc/oplatform/developers/dev/api.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from webapp.wechat import errors as e

CLIENT_MSG_ID_KNOWN = 45065

TOKEN_REJECTED = frozenset({40001, 40014, 42001})
"""The access token is not, or no longer, good: one new one is worth one more try."""

SYSTEM_TROUBLE = frozenset({-1, -1000})
"""The platform's own trouble, said after it took the request: nobody knows how far it got."""

_CONSOLE = "微信开发者平台（developers.weixin.qq.com/platform）→ 我的业务 → 公众号 → 基础信息"


class Meaning(NamedTuple):
    kind: type[e.Refused]
    code: str
    happened: str
    to_do: str


def _m(kind: type[e.Refused], code: str, happened: str, to_do: str) -> Meaning:
    return Meaning(kind, f"wechat_{code}", happened, to_do)


_SECRET = _m(
    e.BadCredential,
    "bad_credential",
    "AppID、AppSecret 或凭证不被承认",
    f"请在「{_CONSOLE}」核对 AppID，必要时重置 AppSecret，再在账号设置里填入新的",
)
_WRONG_BODY = _m(
    e.BadContent, "bad_request", "请求的格式不被承认", "这是程序问题，请把错误码和 rid 交给技术人员"
)
_BAD_LINK = _m(
    e.BadContent, "bad_link", "原文链接不合格", "请改为不超过 1 KB 的 http(s) 网址，或者留空"
)
_NOT_IMAGE = _m(
    e.BadFile, "bad_file", "图片的格式不被接受", "请换成 JPEG 或 PNG 图片，重新上传后再推送"
)
_FILE_SIZE = _m(
    e.BadFile, "file_too_large", "图片太大或尺寸不合格", "请缩小图片（正文图小于 1 MB）再推送"
)
_EMPTY_FILE = _m(e.BadFile, "empty_file", "上传的图片是空的", "请重新上传这张图片")
_NO_MATERIAL = _m(
    e.MissingMaterial,
    "missing_material",
    "所用的草稿或素材不存在（可能已发布、已群发或在公众号后台删除）",
    "请在公众号后台的草稿箱和发表记录里查看，再重新推送",
)
_PRODUCT = _m(e.BadContent, "bad_product", "文中的商品卡片不可用", "请去掉商品卡片再推送")
_BY_HAND = _m(
    e.DraftNotPublishable,
    "draft_not_publishable",
    "这篇草稿没有通过发布前的检查",
    "草稿仍在草稿箱，请在公众号后台打开它，按提示改好并保存，再从后台发布",
)
_EMPTY_TEXT = _m(e.BadContent, "empty_content", "正文是空的", "请补上正文再推送")
_BANNED = _m(
    e.NoRight,
    "banned",
    "公众号的这项功能被平台封禁或限制",
    "请管理员在公众号后台的通知中心查看原因",
)
_NO_RIGHT = _m(
    e.NoRight,
    "no_right",
    "这个公众号没有这个接口的权限（个人号和未认证的号自 2025 年 7 月起不能通过接口发布）",
    "请完成微信认证，或者改用「只推送草稿」，由编辑在公众号后台发布",
)
_FREQUENT = _m(e.TooFast, "too_fast", "操作太频繁", "请一分钟后再试，系统也会自动再试")
_QUOTA = _m(e.QuotaUsedUp, "quota_used_up", "今天的接口次数已用完", "明天零点后再试")
_MASS_QUOTA = _m(
    e.QuotaUsedUp, "mass_quota_used_up", "群发次数已用完", "请改日群发，或者改用「发布」"
)
_ADMIN_IP = _m(
    e.NeedsAdmin,
    "admin_must_allow_ip",
    "公众号管理员还没有同意这台服务器的地址",
    "请管理员在微信里确认（拒绝之后要等 1 小时或 24 小时）再试",
)
_ADMIN_MASS = _m(
    e.NeedsAdmin,
    "admin_must_allow_mass",
    "群发要等公众号管理员在微信里确认",
    "请管理员在 30 分钟内确认；超时要重新群发",
)

MEANINGS: Mapping[int, Meaning] = {
    **dict.fromkeys((40001, 40002, 40013, 40014, 40125, 41001, 41002, 41004, 42001), _SECRET),
    40243: _m(
        e.BadCredential,
        "secret_frozen",
        "AppSecret 已被冻结",
        f"请在「{_CONSOLE}」解冻，约 10 分钟后生效",
    ),
    50004: _BANNED,
    50007: _m(e.NoRight, "account_frozen", "公众号已被冻结", "请管理员登录公众号后台处理"),
    40164: _m(
        e.AddressNotAllowed,
        "ip_not_allowed",
        "这台服务器的地址不在公众号的 IP 白名单里",
        f"请管理员在「{_CONSOLE} → API IP 白名单」加入 {{ip}}，约 10 分钟后再试",
    ),
    **dict.fromkeys((89503, 89506, 89507), _ADMIN_IP),
    **dict.fromkeys((89504, 89505), _ADMIN_MASS),
    **dict.fromkeys((48001, 50001, 61007), _NO_RIGHT),
    48003: _m(
        e.NoRight,
        "mass_terms_not_accepted",
        "公众号还没有同意群发协议",
        "请管理员登录公众号后台，进入群发页面同意协议",
    ),
    **dict.fromkeys((48004, 50002, 53500), _BANNED),
    **dict.fromkeys(
        (48002, 48008),
        _m(e.NoRight, "no_right", "公众号没有这类消息的权限", "请改用草稿或发布"),
    ),
    **dict.fromkeys(
        (48015, 88000),
        _m(e.NoRight, "no_comment_right", "公众号没有留言功能", "请关闭「开启留言」再推送"),
    ),
    45009: _QUOTA,
    **dict.fromkeys((45028, 45040), _MASS_QUOTA),
    48006: _m(e.QuotaUsedUp, "reset_used_up", "本月的次数清零已用完", "请等次日额度恢复"),
    **dict.fromkeys((42010, 45011, 45061, 45066, 53501), _FREQUENT),
    45003: _m(e.TooLong, "title_too_long", "标题太长", "请缩短到 32 个汉字以内再推送"),
    45004: _m(e.TooLong, "digest_too_long", "摘要太长", "请缩短到 120 个字以内再推送"),
    45110: _m(e.TooLong, "author_too_long", "作者名太长", "请缩短到 8 个汉字以内再推送"),
    45002: _m(e.TooLong, "content_too_long", "正文太长", "请把文章分成几篇（每篇小于 1 MB）"),
    45008: _m(e.TooLong, "too_many_articles", "一次的文章太多", "请分成几期，每期最多 8 篇"),
    45166: _m(
        e.BadContent,
        "bad_content",
        "正文里有不被接受的内容",
        "请去掉外部链接、锚点链接和嵌入的网页，图片换成 JPEG 或 PNG，再推送",
    ),
    40155: _m(
        e.BadContent, "foreign_home_page", "正文里有别的公众号的主页链接", "请去掉这个链接再推送"
    ),
    87014: _m(e.BadContent, "risky_content", "内容没有通过安全检查", "请修改正文再推送"),
    **dict.fromkeys((40038, 40039, 40066, 41039, 45005), _BAD_LINK),
    **dict.fromkeys((44003, 44004), _EMPTY_TEXT),
    **dict.fromkeys((53404, 53405, 53406), _PRODUCT),
    **dict.fromkeys(
        (40033, 40035, 40114, 43001, 43002, 43003, 44002, 47001, 47002, 45067), _WRONG_BODY
    ),
    **dict.fromkeys((40004, 40005, 40137, 45006), _NOT_IMAGE),
    **dict.fromkeys((40006, 40009, 40012, 45001), _FILE_SIZE),
    **dict.fromkeys((41005, 44001), _EMPTY_FILE),
    **dict.fromkeys((40007, 40118, 40121, 41006, 46001), _NO_MATERIAL),
    **dict.fromkeys(
        (53502, 53600, 40059),
        _m(e.NotThere, "not_there", "平台上没有这个发布任务或这篇文章", "请在公众号后台核对"),
    ),
    **dict.fromkeys((48021, 53503, 53504, 53505), _BY_HAND),
    40152: _m(e.BadContent, "unknown_tag", "群发的用户标签不存在", "请重新选择群发对象"),
    45062: _m(e.BadContent, "ad_bound", "文章绑定了广告，不能群发", "请在公众号后台处理广告后再试"),
    CLIENT_MSG_ID_KNOWN: _m(
        e.Refused, "mass_already_sent", "这次群发已经提交过，没有再发一次", "请查看群发结果"
    ),
}

_OTHER = _m(
    e.Refused, "refused", "平台拒绝了这次操作", "请把错误码和 rid 交给技术人员，或在公众号后台操作"
)


def error_of(reply: Mapping[str, object], hide: Iterable[str] = ()) -> e.GatewayError:
    """The error that a reply with an errcode other than 0 stands for."""
    errcode = int(str(reply["errcode"]))
    errmsg = str(reply.get("errmsg", ""))
    tail = f"（微信错误码 {errcode}{_rid_text(errmsg)}）"
    if errcode in SYSTEM_TROUBLE:
        return e.OutcomeUnknown(
            f"微信系统繁忙，不知道这次操作有没有生效。系统会先核对再决定是否重试，请勿手工重复操作。{tail}",
            code="wechat_busy",
            errcode=errcode,
            errmsg=errmsg,
            hide=hide,
        )
    kind, code, happened, to_do = MEANINGS.get(errcode, _OTHER)
    to_do = to_do.replace("{ip}", e.ip_of(errmsg) or "这台服务器的公网地址")
    text = f"微信没有接受：{happened}。公众号上没有变化。{to_do}。{tail}"
    return kind(text, code=code, errcode=errcode, errmsg=errmsg, hide=hide, reply=reply)


def _rid_text(errmsg: str) -> str:
    rid = e.rid_of(errmsg)
    return f"，rid {rid}" if rid else ""
