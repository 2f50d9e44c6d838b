"""Every code a finding can carry: how grave it is and what it is called in lists. Codes are stable: dispositions hang on
them. A lexicon entry brings its own severity; the one here stands in when it has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Kind:
    severity: Literal["must", "should"]
    label: str


MUST: Literal["must"] = "must"
SHOULD: Literal["should"] = "should"

CATALOGUE: Mapping[str, Kind] = {
    # 平台限制
    "limit.title_empty": Kind(MUST, "没有标题"),
    "limit.title": Kind(MUST, "标题超长"),
    "limit.author": Kind(MUST, "作者超长"),
    "limit.digest": Kind(MUST, "摘要超长"),
    "limit.body_empty": Kind(MUST, "正文为空"),
    "limit.content_characters": Kind(SHOULD, "正文字符偏多"),
    "limit.content_bytes": Kind(MUST, "正文字节超限"),
    "limit.cover": Kind(MUST, "没有封面"),
    "limit.picture_count": Kind(MUST, "图片消息张数不对"),
    "limit.source_url": Kind(MUST, "原文链接不可用"),
    "limit.newspic_text": Kind(MUST, "图片消息文字超长"),
    "limit.newspic_text_empty": Kind(MUST, "图片消息没有文字"),
    # 图片消息
    "newspic.text_long": Kind(SHOULD, "图片消息文字偏长"),
    "newspic.title_long": Kind(SHOULD, "图片消息标题偏长"),
    "newspic.unshown": Kind(SHOULD, "图片消息里没有的项"),
    "newspic.order": Kind(SHOULD, "图片与文字的次序"),
    "newspic.style": Kind(SHOULD, "样式不会有"),
    "newspic.layout": Kind(SHOULD, "图片版式不会有"),
    "newspic.table": Kind(SHOULD, "表格变成文字"),
    "newspic.link": Kind(SHOULD, "链接点不开"),
    "newspic.repeated": Kind(SHOULD, "图片重复"),
    # 结构
    "structure.heading_skipped": Kind(SHOULD, "标题跳级"),
    "structure.heading_empty": Kind(SHOULD, "空标题"),
    "structure.paragraph_long": Kind(SHOULD, "段落过长"),
    "structure.paragraph_repeated": Kind(SHOULD, "段落重复"),
    "structure.title_repeated": Kind(SHOULD, "正文重复标题"),
    "structure.web_leftover": Kind(SHOULD, "网页残留"),
    # 标点
    "style.halfwidth_punctuation": Kind(SHOULD, "半角标点"),
    "style.doubled_punctuation": Kind(SHOULD, "标点叠用"),
    "style.ellipsis": Kind(SHOULD, "省略号形式"),
    "style.dash": Kind(SHOULD, "破折号形式"),
    "style.straight_quote": Kind(SHOULD, "直引号"),
    "style.corner_quote": Kind(SHOULD, "直角引号"),
    "style.nested_quote": Kind(SHOULD, "引号套用"),
    "style.unpaired_quote": Kind(SHOULD, "引号不成对"),
    "style.unpaired_bracket": Kind(SHOULD, "括号不成对"),
    # 空格
    "style.doubled_space": Kind(SHOULD, "连续空格"),
    "style.fake_indent": Kind(SHOULD, "空格缩进"),
    "style.space_at_mark": Kind(SHOULD, "标点旁的空格"),
    "style.invisible_character": Kind(SHOULD, "看不见的字符"),
    # 用字用词
    "style.jiezhi": Kind(SHOULD, "截止与截至"),
    "style.doubled_word": Kind(SHOULD, "词语重复"),
    "style.pinyin_note": Kind(SHOULD, "抓取带入的注音"),
    "style.traditional": Kind(SHOULD, "繁体字"),
    "variant.character": Kind(SHOULD, "误用的字形"),
    # 数字
    "number.fullwidth": Kind(SHOULD, "全角数字字母"),
    "number.percent": Kind(SHOULD, "百分号写法"),
    "number.separator": Kind(SHOULD, "千分位写法"),
    "number.range": Kind(SHOULD, "数值范围写法"),
    "number.year_range": Kind(SHOULD, "年份起止写法"),
    "number.short_year": Kind(SHOULD, "年份简写"),
    "number.year_zero": Kind(SHOULD, "年份中的〇"),
    "number.mixed_numeral": Kind(SHOULD, "数字混写"),
    "number.impossible_date": Kind(SHOULD, "不存在的日期"),
    "number.approximation": Kind(SHOULD, "概数重复"),
    # 名称
    "name.person": Kind(MUST, "姓名有误"),
    "name.title": Kind(SHOULD, "职务与日期不符"),
    "name.organisation": Kind(SHOULD, "机构名称有误"),
    "name.column": Kind(SHOULD, "栏目名称有误"),
    "name.column_two_ways": Kind(SHOULD, "栏目名称前后不一"),
    # 词库
    "lexicon.term": Kind(SHOULD, "词库命中"),
    # 图片与链接
    "picture.missing": Kind(MUST, "图片不存在"),
    "picture.credit": Kind(SHOULD, "图片没有来源"),
    "picture.alt": Kind(SHOULD, "图片没有说明"),
    "picture.consent": Kind(MUST, "作品未获授权"),
    "picture.artwork_unregistered": Kind(SHOULD, "作品未登记"),
    "picture.motion": Kind(SHOULD, "动图不会动"),
    "picture.cover_small": Kind(SHOULD, "封面图偏小"),
    "link.scheme": Kind(SHOULD, "链接类型不支持"),
    "link.unreachable": Kind(SHOULD, "链接外人打不开"),
    # 个人信息
    "privacy.id_number": Kind(MUST, "身份证号"),
    "privacy.mobile": Kind(SHOULD, "手机号码"),
    "privacy.bank_card": Kind(SHOULD, "银行卡号"),
}
