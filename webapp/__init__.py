"""Tongxin (同心): a content manager for the WeChat Official Accounts of an institution.

The house. A folder is a subject; imports go only downward; import-linter holds it (`make check`).

    cli                 the commands
    command             what every command needs
    serving             the long-running processes: web, worker
    demo | backup
    app                 the roof: create_app, headers, the one table from errors to HTTP
    blueprints | tables which rooms have doors; every table, for migrations
    desk | system       what one sees first; people, accounts, audit trail, health
    templating          what templates are given
    notices             who is told of what happened, here and outside
    reports             counts of what was published
    publishing          one push of an edition, exactly once
    editions            which approved articles go out together, when, to which account
    review              verdicts bound to a checksum
    proofreading | comments   findings answered, the archive swept when a rule changes; comments on words of an article
    articles            Article, Revision, autosave, checksum, search
    checks | intake | rendering    pure: findings on a text; foreign text in; WeChat and website HTML out
    columns | media | lexicon      campaigns and columns; assets, artworks, derivatives; what the checks let pass and look for
    document            pure: the body's model
    wechat              the gateway to the platform, its callbacks, the stored accounts
    users               people, grants, sign-in, tokens
    kernel              database, settings, audit, storage, queue, errors, the request's edge
    sandbox             a local official account; imports nothing of the rest

    templates/<room>/, static/     what a browser gets

Inside a room a file has one of these names, and the left may import the right:
`views`, `api`, `worker`, `callback` → `forms` → `service` → `queries` → `models` → `workflow`.
Forms stand over the service because a form parses into what the service takes.

Any other file is one named matter that would make the service or the queries too long to read. What only asks stands with the
queries (`review.standing`, `review.owed`, `articles.numbering`, `publishing.foresight`), what acts stands over the service
(`review.links`, `review.countersigning`), what a page reads whole stands under the views (`review.reading`, `review.sheet`);
its docstring says which matter, import-linter where it stands.

One word per thing.

    account      an official account (公众号)           user         a person here
    campaign     专题                                   column       专栏
    article      稿件, a row of revisions               revision     an immutable version of its text
    draft        the article's state 草稿               wechat_draft what lies in the platform's draft box
    form         news (图文) or newspic (图片消息)    sign         what a stored article is known by
    digest       摘要                                   checksum     a hash
    review       one verdict (审核意见) on a checksum   seal         how a verdict is shown
    edition      一次推送: what goes out together       publication  one push of an edition
    step         one remote call of a publication       posting      an article that came out, in the ledger
    asset        a file of ours                         material     its copy at WeChat
    artwork      an asset with title, artist, consent   marker       what an article carries to be found again
    issue        期号 of an article in its column      kicker       the line above the text that shows it
    embargo      不早于: when at the earliest it goes out
    finding      what a check found                     clean-up     what the intake changed
    notice       提醒, to one person                 message      notices gathered, on their way out
    comment      批注, a thread on some words        remark       one thing said in a thread
    lexicon      词库, terms to look for         word list    a lexicon kept at the desk
    disposition  a person's answer to a finding         sweep        a pass of the checks over what is published
"""
