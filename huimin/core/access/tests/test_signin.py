import re

import pytest
from allauth.mfa.totp.internal import auth as totp

from huimin.core.access import api as access

PASSWORD = "xiaguanying-2026"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def account(officer, system):
    """An officer with a password."""
    made = officer("620123101201", name="马建军", account=True)
    access.set_password(system, account=made.pk, password=PASSWORD)
    made.refresh_from_db()
    return made


def sign_in(client, username, password=PASSWORD, **more):
    return client.post("/account/login/", {"login": username, "password": password, **more})


def confirm(client):
    """Give the password again, as pages about the account's safety ask."""
    return client.post("/account/reauthenticate/", {"password": PASSWORD})


def test_an_officer_signs_in_to_the_desk(client, account):
    assert sign_in(client, account.username)["Location"] == "/desk/"


def test_sign_in_leads_back_to_where_it_was_asked_for(client, account):
    assert sign_in(client, account.username, next="/desk/search/")["Location"] == "/desk/search/"


def test_a_citizen_signs_in_to_the_home_page(client, system):
    access.open_account(system, username="resident", name="居民", password=PASSWORD)
    assert sign_in(client, "resident")["Location"] == "/"


def test_a_wrong_password_says_what_to_do_and_nothing_about_the_account(client, account):
    wrong = sign_in(client, account.username, "wrong").content.decode()
    unknown = sign_in(client, "nobody", "wrong").content.decode()
    assert "用户名或密码不对" in wrong
    assert "用户名或密码不对" in unknown


def test_six_failures_lock_the_account_on_this_device_in_words(client, account):
    answers = [sign_in(client, account.username, "wrong") for _try in range(6)]
    assert [a.status_code for a in answers[:5]] == [200] * 5
    assert answers[5].status_code == 429
    assert "锁定十五分钟" in answers[5].content.decode()
    assert sign_in(client, account.username).status_code == 429


def test_another_account_is_not_locked_with_it(client, account, officer, system):
    other = officer("620123101201", account=True)
    access.set_password(system, account=other.pk, password=PASSWORD)
    for _try in range(6):
        sign_in(client, account.username, "wrong")
    assert sign_in(client, other.username)["Location"] == "/desk/"


def test_a_closed_account_cannot_sign_in(client, account, system):
    access.close_account(system, account=account.pk, reason="调离")
    assert "_auth_user_id" not in client.session
    sign_in(client, account.username)
    assert "_auth_user_id" not in client.session


def test_a_new_password_ends_sessions_under_the_old_one(client, account, system):
    sign_in(client, account.username)
    access.set_password(system, account=account.pk, password="another-2026-word")
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "email/", "confirm-email/", "login/code/confirm/", "password/set/"]
)
def test_what_a_public_service_does_not_offer_says_where_to_go(client, db, path):
    answer = client.get(f"/account/{path}")
    assert answer.status_code == 404
    assert "账号由单位开立" in answer.content.decode()


def test_nobody_signs_himself_up(client, db):
    client.post("/account/signup/", {"username": "me", "password1": PASSWORD, "password2": PASSWORD})
    assert access.account_of("me") is None


def test_signing_out_takes_a_press_not_a_link(client, account):
    sign_in(client, account.username)
    assert "退出登录" in client.get("/account/logout/").content.decode()
    assert client.get("/desk/").status_code == 200
    assert client.post("/account/logout/")["Location"] == "/open/"
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/account/2fa/", "我的账号"),
        ("/account/password/change/", "修改密码"),
        ("/account/2fa/totp/activate/", "开启两步验证"),
    ],
)
def test_pages_of_the_account_are_in_chinese(client, account, path, words):
    sign_in(client, account.username)
    confirm(client)
    assert words in client.get(path).content.decode()


def test_a_second_factor_is_set_up_asked_for_and_replaced_by_a_recovery_code(client, account, monkeypatch):
    sign_in(client, account.username)
    assert client.get("/account/2fa/totp/activate/")["Location"].startswith("/account/reauthenticate/")
    assert "再确认一次" in client.get("/account/reauthenticate/").content.decode()
    confirm(client)
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'<code class="hm-code">(\w+)</code>', page).group(1)
    code = totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))
    client.post("/account/2fa/totp/activate/", {"code": code})
    codes = re.findall(
        r'<code class="hm-code">(\S+)</code>', client.get("/account/2fa/recovery-codes/").content.decode()
    )
    assert len(codes) >= 5
    client.post("/account/logout/")

    assert sign_in(client, account.username)["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/desk/").status_code == 302
    assert "输入验证码" in client.get("/account/2fa/authenticate/").content.decode()
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/account/2fa/authenticate/", {"code": codes[0]})["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_passwords_must_be_long_and_not_common(client, account):
    sign_in(client, account.username)
    answer = client.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": "12345678", "password2": "12345678"},
    )
    assert answer.status_code == 200
    assert "10" in answer.content.decode()


def test_no_password_reaches_the_journal(account, system):
    from huimin.core.journal.models import Entry

    assert not Entry.objects.filter(payload__contains=PASSWORD).exists()
