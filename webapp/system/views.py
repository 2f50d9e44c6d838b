"""People, official accounts, the audit trail, and one's own tokens."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from webapp.columns.service import list_columns
from webapp.kernel.audit import Subject, list_entries, verify
from webapp.kernel.errors import Conflict, Forbidden, Invalid, TongxinError, by_field
from webapp.kernel.paging import row_number
from webapp.kernel.toast import tell
from webapp.kernel.web import context, now, read, transaction
from webapp.system.forms import parse_grant, parse_person, parse_scopes
from webapp.system.words import ACTION_WORDS, PERMISSION_WORDS, SUBJECT_WORDS, detail_word
from webapp.users.access import current_actor, requires, signed_in
from webapp.users.models import Grant, User
from webapp.users.permissions import ROLE_NAMES, Permission, Role
from webapp.users.service import (
    add_user,
    create_token,
    get_user_by_id,
    grant,
    hash_password,
    list_tokens,
    list_users,
    one_time_password,
    revoke,
    revoke_token,
    set_active,
    set_password,
)
from webapp.wechat.doctor import Finding, diagnose
from webapp.wechat.models import Account
from webapp.wechat.service import (
    ACCOUNT_KINDS,
    add_account,
    change_kind,
    change_secret,
    get_account_by_id,
    list_accounts,
    open_gateway,
)

bp = Blueprint("system", __name__, url_prefix="/system")

AUDIT_PAGE = 50

_TABS = (
    ("system.people", "人员", Permission.USER_MANAGE),
    ("system.accounts", "公众号", Permission.ACCOUNT_READ),
    ("proofreading.lexicons", "词库", Permission.LEXICON_MANAGE),
    ("notices.channels", "提醒", Permission.USER_MANAGE),
    ("system.audit", "审计", Permission.AUDIT_READ),
    ("system.tokens", "令牌", None),
)


@bp.app_template_global()
def system_tabs() -> list[tuple[str, str]]:
    actor = current_actor()
    return [(e, word) for e, word, p in _TABS if p is None or actor.may(p)]


@bp.get("")
@signed_in
def index() -> Response:
    """The first tab that is open to this person."""
    return redirect(url_for(system_tabs()[0][0]))


# People


def _people(wrong: TongxinError | None = None, **more: Any) -> str:
    columns = list_columns(read())
    return render_template("system/people.html", people=list_users(read()), wrong=wrong,
                           errors=by_field(wrong), column_names={c.id: c.listed_name for c in columns},
                           role_names=ROLE_NAMES, typed=request.form,
                           **{"new": None, "password": "", **more})  # fmt: skip


@bp.get("/people")
@requires(Permission.USER_MANAGE)
def people() -> str:
    return _people()


@bp.post("/people")
@requires(Permission.USER_MANAGE)
def add_person() -> str | tuple[str, int]:
    """Answers with the one-time password on the page itself: it is shown this once and not kept."""
    password = one_time_password()
    try:
        form = parse_person(request.form)
        hashed = hash_password(password)
        with transaction() as session:
            user = add_user(session, form.username, password_hash=hashed, actor=current_actor(),
                            now=now(), display_name=form.display_name, unit=form.unit,
                            must_change_password=True)  # fmt: skip
    except (Invalid, Conflict) as wrong:
        return _people(wrong), 422
    return _people(new=user, password=password)


def _person(user: User, wrong: TongxinError | None = None, password: str = "") -> str:
    columns = list_columns(read())
    return render_template("system/person.html", user=user, columns=columns, wrong=wrong,
                           errors=by_field(wrong), column_names={c.id: c.listed_name for c in columns},
                           role_names=ROLE_NAMES, typed=request.form, password=password,
                           is_oneself=user.id == current_actor().id)  # fmt: skip


@bp.get("/people/<int:user_id>")
@requires(Permission.USER_MANAGE)
def person(user_id: int) -> str:
    return _person(get_user_by_id(read(), user_id))


@bp.post("/people/<int:user_id>/grants")
@requires(Permission.USER_MANAGE)
def give(user_id: int) -> Response | tuple[str, int]:
    try:
        form = parse_grant(request.form, [c.id for c in list_columns(read())])
        with transaction() as session:
            user = get_user_by_id(session, user_id)
            grant(session, user, form.role, actor=current_actor(), now=now(),
                  column_ids=(form.column_id,), stage=form.stage)  # fmt: skip
    except Invalid as wrong:
        return _person(get_user_by_id(read(), user_id), wrong), 422
    tell(f"已授权：{user.display_name}，{ROLE_NAMES[form.role]}。")
    return redirect(url_for("system.person", user_id=user_id), 303)


@bp.post("/people/<int:user_id>/grants/<int:grant_id>/revoke")
@requires(Permission.USER_MANAGE)
def take(user_id: int, grant_id: int) -> Response:
    with transaction() as session:
        user = get_user_by_id(session, user_id)
        held = next((g for g in user.grants if g.id == grant_id), None)
        revoke(session, user, grant_id, actor=current_actor(), now=now())
    if held is not None:
        _tell_revoked(user_id, held)
    return redirect(url_for("system.person", user_id=user_id), 303)


def _tell_revoked(user_id: int, held: Grant) -> None:
    """Giving the same again is the way back."""
    fields = {
        "role": held.role,
        "column": str(held.column_id or ""),
        "stage": str(held.stage or ""),
    }
    tell(
        f"已收回“{ROLE_NAMES[Role(held.role)]}”。",
        undo=url_for("system.give", user_id=user_id),
        fields=fields,
    )


@bp.post("/people/<int:user_id>/active")
@requires(Permission.USER_MANAGE)
def switch(user_id: int) -> Response | tuple[str, int]:
    active = request.form.get("active") == "1"
    try:
        with transaction() as session:
            user = get_user_by_id(session, user_id)
            set_active(session, user, active, actor=current_actor(), now=now())
    except Conflict as wrong:
        return _person(get_user_by_id(read(), user_id), wrong), 409
    word = "启用" if active else "停用"
    tell(f"已{word}{user.display_name}的账号。", fields={"active": "" if active else "1"},
          undo=url_for("system.switch", user_id=user_id))  # fmt: skip
    return redirect(url_for("system.person", user_id=user_id), 303)


@bp.post("/people/<int:user_id>/password")
@requires(Permission.USER_MANAGE)
def reset_password(user_id: int) -> str:
    """A new one-time password, shown this once; the person's sessions end."""
    if user_id == current_actor().id:
        raise Forbidden("自己的密码请在“我”那一页改，这里没有改动。")
    password = one_time_password()
    hashed = hash_password(password)
    with transaction() as session:
        user = get_user_by_id(session, user_id)
        set_password(session, user, hashed, actor=current_actor(), now=now())
    return _person(user, password=password)


# Official accounts


def _accounts(wrong: TongxinError | None = None) -> str:
    return render_template("system/accounts.html", accounts=list_accounts(read()), wrong=wrong,
                           errors=by_field(wrong), typed=request.form)  # fmt: skip


@bp.get("/accounts")
@requires(Permission.ACCOUNT_READ)
def accounts() -> str:
    return _accounts()


@bp.post("/accounts")
@requires(Permission.ACCOUNT_MANAGE)
def connect() -> Response | tuple[str, int]:
    form = {
        key: request.form.get(key, "").strip() for key in ("name", "appid", "secret", "aes_key")
    }
    try:
        with transaction() as session:
            account = add_account(session, form["name"], appid=form["appid"], secret=form["secret"],
                                  aes_key=form["aes_key"], box=context().box,
                                  actor=current_actor(), now=now())  # fmt: skip
    except (Invalid, Conflict) as wrong:
        return _accounts(wrong), 422
    tell("已接入。请先体检，再到公众平台填服务器配置。")
    return redirect(url_for("system.account", account_id=account.id), 303)


def _account(
    account: Account, wrong: TongxinError | None = None, findings: tuple[Finding, ...] = ()
) -> str:
    path = url_for("wechat_callback.prove", account_id=account.id)
    return render_template("system/account.html", account=account, wrong=wrong,
                           errors=by_field(wrong), findings=findings, kinds=ACCOUNT_KINDS,
                           callback_url=context().settings.public_url + path)  # fmt: skip


@bp.get("/accounts/<int:account_id>")
@requires(Permission.ACCOUNT_READ)
def account(account_id: int) -> str:
    return _account(get_account_by_id(read(), account_id))


@bp.post("/accounts/<int:account_id>/check")
@requires(Permission.ACCOUNT_READ)
def check(account_id: int) -> str:
    """Asks the platform, outside any transaction, and changes nothing there."""
    found = get_account_by_id(read(), account_id)
    read().commit()
    try:
        with closing(open_gateway(found, settings=context().settings, db=context().db,
                                  box=context().box, now=context().clock)) as gateway:  # fmt: skip
            findings = diagnose(gateway)
    except TongxinError as broken:
        findings = (Finding(subject="密钥", ok=False, sentence=broken.message),)
    return _account(found, findings=findings)


@bp.post("/accounts/<int:account_id>/kind")
@requires(Permission.ACCOUNT_MANAGE)
def new_kind(account_id: int) -> Response:
    with transaction() as session:
        found = get_account_by_id(session, account_id)
        before, kind = found.kind, request.form.get("kind", "")
        change_kind(session, found, kind, actor=current_actor(), now=now())
    tell(f"已记为{ACCOUNT_KINDS[kind]}。", undo=url_for("system.new_kind", account_id=account_id),
         fields={"kind": before})  # fmt: skip
    return redirect(url_for("system.account", account_id=account_id), 303)


@bp.post("/accounts/<int:account_id>/secret")
@requires(Permission.ACCOUNT_MANAGE)
def new_secret(account_id: int) -> Response | tuple[str, int]:
    try:
        with transaction() as session:
            found = get_account_by_id(session, account_id)
            change_secret(session, found, request.form.get("secret", "").strip(),
                          box=context().box, actor=current_actor(), now=now())  # fmt: skip
    except Invalid as wrong:
        return _account(get_account_by_id(read(), account_id), wrong), 422
    tell("AppSecret 已更换；请再体检一次。")
    return redirect(url_for("system.account", account_id=account_id), 303)


# The audit trail


def _subject(args: Mapping[str, str]) -> Subject | None:
    kind, number = args.get("kind", ""), args.get("id", "").strip()
    return Subject(kind=kind, id=number) if kind in SUBJECT_WORDS and number else None


def _audit(wrong: TongxinError | None = None, proof: tuple[int, str] | None = None) -> str:
    before = request.args.get("before", type=row_number)
    entries = list_entries(read(), subject=_subject(request.args), before=before,
                           limit=AUDIT_PAGE + 1)  # fmt: skip
    shown = entries[:AUDIT_PAGE]
    return render_template("system/audit.html", entries=shown, proof=proof, wrong=wrong,
                           before=before, more=shown[-1].id if len(entries) > AUDIT_PAGE else None,
                           subject=_subject(request.args), kinds=SUBJECT_WORDS,
                           action_words=ACTION_WORDS, detail_word=detail_word)  # fmt: skip


@bp.get("/audit")
@requires(Permission.AUDIT_READ)
def audit() -> str:
    return _audit()


@bp.post("/audit/verify")
@requires(Permission.AUDIT_READ)
def verify_audit() -> str:
    try:
        # A session of its own: the walk lets everything go that it has read.
        with Session(context().db.engine) as session:
            proof = verify(session)
    except Conflict as broken:
        return _audit(broken)
    return _audit(proof=proof)


# One's own tokens


def _tokens(wrong: TongxinError | None = None, token: str = "") -> str:
    actor = current_actor()
    mine = [(p, word) for p, word in PERMISSION_WORDS.items() if actor.may(p)]
    return render_template("system/tokens.html", tokens=list_tokens(read(), actor.id or 0),
                           permissions=mine, words=PERMISSION_WORDS, wrong=wrong,
                           errors=by_field(wrong), token=token, typed=request.form,
                           chosen=request.form.getlist("scopes"))  # fmt: skip


@bp.get("/tokens")
@signed_in
def tokens() -> str:
    return _tokens()


@bp.post("/tokens")
@signed_in
def add_token() -> str | tuple[str, int]:
    """Answers with the token on the page itself: it is shown this once and not kept."""
    actor = current_actor()
    try:
        scopes = parse_scopes(request.form.getlist("scopes"), actor)
        with transaction() as session:
            user = get_user_by_id(session, actor.id or 0)
            token = create_token(session, user, actor=actor, now=now(), scopes=scopes,
                                 name=request.form.get("name", "").strip()[:100])  # fmt: skip
    except Invalid as wrong:
        return _tokens(wrong), 422
    return _tokens(token=token)


@bp.post("/tokens/<int:token_id>/revoke")
@signed_in
def stop_token(token_id: int) -> Response:
    with transaction() as session:
        revoke_token(session, token_id, actor=current_actor(), now=now())
    tell("令牌已停用，用它的程序从现在起进不来。")
    return redirect(url_for("system.tokens"), 303)
