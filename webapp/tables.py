"""Every table, for migrations: importing this module fills `metadata`."""

from __future__ import annotations

from webapp.articles import models as _articles
from webapp.columns import models as _columns
from webapp.comments import models as _comments
from webapp.editions import models as _editions
from webapp.kernel import audit as _audit
from webapp.kernel import web as _web
from webapp.kernel.db import Base
from webapp.lexicon import models as _lexicon
from webapp.media import models as _media
from webapp.notices import models as _notices
from webapp.proofreading import models as _proofreading
from webapp.publishing import models as _publishing
from webapp.review import models as _review
from webapp.users import models as _users
from webapp.wechat import models as _wechat

metadata = Base.metadata
ROOMS = (
    _articles,
    _audit,
    _columns,
    _comments,
    _editions,
    _lexicon,
    _media,
    _notices,
    _proofreading,
    _publishing,
    _review,
    _users,
    _web,
    _wechat,
)
