from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from webapp.kernel.errors import Invalid

PASSWORD_MIN_CHARACTERS = 10
PASSWORD_MAX_CHARACTERS = 1_000

_hasher = PasswordHasher()


def _one_form(password: str) -> str:
    """What looks the same is the same password, whichever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """argon2id with argon2-cffi's defaults (RFC 9106 low-memory profile): about 50 to 300 ms."""
    if len(password) < PASSWORD_MIN_CHARACTERS:
        raise Invalid.of_field("password", f"密码至少要 {PASSWORD_MIN_CHARACTERS} 个字符。")
    if len(password) > PASSWORD_MAX_CHARACTERS:
        raise Invalid.of_field("password", f"密码最长 {PASSWORD_MAX_CHARACTERS} 个字符。")
    return _hasher.hash(_one_form(password))


def fits(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, _one_form(password[: PASSWORD_MAX_CHARACTERS + 1]))
    except VerifyMismatchError:
        return False
