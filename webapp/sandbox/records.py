"""Everything the sandbox remembers, one class per kind of thing. Times are seconds since 1970."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Record(BaseModel):
    """`key` is unique among the records of one kind and one account."""

    model_config = ConfigDict(extra="forbid")
    kind: ClassVar[str]
    appid: str
    key: str

    @property
    def is_open(self) -> bool:
        """Whether something is still to happen to it by itself."""
        return False


class Token(Record):
    kind = "token"
    family: Literal["basic", "stable"]
    issued_at: float
    expires_at: float
    superseded: bool = False
    forced: bool = False


class Counter(Record):
    """`key` is `{window}|{path}`, the window a date (Asia/Shanghai), a minute or a month."""

    kind = "counter"
    count: int = 0


class Picture(Record):
    """The bytes of an upload; `key` is the name of the file. `for_content`: came by uploadimg, has no media_id."""

    kind = "picture"
    format: Literal["jpeg", "png", "gif", "bmp"]
    width: int
    height: int
    size: int
    url: str
    for_content: bool


class Material(Record):
    """`expires_at` is set for temporary media only (three days)."""

    kind = "material"
    type: Literal["image", "thumb", "voice", "video"]
    name: str
    file: str
    url: str = ""
    title: str = ""
    introduction: str = ""
    update_time: float
    expires_at: float | None = None


class Article(BaseModel):
    """`content` is what survived storage, `content_received` what came in (shown to tests only)."""

    model_config = ConfigDict(extra="forbid")
    article_type: Literal["news", "newspic"] = "news"
    title: str
    author: str = ""
    digest: str = ""
    content: str
    content_received: str
    content_source_url: str = ""
    thumb_media_id: str = ""
    need_open_comment: int = 0
    only_fans_can_comment: int = 0
    pic_crop_235_1: str = ""
    pic_crop_1_1: str = ""
    image_info: dict[str, JsonValue] | None = None
    cover_info: dict[str, JsonValue] | None = None
    product_info: dict[str, JsonValue] | None = None
    cover: str = ""
    pictures: list[str] = Field(default_factory=list)
    url: str = ""
    page: str = ""
    is_deleted: bool = False
    comments_open: bool = False


class Draft(Record):
    kind = "draft"
    articles: list[Article]
    create_time: float
    update_time: float


class Post(Record):
    """What followers can read; `key` is the article_id."""

    kind = "post"
    origin: Literal["publish", "mass"]
    to_all: bool = True
    msg_data_id: str
    articles: list[Article]
    publish_time: float


class PublishJob(Record):
    """`key` is the publish_id. `outcome` is the status it will end with, `quirks` what its event suffers."""

    kind = "publish_job"
    media_id: str
    msg_data_id: str
    status: int = 1
    outcome: int = 0
    quirks: list[str] = Field(default_factory=list)
    articles: list[Article]
    article_id: str | None = None
    submitted_at: float
    due_at: float

    @property
    def is_open(self) -> bool:
        return self.status == 1


class MassJob(Record):
    """`key` is the msg_id."""

    kind = "mass_job"
    msgtype: str
    media_id: str = ""
    msg_data_id: str
    status: str = "SENDING"
    outcome: str = "send success"
    quirks: list[str] = Field(default_factory=list)
    articles: list[Article]
    article_id: str | None = None
    to_all: bool
    audience: int
    clientmsgid: str
    submitted_at: float
    due_at: float

    @property
    def is_open(self) -> bool:
        return self.status == "SENDING"


class Event(Record):
    """One delivery to the callback URL: at most three tries."""

    kind = "event"
    event: str
    xml: str
    created_at: float
    attempts: int = 0
    delivered: bool = False
    abandoned: bool = False
    last_error: str = ""

    @property
    def is_open(self) -> bool:
        return not self.delivered and not self.abandoned


class Comment(Record):
    """`key` is the user_comment_id, `index` counts from 0."""

    kind = "comment"
    msg_data_id: str
    index: int
    openid: str
    nickname: str
    content: str
    create_time: float
    elected: bool = False
    reply: str = ""
    reply_time: float = 0


class CallLog(Record):
    """`key` is the rid. Bodies are cut at 2,000 characters, secrets and tokens are masked."""

    kind = "call"
    time: float
    method: str
    path: str
    query: str
    http_status: int | None = None
    errcode: int | None = None
    fault: str = ""
    client_ip: str
    cost_ms: int = 0
    request_body: str = ""
    response_body: str = ""
