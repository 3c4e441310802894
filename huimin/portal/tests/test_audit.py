import pytest
from django.db import connection

from huimin.core.access.api import Purpose, acting_as, record_look
from huimin.kit.ref import Ref

from .conftest import COUNTY, OTHER_COUNTY, OTHER_VILLAGE, VILLAGE


@pytest.fixture
def auditor(browse, officer, register):
    register("马桂花", VILLAGE)
    register("马玉英", OTHER_VILLAGE)
    return browse(officer(COUNTY, "*.auditor", account=True))


def test_an_auditor_reads_the_changes_of_his_area_only(auditor):
    page = auditor.get("/desk/audit/").content.decode()
    assert VILLAGE[:6] in page or "过店子" in page
    assert "花坪" not in page
    assert "登记" in page


def test_one_kind_of_change_can_be_shown_alone(auditor):
    page = auditor.get("/desk/audit/", {"action": "access.grant"}).content.decode()
    assert page.count("<tbody>") == 1
    assert page.split("<tbody>")[1].count("授予权限") == page.split("<tbody>")[1].count("<tr")


def test_the_journal_is_for_auditors_only(browse, officer, counties, service):
    answer = browse(officer(COUNTY, "sample.keeper", account=True)).get("/desk/audit/")
    assert answer.status_code == 403
    assert "只对审计员开放" in answer.content.decode()


def test_the_whole_journal_can_be_verified_from_the_page(auditor):
    assert "核验通过" in auditor.post("/desk/audit/").content.decode()


def test_a_changed_entry_is_named_on_the_page(auditor):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE journal_entry SET actor_label = 'x' WHERE seq = 2")
        cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")
    page = auditor.post("/desk/audit/").content.decode()
    assert "核验没有通过" in page
    assert "第 2 条" in page


def test_looks_within_the_area_are_listed_with_purpose_and_what_was_unmasked(auditor, officer):
    viewer = officer(COUNTY, name="看的人")
    with acting_as(viewer):
        record_look(Ref.of("household", "a" * 8), area=VILLAGE, purpose=Purpose.VISIT)
        record_look(
            Ref.of("person", "b" * 8),
            area=VILLAGE,
            purpose=Purpose.CHECK,
            revealed="id_number",
            reason="核对银行卡",
        )
        record_look(Ref.of("household", "c" * 8), area=OTHER_COUNTY, purpose=Purpose.VISIT)
    page = auditor.get("/desk/audit/looks/").content.decode()
    assert "入户走访" in page
    assert "核对银行卡" in page
    assert "证件号码" in page
    assert "cccccccc" not in page
    only = auditor.get("/desk/audit/looks/", {"revealed": "1"}).content.decode()
    assert "核对银行卡" in only
    assert "aaaaaaaa" not in only


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "１２"])
def test_a_cursor_that_is_none_begins_at_the_top(auditor, after):
    assert auditor.get("/desk/audit/", {"after": after}).status_code == 200


def test_an_auditor_without_a_service_begins_at_the_journal(auditor):
    assert auditor.get("/desk/")["Location"] == "/desk/audit/"
