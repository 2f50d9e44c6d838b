"""Delivery of events to the account's callback URL: signed, encrypted when the mode asks, three tries.

https://developers.weixin.qq.com/doc/service/guide/dev/push/ (read 2026-11): a server that does not answer within 5 s is
dropped and asked again, three tries in all. Encryption: AES-256-CBC, key = base64(EncodingAESKey + "="), IV its first 16
bytes, PKCS#7 to 32; plaintext is 16 random bytes, the length (big-endian, 4 bytes), the XML, the AppID.
"""

import base64
import hashlib
import http.client
import secrets
import struct
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from webapp.sandbox.config import CallbackMode
from webapp.sandbox.events import SENDER
from webapp.sandbox.sandbox import original_id
from webapp.sandbox.settings import AccountSettings

TRIES = 3
BLOCK = 32


class NotDelivered(Exception):
    """Why a try failed, in one line."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    url: str
    body: bytes


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def encrypt(xml: str, *, aes_key: str, appid: str) -> str:
    key = base64.b64decode(aes_key + "=")
    body = xml.encode()
    plain = secrets.token_bytes(16) + struct.pack(">I", len(body)) + body + appid.encode()
    padding = BLOCK - len(plain) % BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    cipher = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(cipher).decode()


def letter(xml: str, *, appid: str, account: AccountSettings, timestamp: int) -> Letter:
    stamp, nonce = str(timestamp), str(secrets.randbelow(10**10))
    query = {
        "signature": signature(account.callback_token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": SENDER,
    }
    if account.mode != CallbackMode.PLAIN:
        cipher = encrypt(xml, aes_key=account.aes_key, appid=appid)
        query |= {
            "encrypt_type": "aes",
            "msg_signature": signature(account.callback_token, stamp, nonce, cipher),
        }
        xml = _with_cipher(xml, cipher, appid, account.mode)
    return Letter(url=_with_query(account.callback_url or "", query), body=xml.encode())


def _with_cipher(xml: str, cipher: str, appid: str, mode: CallbackMode) -> str:
    encrypted = f"<Encrypt><![CDATA[{cipher}]]></Encrypt>"
    if mode == CallbackMode.COMPATIBLE:
        return xml.removesuffix("</xml>") + encrypted + "</xml>"
    to = f"<ToUserName><![CDATA[{original_id(appid)}]]></ToUserName>"
    return f"<xml>{to}{encrypted}</xml>"


def _with_query(url: str, query: dict[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def verification(account: AccountSettings, timestamp: int) -> tuple[str, str]:
    """The GET that the console sends when an address is entered, and the echostr that must come back."""
    stamp, nonce, echo = (
        str(timestamp),
        str(secrets.randbelow(10**10)),
        str(secrets.randbelow(10**19)),
    )
    query = {
        "signature": signature(account.callback_token, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "echostr": echo,
    }
    return _with_query(account.callback_url or "", query), echo


def send(method: str, url: str, body: bytes | None, timeout_seconds: float) -> bytes:
    """Straight to the server: no proxy, no redirect, as the platform's. Raises NotDelivered."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    connect = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=timeout_seconds)
    try:
        connection.request(
            method, f"{parts.path or '/'}?{parts.query}", body, {"Content-Type": "text/xml"}
        )
        reply = connection.getresponse()
        answer = reply.read()
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()
    if reply.status != 200:
        raise NotDelivered(f"HTTP {reply.status}")
    return answer
