"""Pictures: where they come from, whether the owner agreed, what someone who cannot see them hears, whether they still move.

Cover size: the first article of a message shows its cover at 2.35:1, 900 × 383 pixels (mp.weixin.qq.com editor's own hint).
"""

from __future__ import annotations

from collections.abc import Iterator

from webapp.checks.model import Finding, PictureFacts
from webapp.checks.passages import Case, Passage
from webapp.checks.reporting import about

COVER_MIN_WIDTH = 900
COVER_MIN_HEIGHT = 383


def check(case: Case) -> Iterator[Finding]:
    seen: set[str] = set()
    for block in case.blocks:
        if block.asset is None:
            continue
        facts = case.subject.pictures.get(block.asset)
        if facts is None:
            yield about(
                "picture.missing",
                "正文引用的图片找不到了，请删去或重新上传。",
                block=block.block,
                asset=block.asset,
            )
            continue
        yield from _check_alt(case, block, facts)
        if block.asset not in seen:
            yield from _check_file(case, block.asset, facts, block.block)
        seen.add(block.asset)
    yield from _check_cover(case, seen)


def _check_alt(case: Case, block: Passage, facts: PictureFacts) -> Iterator[Finding]:
    told = any(p.field == "alt" and p.block == block.block for p in case.passages)
    if not told and not facts.alt.strip():
        yield about(
            "picture.alt",
            "图片没有替代文字，看不见图的读者不知道内容，请用一句话说明画面。",
            block=block.block,
            asset=block.asset,
        )


def _check_file(
    case: Case, asset: str, facts: PictureFacts, block: int | None
) -> Iterator[Finding]:
    where = "封面图" if block is None else "图片"
    field = "cover" if block is None else None
    if facts.animated:
        yield about(
            "picture.motion",
            f"这张{where}是动图，发到公众号只有第一帧，不会动；请看第一帧是否够用，或换成几张静止的图片。",
            field=field,
            block=block,
            asset=asset,
        )
    if not facts.credit.strip() and facts.consent is None:
        yield about(
            "picture.credit",
            f"{where}没有写来源或作者，请补上。",
            field=field,
            block=block,
            asset=asset,
        )
    if facts.consent is False:
        yield about(
            "picture.consent",
            f"{where}里的作品{_titled(facts)}还没有记录作者（权利人）同意，取得同意并登记后才能送审。",
            field=field,
            block=block,
            asset=asset,
        )
    if facts.consent is None and case.subject.column_kind == "artwork" and block is not None:
        yield about(
            "picture.artwork_unregistered",
            "书画栏目的图片没有登记为作品，请补登题目、作者和授权；如果不是作品可以忽略。",
            block=block,
            asset=asset,
        )


def _titled(facts: PictureFacts) -> str:
    return f"《{facts.title.strip('《》')}》" if facts.title else ""


def _check_cover(case: Case, seen: set[str]) -> Iterator[Finding]:
    cover = case.subject.cover
    facts = case.subject.pictures.get(cover) if cover else None
    if cover is None or facts is None:
        return
    if cover not in seen:
        yield from _check_file(case, cover, facts, None)
    if facts.width < COVER_MIN_WIDTH or facts.height < COVER_MIN_HEIGHT:
        yield about(
            "picture.cover_small",
            f"封面图是 {facts.width}×{facts.height} 像素，小于 {COVER_MIN_WIDTH}×{COVER_MIN_HEIGHT}，"
            "放大后会模糊，建议换一张大图。",
            field="cover",
            asset=cover,
        )
