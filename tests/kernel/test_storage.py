from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from tests.wechat.wire import closed_port
from webapp.kernel.errors import Invalid, NotFound, Unavailable
from webapp.kernel.s3 import S3Store
from webapp.kernel.storage import FileStore, Store, content_key, open_store

DATA = "同心同行".encode()
CHECKSUM, KEY = content_key(DATA, ".jpg")


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")


@pytest.fixture(params=["file", "s3", "s3 without prefix"])
def store(request: pytest.FixtureRequest, tmp_path: Path, credentials: None) -> Iterator[Store]:
    if request.param == "file":
        yield open_store(f"file://{tmp_path}/media%20files")
        return
    with mock_aws():
        boto3.client("s3").create_bucket(
            Bucket="tongxin", CreateBucketConfiguration={"LocationConstraint": "cn-north-1"}
        )
        yield open_store("s3://tongxin" + ("/media" if request.param == "s3" else ""))


def test_the_key_is_made_of_the_bytes() -> None:
    checksum = hashlib.sha256(DATA).hexdigest()
    assert (checksum, f"sha256/{checksum[:2]}/{checksum[2:4]}/{checksum}.jpg") == (CHECKSUM, KEY)


def test_what_is_put_is_got(store: Store) -> None:
    assert not store.exists(KEY)
    store.put(KEY, DATA, "image/jpeg")
    store.put(KEY, DATA, "image/jpeg")
    assert store.exists(KEY)
    assert store.get(KEY) == DATA
    with store.open_stream(KEY) as stream:
        assert stream.read(4) + stream.read() == DATA
    store.check()


def test_what_is_deleted_is_gone_and_may_be_deleted_again(store: Store) -> None:
    store.put(KEY, DATA, "image/jpeg")
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)
    for read in (store.get, store.open_stream):
        with pytest.raises(NotFound, match="没有这个文件"):
            read(KEY)


def test_a_browser_finds_it_under_media(store: Store) -> None:
    assert store.url_path(KEY) == f"/media/{KEY}"


STRAY_KEYS = [
    "../tongxin.db", "/etc/passwd", "a/../../b", "a//b", "a/./b", ".hidden", "a/.hidden", "",
    "A.jpg", "a\\..\\b", "a\0b", "a%2e%2e/b", "图.jpg", "a\n", "~root", "a" * 201,
]  # fmt: skip


def test_no_key_leads_out_of_the_store(store: Store, tmp_path: Path) -> None:
    (tmp_path / "tongxin.db").write_bytes(b"secret")
    for key in STRAY_KEYS:
        assert not store.exists(key), key
        for act in (store.get, store.open_stream, store.delete, store.url_path):
            with pytest.raises(NotFound):
                act(key)
        with pytest.raises(NotFound):
            store.put(key, DATA, "image/jpeg")
        assert (tmp_path / "tongxin.db").read_bytes() == b"secret", key


@given(st.text(max_size=60))
def test_whatever_is_taken_for_a_key_stays_inside_the_folder(text: str) -> None:
    folder = Path("/srv/media")
    try:
        path = FileStore(folder)._path(text)
    except NotFound:
        return
    assert path.resolve().is_relative_to(folder)


def test_a_half_written_file_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore(tmp_path)

    def breaks(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", breaks)
    with pytest.raises(Unavailable, match="磁盘空间"):
        store.put(KEY, DATA, "image/jpeg")
    monkeypatch.undo()
    assert not store.exists(KEY)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_readers_see_all_or_nothing_while_the_same_file_is_put_again(tmp_path: Path) -> None:
    store, big = FileStore(tmp_path), bytes(300_000)
    store.put(KEY, big, "image/jpeg")

    def write() -> None:
        for _ in range(10):
            store.put(KEY, big, "image/jpeg")

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert len(store.get(KEY)) == len(big)
    for writer in writers:
        writer.join(10)


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = FileStore(tmp_path / "file" / "media")
    with pytest.raises(Unavailable):
        store.check()
    with pytest.raises(Unavailable):
        store.put(KEY, DATA, "image/jpeg")
    with pytest.raises(NotFound):
        store.get(KEY)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put("a/b.jpg", DATA, "image/jpeg")
    assert not store.exists("a")
    with pytest.raises(NotFound):
        store.get("a")


STRAY_URLS = [
    "", "media", "file://", "file:///", "file://host/media", "s3://", "http://x/y", "ftp://x",
    "s3://bucket?addressing_style=odd", "s3://bucket?unknown=1",
]  # fmt: skip


@pytest.mark.parametrize("url", STRAY_URLS)
def test_another_address_stops_the_start(url: str) -> None:
    with pytest.raises(Invalid, match="TONGXIN_MEDIA_URL"):
        open_store(url)


def test_the_dialect_for_oss_and_cos_is_spoken(credentials: None) -> None:
    store = open_store(
        "s3://tongxin/media?addressing_style=virtual&endpoint_url=https://oss-cn-beijing.aliyuncs.com"
    )
    assert isinstance(store, S3Store)
    config = store._client.meta.config
    assert config.s3["addressing_style"] == "virtual"
    assert config.request_checksum_calculation == "when_required"
    assert config.response_checksum_validation == "when_required"
    assert store._client.meta.endpoint_url == "https://oss-cn-beijing.aliyuncs.com"


def test_the_endpoint_may_come_from_the_environment(
    credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://minio.internal:9000")
    store = open_store("s3://tongxin")
    assert isinstance(store, S3Store)
    assert store._client.meta.endpoint_url == "http://minio.internal:9000"


def test_a_bucket_that_does_not_answer_is_reported(
    credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.kernel.s3.ATTEMPTS_MAX", 1)
    store = open_store(f"s3://tongxin?endpoint_url=http://127.0.0.1:{closed_port()}")
    for act in (store.get, store.exists, store.delete):
        with pytest.raises(Unavailable, match="媒体存储现在不可用"):
            act(KEY)
    with pytest.raises(Unavailable):
        store.check()


def test_a_missing_bucket_is_reported(credentials: None) -> None:
    with mock_aws(), pytest.raises(Unavailable):
        open_store("s3://no-such-bucket").check()


def test_the_content_type_is_kept(credentials: None) -> None:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="tongxin")
        S3Store(client, "tongxin", "media").put(KEY, DATA, "image/jpeg")
        head = client.head_object(Bucket="tongxin", Key=f"media/{KEY}")
    assert head["ContentType"] == "image/jpeg"


def test_without_boto3_the_start_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "webapp.kernel.s3")
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(Invalid, match="安装 boto3"):
        open_store("s3://tongxin")
