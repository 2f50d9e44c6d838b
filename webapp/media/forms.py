from __future__ import annotations

from collections.abc import Mapping

from webapp.kernel.errors import FieldError, Invalid
from webapp.media.service import ArtworkLabels, Labels

_LIMITS = {"alt": 500, "credit": 255, "title": 255, "artist": 255, "medium": 255, "size": 255,
           "year": 255, "transcription": 5_000}  # fmt: skip
_ARTWORK = ("title", "artist", "medium", "size", "year", "transcription")
_YES = {"1", "true", "on", "yes"}


def parse_labels(form: Mapping[str, str]) -> Labels:
    """Credit, alt, and where a title or an artist is given, an artwork's fields. Raises Invalid for what is too long, or
    for an artwork without title or artist."""
    errors = [
        FieldError(key, f"最长 {limit} 字。")
        for key, limit in _LIMITS.items()
        if len(form.get(key, "")) > limit
    ]
    values = {key: form.get(key, "").strip() for key in _LIMITS}
    is_artwork = form.get("is_artwork", "") in _YES or any(values[key] for key in _ARTWORK)
    if is_artwork:
        errors += [
            FieldError(key, "书画作品要有题目和作者。")
            for key in ("title", "artist")
            if not values[key]
        ]
    if errors:
        raise Invalid("图片说明填得不对，没有保存。", fields=errors)
    artwork = (
        ArtworkLabels(
            **{key: values[key] for key in _ARTWORK},
            consent=form.get("consent", "").lower() in _YES,
        )
        if is_artwork
        else None
    )
    return Labels(alt=values["alt"], credit=values["credit"], artwork=artwork)


def parse_focal(form: Mapping[str, str]) -> tuple[float, float]:
    """`focal_x` and `focal_y` in 0..1. Raises Invalid for anything else."""
    try:
        x, y = float(form.get("focal_x", "0.5")), float(form.get("focal_y", "0.5"))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise Invalid.of_field("focal", "焦点要在图片之内，没有保存。")
    return x, y
