"""OpenCC, loaded on first use (3 ms) and shared; its converters hold no state."""

from __future__ import annotations

from functools import lru_cache

from opencc import OpenCC


@lru_cache(maxsize=4)
def _converter(name: str) -> OpenCC:
    # Without the tofu-risk dictionaries: they lead to characters outside the BMP that phones cannot draw.
    return OpenCC(name, include_tofu_risk_dictionaries=False)


def to_simplified(text: str) -> str:
    """Same length as `text`: character by character, chosen by phrase."""
    return _same_length(text, str(_converter("t2s").convert(text)))


def to_traditional(text: str) -> str:
    """Same length as `text`."""
    return _same_length(text, str(_converter("s2tw").convert(text)))


def _same_length(text: str, converted: str) -> str:
    return converted if len(converted) == len(text) else text
