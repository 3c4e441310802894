import pytest

from huimin.core.access import api as access
from huimin.core.access.admin import site

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def admin(client, officer, system, settings):
    """A client signed in as a system administrator."""
    settings.TOTP_REQUIRED = []
    access.open_account(system, username="root", name="系统管理员", superuser=True)
    office = access.open_office(system, name="大数据中心", area="620000000000")["office"]
    post = access.appoint(system, office=office, username="root", name="系统管理员", start="2025-01-01")
    access.grant(
        system, officer=post["officer"], service="*", role="admin", area="000000000000", start="2025-01-01"
    )
    client.force_login(access.account_of("root"), backend=BACKEND)
    return client


def test_an_administrator_reads_accounts_offices_and_rights(admin):
    for model in ("account", "office", "officer", "grant", "look"):
        assert admin.get(f"/system/access/{model}/").status_code == 200, model


def test_nothing_on_the_site_can_be_added_changed_or_deleted(admin, rf):
    request = rf.get("/system/")
    request.user = access.account_of("root")
    for model, page in site._registry.items():
        assert not page.has_add_permission(request), model
        assert not page.has_change_permission(request), model
        assert not page.has_delete_permission(request), model


def test_what_is_posted_to_an_account_changes_nothing(admin, officer):
    account = officer("620123101201", account=True)
    answer = admin.post(
        f"/system/access/account/{account.pk}/change/", {"username": "x", "is_superuser": "on"}
    )
    account.refresh_from_db()
    assert answer.status_code in (302, 403)
    assert not account.is_superuser


def test_a_password_is_reset_through_an_action_and_shown_once(admin, officer):
    account = officer("620123101201", account=True)
    data = {"action": "give_new_password", "_selected_action": [account.pk]}
    page = admin.post("/system/access/account/", data, follow=True).content.decode()
    assert "只显示这一次" in page
    account.refresh_from_db()
    assert account.has_usable_password()
    assert "只显示这一次" not in admin.get("/system/access/account/").content.decode()


def test_an_account_is_closed_through_an_action_but_never_ones_own(admin, officer):
    account, own = officer("620123101201", account=True), access.account_of("root")
    admin.post("/system/access/account/", {"action": "close", "_selected_action": [account.pk, own.pk]})
    account.refresh_from_db()
    own.refresh_from_db()
    assert not account.is_active
    assert own.is_active


def test_a_superuser_without_the_role_changes_nothing(client, officer, system, settings):
    settings.TOTP_REQUIRED = []
    access.open_account(system, username="bare", name="无角色", superuser=True)
    client.force_login(access.account_of("bare"), backend=BACKEND)
    account = officer("620123101201", account=True)
    client.post("/system/access/account/", {"action": "close", "_selected_action": [account.pk]})
    account.refresh_from_db()
    assert account.is_active


def test_officers_and_strangers_are_kept_out(client, officer, db):
    assert client.get("/system/")["Location"].startswith("/system/login/")
    client.force_login(officer("620123101201", account=True), backend=BACKEND)
    assert client.get("/system/").status_code in (302, 403)
    assert client.get("/system/access/account/").status_code in (302, 403)


def test_no_hash_and_no_person_is_shown(admin, officer):
    account = officer("620123101201", account=True)
    page = admin.get(f"/system/access/account/{account.pk}/change/").content.decode()
    assert "md5$" not in page
    assert "person_id" not in page
