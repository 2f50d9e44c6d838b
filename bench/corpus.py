"""Articles that read like the office's own: the bulletin's sentences with other places, people and figures, and a few words
whose frequency is known, to be searched for. The same number gives the same article."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from webapp.demo.people import BULLETIN
from webapp.document.text import plain_text
from webapp.intake.text import from_text

COMMON, MEDIUM, RARE, BYGONE = "疫情", "锦旗", "钤印", "方舱"
"""In nearly every article; in one of twenty; in about one of ten thousand; in most of the oldest third and nowhere else."""
_BYGONE_SHARE = 0.3
_LENGTHS = (600, 1_200)

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂文辉鑫宇博思雨晨琳佳怡浩然子轩梓涵建国志强"
_CITIES = (
    "西安", "宝鸡", "咸阳", "铜川", "渭南", "延安", "榆林", "汉中", "安康", "商洛", "杨凌", "韩城", "兴平", "华阴",
)  # fmt: skip
_PLACES = (
    "社区卫生服务中心", "人民医院", "中心医院", "疾控中心", "核酸采样点", "隔离点", "高速路口", "物资仓库", "实验室",
    "党校", "图书馆", "养老院", "幼儿园", "大学城", "高新区", "城中村", "火车站", "批发市场", "家属院", "街道办",
)  # fmt: skip
_DEEDS = (
    "连夜整理流调记录", "为老人送去药品和蔬菜", "搭起帐篷值守路口", "把建议写成提案交给区里", "用毛笔写下白衣执甲四个字",
    "教邻居使用手机挂号", "把最后一箱口罩让给了邻省来的车队", "替同事顶了三个夜班", "画了一幅梅花寄给援鄂的队友",
    "逐户登记缺药的慢病患者", "在群里回答了一百多个问题", "改装了一台消毒喷雾器", "给远方的孩子讲了一堂网课",
)  # fmt: skip
TOPICS = (
    "值守", "逆行", "守望", "请战书", "夜班", "采样", "流调", "捐赠", "建言", "笔墨", "课堂", "家书", "归途", "接力",
)  # fmt: skip
AUTHORS = tuple(f"{s}{g}" for s in _SURNAMES for g in _GIVEN[::6])
UNITS = tuple(f"{city}市委会" for city in _CITIES) + tuple(f"{p}支社" for p in _PLACES)

_VARIED = re.compile(r"西安市?|\d[\d.]*|社省委|“疫情”|目前|一线|积极|疫情防控")
_OTHERS: dict[str, Sequence[str]] = {
    "西安": _CITIES,
    "西安市": tuple(f"{c}市" for c in _CITIES),
    "社省委": ("社省委", "社市委", "支社", "基层委员会", "专委会"),
    "“疫情”": ("“疫情”", "疫情", "这轮疫情"),
    "目前": ("目前", "日前", "到今天", "到上月底"),
    "一线": ("一线", "前沿", "最吃紧的地方", "基层"),
    "积极": ("积极", "主动", "迅速", "踊跃"),
    "疫情防控": ("疫情防控", "疫情防控", "疫情防治", "防控疫情"),
}


@dataclass(frozen=True, kw_only=True)
class Text:
    """`body` is a stored Document; `words` what the search index is given; `characters` of the body's text."""

    title: str
    author: str
    unit: str
    digest: str
    body: dict[str, object]
    words: str
    characters: int


@cache
def _sentences() -> tuple[tuple[str, ...], ...]:
    """Each split into what stays and what varies, in turns."""
    text = plain_text(from_text(BULLETIN.read_text("utf-8")).body)
    found = [s for s in re.findall(r"[^。！；\n]+[。！；]", text) if len(s) > 12]
    return tuple(
        tuple(part for pair in zip(_VARIED.split(s), [*_VARIED.findall(s), ""], strict=True) for part in pair)
        for s in found
    )  # fmt: skip


def _vary(part: str, random: Random) -> str:
    if part[:1].isdigit():
        return str(random.randint(2, 980))
    others = _OTHERS.get(part)
    return random.choice(others) if others else part


def _name(random: Random) -> str:
    return random.choice(_SURNAMES) + "".join(random.sample(_GIVEN, random.randint(1, 2)))


def _told(random: Random) -> str:
    """A sentence about one person: what makes one article's words unlike another's."""
    day = f"{random.randint(1, 12)}月{random.randint(1, 28)}日"
    where = f"{random.choice(_CITIES)}{random.choice(_PLACES)}"
    return f"{day}，社员{_name(random)}在{where}{random.choice(_DEEDS)}，{random.choice(_DEEDS)}。"


def _sentence(random: Random) -> str:
    if random.random() < 0.3:
        return _told(random)
    return "".join(_vary(part, random) for part in random.choice(_sentences()))


def _marked(number: int, age: float, random: Random) -> str:
    """The words of known frequency. `age`: 1 the oldest, 0 the newest."""
    told = []
    if number % 20 == 7:
        told.append(f"病房里挂着一面{MEDIUM}，是康复的老人送来的。")
    if number % 10_007 == 3:
        told.append(f"画角一方{RARE}，是他自己刻的。")
    if age > 1 - _BYGONE_SHARE and random.random() < 0.9:
        told.append(f"那时{BYGONE}刚刚改建好，社员们轮流进去值班。")
    return "".join(told)


def _paragraphs(number: int, age: float, random: Random) -> list[str]:
    wanted = random.randint(*_LENGTHS)
    found: list[str] = []
    while sum(map(len, found)) < wanted:
        found.append("".join(_sentence(random) for _ in range(random.randint(1, 3))))
    found.append(_marked(number, age, random) or _told(random))
    return found


def write(number: int, age: float, picture: str | None = None) -> Text:
    random = Random(number)
    paragraphs = _paragraphs(number, age, random)
    blocks: list[dict[str, object]] = [
        {"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in paragraphs
    ]
    if picture is not None:
        blocks.insert(1, {"type": "figure", "attrs": {"asset": picture, "alt": "现场"}})
    title = (
        f"{random.choice(_CITIES)}{random.choice(_PLACES)}里的{random.choice(TOPICS)}（{number}）"
    )
    author = random.choice(AUTHORS)
    return Text(
        title=title,
        author=author,
        unit=random.choice(UNITS),
        digest=paragraphs[0][:54],
        body={"type": "doc", "content": blocks},
        words="\n".join((title, author, *paragraphs)),
        characters=sum(map(len, paragraphs)),
    )


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
