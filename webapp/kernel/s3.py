"""The store in a bucket: Amazon, Aliyun OSS, Tencent COS, MinIO and what else speaks S3."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from webapp.kernel.errors import NotFound
from webapp.kernel.storage import URL_PREFIX, checked, missing, out_of_order

CONNECT_SECONDS = 5
READ_SECONDS = 60
ATTEMPTS_MAX = 3

_MISSING = ("404", "NoSuchKey", "NotFound")


def connect(bucket: str, prefix: str, addressing_style: str, options: dict[str, str]) -> S3Store:
    """`addressing_style`: OSS and COS want `virtual`, MinIO wants `path`."""
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "max_attempts": ATTEMPTS_MAX},
        s3={"addressing_style": addressing_style},
        # Since 1.36 boto3 adds checksums that OSS and COS answer with 400 or 403:
        # https://github.com/boto/boto3/issues/4392 (2025-01).
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return S3Store(boto3.client("s3", config=config, **options), bucket, prefix)


class S3Store:
    """`client` is boto3's, and may be used from several threads."""

    def __init__(self, client: Any, bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix

    def put(self, key: str, data: bytes, content_type: str) -> None:
        with _remote():
            self._client.put_object(**self._at(key), Body=data, ContentType=content_type)

    def get(self, key: str) -> bytes:
        with _remote(), self.open_stream(key) as stream:
            return stream.read()

    def open_stream(self, key: str) -> BinaryIO:
        with _remote():
            body: BinaryIO = self._client.get_object(**self._at(key))["Body"]
            return body

    def exists(self, key: str) -> bool:
        try:
            with _remote():
                self._client.head_object(**self._at(key))
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        with _remote():
            self._client.delete_object(**self._at(key))

    def url_path(self, key: str) -> str:
        return URL_PREFIX + checked(key)

    def check(self) -> None:
        try:
            with _remote():
                self._client.head_bucket(Bucket=self._bucket)
        except NotFound:
            raise out_of_order() from None

    def _at(self, key: str) -> dict[str, str]:
        key = checked(key)
        return {"Bucket": self._bucket, "Key": f"{self._prefix}/{key}" if self._prefix else key}


@contextmanager
def _remote() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _MISSING:
            raise missing() from None
        raise out_of_order() from error
    except BotoCoreError as error:
        raise out_of_order() from error
