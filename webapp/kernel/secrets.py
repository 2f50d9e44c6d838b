"""Secrets at rest, and signatures. At rest: Fernet (AES-128-CBC + HMAC) with a key derived from TONGXIN_SECRET_KEY. Never logged, never shown again."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.kernel.errors import Unavailable


class SecretBox:
    def __init__(self, secret_key: str) -> None:
        kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tongxin stored secrets v1")
        self._fernet = Fernet(base64.urlsafe_b64encode(kdf.derive(secret_key.encode())))

        signing = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tongxin signatures v1")
        self._signing_key = signing.derive(secret_key.encode())

    def sign(self, purpose: str, message: bytes) -> bytes:
        """32 bytes that only this installation can make. A purpose keeps what is signed here from passing there."""
        told = purpose.encode() + b"\0" + message
        return hmac.digest(self._signing_key, told, "sha256")

    def lock(self, plain: str) -> str:
        return self._fernet.encrypt(plain.encode()).decode()

    def open(self, locked: str) -> str:
        """Raises Unavailable when the key is not the one that locked it."""
        try:
            return self._fernet.decrypt(locked.encode()).decode()
        except InvalidToken:
            raise Unavailable(
                "存着的密钥打不开：TONGXIN_SECRET_KEY 与存入时不同；数据未动，请换回原来的密钥，或重新录入 AppSecret。",
                code="secret_key_changed",
            ) from None


def new_token() -> str:
    """43 characters, 256 bits."""
    return secrets.token_urlsafe(32)


def token_checksum(token: str) -> str:
    """Tokens are random and long, so a plain SHA-256 is enough to keep them unreadable at rest."""
    return hashlib.sha256(token.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    return hmac.compare_digest(left.encode(), right.encode())
