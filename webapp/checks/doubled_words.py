"""的的, 了了, 疫情疫情: words typed or pasted twice. What Chinese doubles on purpose stays: 人人, 常常, 刚刚 (only grammatical
words are looked at singly), 研究研究, 一步一步, 哈哈哈哈 (by the lists below), 的的确确."""

from __future__ import annotations

import re
from collections.abc import Iterator

from webapp.checks.model import Finding
from webapp.checks.passages import Case, Passage, kept
from webapp.checks.reporting import at

_SINGLE = re.compile(
    r"的{2,}(?!确确)|(?<!不甚)(?<!一)(?<!不)了{2,}(?![无然])|是是(?!非非)|和和(?!气气|美美|睦睦|乐乐|顺顺)|"
    r"在在(?!皆是|处处)|(?<![参授给赠])与与|及及|被被|(?<!成)就就|也也|或或|但但|并并|而而|于于|把把(?!脉|关)|"
    r"向向|由由|因因|虽虽|这这|那那|我我|们们|为为"
)
_WORD = re.compile(r"([\u4e00-\u9fff]{2,4}?)\1+")
_NUMERALS = frozenset("一二三四五六七八九十百千万亿零两")

ON_PURPOSE = re.compile(
    # Verbs of two characters, doubled for "a little".
    "研究|讨论|商量|考虑|学习|了解|休息|锻炼|打听|介绍|整理|收拾|准备|检查|调查|参观|体验|琢磨|合计|活动|改造|改进|帮助|照顾|"
    "教育|表扬|批评|交流|沟通|关心|熟悉|尝试|观察|分析|比较|解释|反映|发挥|放松|感受|回忆|见识|欣赏|指导|总结|思考|推敲|斟酌|"
    "庆祝|慰问|走动|热闹|高兴|凉快|暖和|舒服|轻松|安静|痛快|打扫|"
    # Colours and likenesses.
    "雪白|碧绿|漆黑|火红|通红|金黄|湛蓝|蔚蓝|瓦蓝|冰凉|滚烫|笔直|乌黑|煞白|崭新|"
    # Emphasis, calls and sounds.
    "非常|特别|十分|永远|真的|很多|很久|许多|好多|好久|无数|加油|谢谢|感谢|恭喜|欢迎|救命|来了|快来|注意|"
    "滴答|叮当|轰隆|哗啦|咚锵|某某|等等|慢慢|"
    # One after another; and a verb of one character with its particle: 走啊走啊, 看着看着.
    "一..?|.[啊呀着呢吧]"
)
"""What may stand twice. A frequent word more belongs in `config/lexicon/allow.txt`."""

GROWS_INTO = re.compile(
    "研究[生院所]|学生会|代表(?:团|大会)|中央(?:军委|政治局|书记处|委员|党校|纪委)|中国人|委员会|工作[者组日]|服务[员区]|志愿者|"
    "人民(?:日报|法院|检察院|政府|医院|币|团体)|社会主义|文化[馆厅局]|艺术[家团]|科学[院家]|经济学|教育[部厅局]|卫生[院厅]"
)
"""中共中央中央军委, 研究研究生培养: the second copy is the start of a word of its own."""


def check(case: Case) -> Iterator[Finding]:
    for passage in case.prose:
        yield from _check_passage(passage)


@kept
def _check_passage(passage: Passage) -> Iterator[Finding]:
    for match in _SINGLE.finditer(passage.prose):
        yield _doubled(passage, match, match[0][0])
    for match in _WORD.finditer(passage.prose):
        if not _is_on_purpose(passage.prose, match):
            yield _doubled(passage, match, match[1])


def _doubled(passage: Passage, match: re.Match[str], word: str) -> Finding:
    return at(
        "style.doubled_word",
        passage,
        match.span(),
        f"“{match[0]}”里“{word}”重复了，请删去多余的。",
        fix=word,
    )


def _is_on_purpose(text: str, match: re.Match[str]) -> bool:
    word = match[1]
    if len(set(word)) == 1 or set(word) <= _NUMERALS or ON_PURPOSE.fullmatch(word):
        return True
    return GROWS_INTO.match(text, match.end() - len(word)) is not None
