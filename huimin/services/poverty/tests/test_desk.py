"""The officers' pages: lists, dossier, survey, visits, alerts, and what they refuse."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO
from urllib.parse import unquote
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile as File
from django.test import Client
from django.urls import reverse

from huimin.core.access import api as access
from huimin.core.access.models import Account
from huimin.core.journal.models import Entry
from huimin.core.people import api as people
from huimin.core.programmes import api as programmes
from huimin.kit import clock as kit
from huimin.services.poverty import actions
from huimin.services.poverty.models import Alert, Guarantee, Income, Risk
from huimin.services.poverty.views import households as views

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(team):
    """A signed-in client of one of the team."""

    def make(viewer) -> Client:
        account = Account.objects.get(id=viewer.id.rpartition(":")[2])
        client = Client()
        client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make


@pytest.fixture
def enrolled(system, household, way):
    """A household in the programme, with its enrolment."""

    def make(**options):
        home = household(**options)
        way.enrol(home)
        with access.acting_as(system):
            return home, programmes.enrolment_of(home, actions.CODE)

    return make


def test_every_page_about_a_household_opens_for_its_officer(enrolled, household, team, door, way):
    home, enrolment = enrolled()
    client = door(team.village)
    with access.acting_as(team.village):
        risk = Risk.objects.filter(household_id=home).first()
    other = household()
    procedure = way.apply(other)
    pages = [
        reverse("poverty:desk-households"),
        *(reverse("poverty:desk-households") + f"?tab={tab}" for tab in ("way", "left", "all")),
        reverse("poverty:desk-households") + "?on=2025-12-31",
        reverse("poverty:desk-households") + "?on=2025-12-31&known=1",
        reverse("poverty:desk-households")
        + "?cause=illness&below=1&overdue=1&officer=none&q=wang&sort=-visit",
        reverse("poverty:desk-household", args=[home]),
        reverse("poverty:desk-household", args=[home]) + "?purpose=programme",
        reverse("poverty:desk-household", args=[other]) + "?purpose=visit",
        reverse("poverty:desk-household-panel", args=[home]),
        reverse("poverty:desk-reveal", args=[home]),
        reverse("poverty:desk-apply", args=[home]),
        reverse("poverty:desk-propose-exit", args=[home]),
        reverse("poverty:desk-risk-add", args=[home]),
        reverse("poverty:desk-facts", args=[home]),
        reverse("poverty:desk-member-add", args=[home]),
        reverse("poverty:desk-risk-remove", args=[risk.id]),
        reverse("poverty:desk-survey", args=[procedure]),
        reverse("poverty:desk-withdraw", args=[procedure]),
        reverse("poverty:desk-mine"),
        reverse("poverty:desk-visit", args=[enrolment.id]),
        reverse("poverty:desk-measure", args=[enrolment.id]),
        reverse("poverty:desk-alerts"),
        reverse("poverty:desk-visit-worker"),
        reverse("poverty:desk-visit-ready"),
        "/desk/",
    ]
    for page in pages:
        assert client.get(page).status_code == 200, page


def post(client: Client, url: str, **data: object):
    """Send a form with a fresh key."""
    return client.post(url, {"key": str(uuid4()), **data})


def test_another_township_sees_no_page_of_a_household(enrolled, officer, village, door):
    home, enrolment = enrolled()
    stranger = officer(village[:6] + "999000", "poverty.township")
    client = door(stranger)
    for name, number in (
        ("desk-household", home),
        ("desk-household-panel", home),
        ("desk-apply", home),
        ("desk-facts", home),
        ("desk-visit", enrolment.id),
        ("desk-assign", enrolment.id),
        ("desk-measure", enrolment.id),
        ("desk-reveal", home),
    ):
        answer = client.get(reverse(f"poverty:{name}", args=[number]) + "?purpose=programme")
        assert answer.status_code == 404, name
        assert "王秀" not in answer.content.decode()
    for tab in ("enrolled", "way", "left", "all"):
        assert "王秀" not in client.get(reverse("poverty:desk-households") + f"?tab={tab}").content.decode()
    sent = {"list": "poverty.enrolled", "query": "", "format": "csv", "key": "1"}
    file = client.post(reverse("portal:export-start"), sent, follow=True)
    assert "王秀" not in b"".join(file.streaming_content).decode()


def test_opening_a_dossier_asks_why_and_leaves_a_trace(enrolled, team, door):
    home, _enrolment = enrolled()
    client = door(team.village)
    url = reverse("poverty:desk-household", args=[home])
    assert "选一下为什么看" in client.get(url).content.decode()
    assert access.looks_at(actions.Ref.of("household", home)) == []
    client.get(url + "?purpose=visit")
    assert [look.purpose for look in access.looks_at(actions.Ref.of("household", home))] == ["visit"]


def test_unmasking_needs_a_reason_and_keeps_it(enrolled, team, door, system):
    home, _enrolment = enrolled()
    client = door(team.village)
    url = reverse("poverty:desk-reveal", args=[home])
    refused = post(client, url, what="address", purpose="visit", reason="")
    assert refused.status_code == 409
    assert "2组18号" not in refused.content.decode()
    shown = post(client, url, what="address", purpose="visit", reason="要去入户走访")
    assert "2组18号" in shown.content.decode()
    look = access.looks_at(actions.Ref.of("household", home))[0]
    assert (look.revealed, look.reason) == ("address", "要去入户走访")


def test_an_application_sent_twice_is_one_and_a_wrong_one_loses_nothing(household, team, door, system):
    home = household()
    client = door(team.village)
    url = reverse("poverty:desk-apply", args=[home])
    wrong = post(client, url, route="officer", cause="illness", text="太短", authorised="")
    assert wrong.status_code == 409
    page = wrong.content.decode()
    assert "太短" in page
    assert "需要同意核对" in page
    data = {
        "key": "one-key",
        "route": "officer",
        "cause": "illness",
        "text": "家里有人生病花费很大",
        "authorised": "on",
    }
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 302
    with access.acting_as(system):
        assert [one.route for one in programmes.procedures_of(home, actions.CODE)] == ["officer"]


SURVEY = {
    "year": "2025",
    "members": "3",
    "wages": "１２，０００",
    "business": "9000.50",
    "cost": "1,500",
    "excluded": "6000",
    "do": "submit",
    **{f"guarantee_{kind}": "yes" for kind in ("food", "clothing", "schooling", "medical", "housing")},
    "guarantee_water": "no",
    "note_water": "冬季缺水",
}


def test_the_survey_keeps_what_is_typed_computes_once_and_names_what_is_left_out_by_law(
    household, way, team, door, system
):
    """T20: a veteran's pension is not income: it is named with its article, in the preview and on the dossier."""
    home = household()
    procedure = way.apply(home)
    client = door(team.village)
    preview = client.post(reverse("poverty:desk-survey-preview", args=[home]), SURVEY).content.decode()
    assert "6,500.17" in preview
    assert "《军人抚恤优待条例》第四条" in preview
    url = reverse("poverty:desk-survey", args=[procedure])
    wrong = post(client, url, **{**SURVEY, "wages": "一万二"})
    assert wrong.status_code == 422
    assert "一万二" in wrong.content.decode()
    done = post(client, url, **SURVEY)
    assert done.status_code == 302
    with access.acting_as(system):
        assert str(Income.objects.get(household_id=home).per_head) == "6500.17"
    page = client.get(reverse("poverty:desk-household", args=[home]) + "?purpose=programme").content.decode()
    assert "《军人抚恤优待条例》第四条" in page
    assert "6,000.00" in page
    assert "冬季缺水" in page
    assert "认定为边缘易致贫户" in page


def test_a_survey_saved_but_not_sent_stays_at_its_step(household, way, team, door, system):
    procedure = way.apply(household())
    client = door(team.village)
    half = {"year": "2025", "members": "3", "wages": "10000", "guarantee_food": "yes", "do": "save"}
    assert post(client, reverse("poverty:desk-survey", args=[procedure]), **half).status_code == 302
    page = client.get(reverse("poverty:desk-survey", args=[procedure])).content.decode()
    assert 'value="10000.00"' in page
    assert "已替您填好" in page
    sent = post(client, reverse("poverty:desk-survey", args=[procedure]), **{**half, "do": "submit"})
    assert sent.status_code == 409
    assert "请选择有保障或没有保障" in sent.content.decode()


def test_a_returned_survey_keeps_its_content_and_marks_the_wrong_fields(household, way, survey, team, door):
    """T3: a returned record keeps all content and marks the wrong fields; one step re-opens."""
    procedure = way.apply(household())
    survey(procedure)
    way.review(procedure)
    way.notice("notice1", procedure)
    wrong = {"wages": "少了外出务工收入"}
    actions.check(
        team.township, procedure=UUID(procedure), verdict="return", reason="收入要重新核实", wrong=wrong
    )
    page = door(team.village).get(reverse("poverty:desk-survey", args=[procedure])).content.decode()
    assert "收入要重新核实" in page
    assert "少了外出务工收入" in page
    assert 'value="23700.00"' in page


def test_a_visit_with_photos_changes_only_the_guarantees_that_changed(enrolled, team, door, system):
    home, enrolment = enrolled()
    client = door(team.village)
    url = reverse("poverty:desk-visit", args=[enrolment.id])
    late = post(client, url, on="2099-01-01", met="户主", found="一切正常")
    assert late.status_code == 422
    assert "日期不能晚于今天" in late.content.decode()
    photo = b"\x89PNG\r\n\x1a\n" + b"0" * 64
    bad = post(
        client, url, on=kit.today(), met="户主", found="一切正常", photos=File("单子.pdf", b"%PDF-1.4")
    )
    assert "“单子.pdf”不是照片" in bad.content.decode()
    base = client.get(url).context["form"].initial["base_housing"]
    data = {
        "key": "visit-1",
        "on": kit.today(),
        "met": "户主",
        "found": "后墙裂了",
        "guarantee_housing": "no",
        "note": "后墙开裂",
        "base_housing": base,
    }
    for _twice in range(2):
        assert (
            client.post(
                url, {**data, "photos": [File("a.png", photo), File("b.png", photo + b"1")]}
            ).status_code
            == 302
        )
    with access.acting_as(system):
        visits = programmes.visits_of(enrolment.id)
        assert [v.found for v in visits] == ["后墙裂了"]
        assert len(programmes.photos_of("visit", visits[0].id)) == 2
        assert [
            g.secure for g in Guarantee.objects.filter(household_id=home, kind="housing").order_by("recorded")
        ] == [True, False]


def test_a_guarantee_recorded_by_somebody_else_meanwhile_shows_both_values(enrolled, team, door, system):
    """T7: a conflict shows both values and overwrites neither."""
    home, enrolment = enrolled()
    client = door(team.village)
    url = reverse("poverty:desk-visit", args=[enrolment.id])
    base = client.get(url).context["form"].initial["base_water"]
    actions.update_facts(team.township, household=home, guarantees={"water": True}, notes={"water": "新水井"})
    data = {
        "on": kit.today(),
        "met": "户主",
        "found": "还在拉水吃",
        "guarantee_water": "no",
        "base_water": base,
    }
    answer = client.post(url, {"key": "v", **data}, follow=True)
    page = answer.content.decode()
    assert "您记的是没有保障，系统里是有保障" in page
    with access.acting_as(system):
        assert (
            Guarantee.objects.filter(household_id=home, kind="water").order_by("recorded").last().secure
            is True
        )
        assert len(programmes.visits_of(enrolment.id)) == 1


def test_a_visit_of_another_officer_is_not_sent_under_my_name(enrolled, team, door, system):
    _home, enrolment = enrolled()
    data = {"key": "k", "owner": team.township.id, "on": kit.today(), "met": "户主", "found": "一切正常"}
    answer = door(team.village).post(reverse("poverty:desk-visit-sync", args=[enrolment.id]), data)
    assert answer.status_code == 409
    assert answer.json()["error"] == "other_owner"


def test_people_change_on_any_day_with_two_dates(household, team, door, system, clock):
    """T2: a birth is accepted on any day; the day it is true from and the day it was entered are two dates."""
    clock.set(date(2026, 3, 5))
    home = household(members=2)
    client = door(team.village)
    born = {
        "reason": "birth",
        "on": "2026-02-27",
        "relation": "daughter",
        "name": "王小雨",
        "sex": "female",
        "birth_date": "2026-02-27",
    }
    add = reverse("poverty:desk-member-add", args=[home])
    assert post(client, add, **{**born, "name": ""}).status_code == 409
    assert post(client, add, **born).status_code == 302
    with access.acting_as(system):
        child = next(m for m in people.members(home) if m.person.name == "王小雨")
        assert child.start == date(2026, 2, 27)
        assert [m.person.name for m in people.members(home, date(2026, 2, 26))].count("王小雨") == 0
    end = reverse("poverty:desk-member-end", args=[home, child.membership])
    assert post(client, end, reason="death", on="2099-01-01").status_code == 422
    assert post(client, end, reason="death", on="2026-03-04").status_code == 302
    with access.acting_as(system):
        assert "王小雨" not in [m.person.name for m in people.members(home)]


def alert_file(*rows: str) -> bytes:
    return ("证件号码,姓名,类别,情况,金额,日期\n" + "\n".join(rows)).encode("gb18030")


@pytest.fixture
def numbered(system, village):
    """A household whose head has an identity number: (household, number, name)."""
    number = "620123197001011228"
    head = people.register_person(
        system,
        name="马桂兰",
        sex="female",
        birth_date=date(1970, 1, 1),
        division_code=village,
        id_number=number,
    )
    made = people.register_household(
        system, head=UUID(head["person"]), division_code=village, on=date(2000, 1, 1)
    )
    return UUID(made["household"]), number, "马桂兰"


def test_a_department_list_is_checked_whole_before_anything_is_written(numbered, team, door, system):
    """T14: an import says what it took and names each bad row by row and column; the same file again changes nothing."""
    _home, number, name = numbered
    client = door(team.county)
    url = reverse("poverty:desk-alerts-import")
    content = alert_file(
        f"{number},{name},大额医疗支出,肺部手术,23000,2026-03-01",
        f"6.20123E+17,{name},大额医疗支出,住院治疗,100,2026-03-01",
        f"{number},张三,乱写,住院治疗,很多,2099-01-01",
    )
    checked = post(client, url, do="check", department="县医保局", file=File("名单.csv", content))
    page = checked.content.decode()
    assert "共 3 行，1 行可以导入，2 行有错" in page
    assert "号码被 Excel 改成了数字" in page
    assert "与登记的姓名不一致" in page
    with access.acting_as(system):
        assert Alert.objects.count() == 0
    text = content.decode("gb18030")
    first = post(client, url, do="import", department="县医保局", content=text).content.decode()
    again = post(client, url, do="import", department="县医保局", content=text).content.decode()
    assert "新登记 1 条预警" in first
    assert "1 条以前已经登记过" in again
    with access.acting_as(system):
        assert Alert.objects.count() == 1
    excel = post(client, url, do="check", department="县医保局", file=File("名单.xlsx", b"PK\x03\x04"))
    assert excel.status_code == 422
    assert "请另存为" in excel.content.decode()
    assert door(team.village).get(url).status_code == 403


def test_an_alert_opens_the_prefilled_form_that_ends_it(numbered, team, door, system):
    """T11: every alert leads to the pre-filled form that ends it; dismissing keeps what was found."""
    home, number, _name = numbered
    made = actions.raise_alert(
        team.county,
        id_number=number,
        kind="medical",
        department="县医保局",
        detail="肺部手术自付较多",
        on=date(2026, 1, 5),
    )
    client = door(team.village)
    todo = client.get("/desk/").content.decode()
    assert reverse("poverty:desk-alert", args=[made["alert"]]) in todo
    apply = reverse("poverty:desk-apply", args=[home]) + f"?alert={made['alert']}"
    assert (
        apply.replace("&", "&amp;")
        in client.get(reverse("poverty:desk-alert", args=[made["alert"]])).content.decode()
    )
    form = client.get(apply).content.decode()
    assert "肺部手术自付较多" in form
    sent = post(
        client, apply, alert=made["alert"], cause="illness", text="肺部手术自付两万多", authorised="on"
    )
    assert sent.status_code == 302
    with access.acting_as(system):
        assert Alert.objects.get().state == "entered"
        assert programmes.procedures_of(home, actions.CODE)[0].route == "alert"


def test_every_role_finds_its_work_in_the_to_do_list(household, way, survey, team, door, enrolled):
    """T11, T19: what waits leads to the page that ends it."""
    procedure = way.apply(household())
    village = door(team.village).get("/desk/").content.decode()
    assert reverse("poverty:desk-survey", args=[procedure]) in village
    _home, _enrolment = enrolled()
    township = door(team.township).get("/desk/").content.decode()
    assert "officer=none" in township


def test_many_households_get_one_officer_and_what_was_refused_is_named(enrolled, team, door, system):
    _first, one = enrolled()
    _second, two = enrolled()
    client = door(team.township)
    went = client.post(reverse("poverty:desk-households"), {"rows": [one.id, two.id], "do": "assign"})
    assert went.status_code == 302
    page = client.get(went["Location"])
    assert page.status_code == 200
    data = {"key": "many", "officer": team.village.officer, "start": kit.today()}
    assert client.post(went["Location"], data).status_code == 302
    with access.acting_as(system):
        assert {h.officer_name for h in programmes.responsibles([one.id, two.id]).values()} == {"李村干"}
        actions.suspend(team.county, enrolment=one.id, reason="外出务工暂停")
    early = client.post(
        went["Location"], {**data, "key": "early", "officer": team.township.officer, "start": "2001-01-01"}
    )
    assert early.status_code == 409
    assert "有 2 户没有办成" in early.content.decode()


def test_the_list_of_a_past_day_shows_who_was_in_then(enrolled, team, door, clock):
    """T2, T16: the list of a past day is marked as such and holds those who were in on that day."""
    home, _enrolment = enrolled()
    day = kit.today()
    clock.forward(days=30)
    client = door(team.village)
    url = reverse("poverty:desk-households")
    then = client.get(url + f"?on={day.isoformat()}").content.decode()
    assert "当天的名单" in then
    assert str(home) in then
    before = client.get(url + "?on=2025-12-31").content.decode()
    assert str(home) not in before


def test_an_export_runs_no_formula_and_leaves_a_trace(enrolled, team, door, system):
    enrolled(name="王小花")
    client = door(team.village)
    page = client.get(reverse("poverty:desk-households")).content.decode()
    assert 'name="list" value="poverty.enrolled"' in page

    def take(format):
        sent = {"list": "poverty.enrolled", "query": "q=王", "format": format, "key": "1"}
        file = client.post(reverse("portal:export-start"), sent, follow=True)
        assert unquote(file["Content-Disposition"]).endswith(f".{format}")
        assert "监测中的户" in unquote(file["Content-Disposition"])
        return b"".join(file.streaming_content)

    assert "王小花" in take("csv").decode()
    sheet = ZipFile(BytesIO(take("xlsx"))).read("xl/worksheets/sheet1.xml").decode()
    assert "王小花" in sheet
    assert "<f>" not in sheet
    assert Entry.objects.filter(action="exports.start").count() == 2
    assert [
        json.loads(e.payload)["details"]["rows"] for e in Entry.objects.filter(action="exports.take")
    ] == [1, 1]


def test_bad_addresses_are_refused_in_words_never_with_a_fault(enrolled, team, door):
    client = door(team.village)
    url = reverse("poverty:desk-households")
    for query in (
        "?after=xxxx",
        "?on=2025-02-31",
        "?officer=1",
        "?in=abc",
        "?kind=<script>",
        "?tab=nope",
        "?q=%00",
        "?sort=-no",
        "?q=' OR 1=1",
        "?on=0001-01-01",
    ):
        assert client.get(url + query).status_code in (200, 409), query
    assert client.get(reverse("poverty:desk-survey", args=[uuid4()])).status_code == 404
    assert client.post(reverse("poverty:desk-assign-many"), {"rows": "x"}).status_code == 404


def test_pages_of_a_list_follow_each_other_without_gaps(household, way, team, door, monkeypatch):
    monkeypatch.setattr(views, "PAGE", 2)
    procedures = [way.apply(household()) for _number in range(5)]
    client = door(team.village)
    seen: list[str] = []
    query = "?tab=way&sort=since"
    for _page in range(3):
        table = client.get(reverse("poverty:desk-households") + query).context["table"]
        seen += [row.key for row in table.rows]
        query = f"?tab=way&sort=since&after={table.pager.after}"
    assert sorted(seen) == sorted(procedures)
    assert table.pager.after == ""


def test_measures_risks_suspension_and_exit_end_where_they_began(
    enrolled, household, way, team, door, system
):
    home, enrolment = enrolled()
    client, county = door(team.village), door(team.county)
    measure = {"kind": "industry", "title": "养牛 2 头", "cost": "8,000", "fund": "", "start": kit.today()}
    add = reverse("poverty:desk-measure", args=[enrolment.id])
    assert "请写明资金来源" in post(client, add, **measure).content.decode()
    assert post(client, add, **{**measure, "fund": "衔接资金"}).status_code == 302
    with access.acting_as(system):
        row = programmes.measures_of(enrolment.id)[0]
        risk = Risk.objects.get(household_id=home)
    finish = reverse("poverty:desk-measure-finish", args=[row.id])
    assert post(client, finish, outcome="done", result="年增收六千元", on=kit.today()).status_code == 302
    assert post(client, finish, outcome="done", result="年增收六千元", on=kit.today()).status_code == 409
    flood = {"cause": "disaster", "since": kit.today(), "sudden": "on"}
    new_risk = reverse("poverty:desk-risk-add", args=[home])
    assert "突发困难请填写" in post(client, new_risk, **flood).content.decode()
    assert post(client, new_risk, **flood, loss="5000").status_code == 302
    remove = reverse("poverty:desk-risk-remove", args=[risk.id])
    assert post(client, remove, on=kit.today(), how="病已治愈，报销到位").status_code == 302
    suspend = reverse("poverty:desk-suspend", args=[enrolment.id])
    assert post(client, suspend, reason="全家外出务工").status_code == 403
    assert post(county, suspend, reason="全家外出务工").status_code == 302
    assert post(county, reverse("poverty:desk-resume", args=[enrolment.id])).status_code == 302
    leave = reverse("poverty:desk-propose-exit", args=[home])
    assert post(client, leave, text="收入稳定").status_code == 409
    assert post(client, leave, text="收入稳定，风险已经消除").status_code == 302
    page = client.get(reverse("poverty:desk-household", args=[home]) + "?purpose=programme").content.decode()
    for words in ("养牛 2 头", "年增收六千元", "病已治愈，报销到位", "填写入户调查"):
        assert words in page
    procedure = way.apply(household())
    assert (
        post(
            client, reverse("poverty:desk-withdraw", args=[procedure]), reason="户主自己不想办了"
        ).status_code
        == 302
    )


def test_a_correction_needs_a_reason_and_changes_only_what_is_wrong(household, team, door, system):
    home = household()
    client = door(team.village)
    with access.acting_as(system):
        member = people.members(home)[0]
    url = reverse("poverty:desk-member-correct", args=[home, member.membership])
    now = {
        "name": member.person.name,
        "sex": "female",
        "birth_date": "1970-05-01",
        "ethnicity": "汉族",
        "education": "",
    }
    assert "没有改动" in post(client, url, **now, reason="核对户口簿").content.decode()
    assert post(client, url, **{**now, "name": "王秀珍"}, reason="").status_code == 422
    assert post(client, url, **{**now, "name": "王秀珍"}, reason="核对户口簿，原来写错").status_code == 302
    with access.acting_as(system):
        assert people.household(home).head_name == "王秀珍"


def test_an_alert_that_is_no_risk_is_settled_with_what_was_found(numbered, team, door, system):
    _home, number, _name = numbered
    made = actions.raise_alert(
        team.county,
        id_number=number,
        kind="house",
        department="县住建局",
        detail="后墙开裂",
        on=date(2026, 1, 5),
    )
    client = door(team.village)
    url = reverse("poverty:desk-alert-dismiss", args=[made["alert"]])
    assert post(client, url, outcome="无").status_code == 409
    assert post(client, url, outcome="11月20日入户，房屋为新建，安全").status_code == 302
    again = post(client, url, outcome="11月20日入户，房屋为新建，安全")
    assert again.status_code == 409
    assert "已经处理" in again.content.decode()
