"""The rule book at the desk: read by every officer, changed cell by cell, taken as a file, signed by two."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huimin.core.rules import api as rules

pytestmark = pytest.mark.django_db
RULE, PROVINCE, VILLAGE = "poverty.monitoring", "620000000000", "620123101201"


def signed_in(account: Any) -> Client:
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def writer(officer: Any, clock: Any, settings: Any, tmp_path: Any) -> Client:
    settings.POPULATION = tmp_path / "population"
    return signed_in(officer(PROVINCE, "poverty.policy", name="陈起草", account=True))


@pytest.fixture
def reader(officer: Any, clock: Any, settings: Any, tmp_path: Any) -> Client:
    settings.POPULATION = tmp_path / "population"
    return signed_in(officer(VILLAGE, "poverty.village", account=True))


def begun(client: Client) -> UUID:
    """A draft of the monitoring rule; its id."""
    answer = client.post(f"/desk/rules/{RULE}/start/", {"key": "one"})
    return UUID(answer["Location"].rstrip("/").rpartition("/")[2])


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_village_officer_reads_a_rule_in_words_and_may_not_change_it(reader):
    book = page(reader.get("/desk/rules/"))
    assert "防止返贫监测对象认定" in book
    assert "11 条试例通过" in book
    said = page(reader.get(f"/desk/rules/{RULE}/"))
    for words in (
        "家庭人均年纯收入低于采用的范围线，或者并非“两不愁三保障和饮水安全全部有保障”",
        "否，或没有数据", "突发严重困难户", "每种情况只能符合一行", "《中华人民共和国乡村振兴促进法》第五十九条",
        "元/人·年", "没有错误，没有空缺", "11 条试例全部通过",
    ):  # fmt: skip
        assert words in said, words
    assert "起草新版本" not in said
    refused = reader.post(f"/desk/rules/{RULE}/start/", {"key": "one"})
    assert refused.status_code == 403
    assert reader.get("/desk/rules/poverty.nothing/").status_code == 404


def test_a_draft_is_read_by_everybody_and_written_by_who_has_the_right(writer, reader):
    draft = begun(writer)
    said = page(reader.get(f"/desk/rules/drafts/{draft}/"))
    assert "采用的范围线" in said
    assert "<textarea" not in said
    for address in ("check/", "xml/", "file/", "examples/", "simulation/begin/", "signing/"):
        answer = reader.post(
            f"/desk/rules/drafts/{draft}/{address}",
            {"do": "propose", "n": "1", "revision": "1", "xml": "<a/>"},
        )
        assert answer.status_code in (403, 409), address
    assert rules.draft(draft).revision == 1


def test_a_cell_is_saved_a_row_added_and_the_panel_says_what_that_changes(writer):
    draft = begun(writer)
    address = f"/desk/rules/drafts/{draft}/"
    given = {"c:line_r1:i1": "2025", "c:line_r1:o1": "9200"}
    live = page(writer.post(f"{address}check/", given))
    assert "没有一行管这种情况：收入年度为没有数据 或 0 到 2025（含 0，不含 2025） 或 高于 2025" in live
    assert "有改动还没有保存" in live
    assert rules.draft(draft).revision == 1, "looking keeps nothing"
    writer.post(address, {**given, "revision": "1", "key": "a", "do": "add:line"})
    saved = rules.draft(draft)
    assert saved.revision == 2
    assert saved.text.count("<rule id=") == rules.version(RULE).text.count("<rule id=") + 1
    again = writer.post(
        address,
        {
            "c:line_row2:i1": "not(2025)",
            "c:line_row2:o1": "monitoring_line",
            "revision": "2",
            "key": "b",
            "do": "save",
        },
    )
    assert again.status_code == 302
    said = page(writer.get(address))
    assert "没有错误，没有空缺" in said
    assert "“采用的范围线”第 1 行的“采用的范围线”" in said
    assert "9,200" in said
    assert "收入年度：否，或没有数据" not in said
    removed = writer.post(address, {"revision": "3", "key": "c", "do": "remove:line:line_row2"})
    assert removed["Location"].endswith("#line")
    assert rules.draft(draft).text == saved.text.replace(
        saved.text[
            saved.text.index('\n      <rule id="line_row2"') : saved.text.index(
                "</rule>", saved.text.index("line_row2")
            )
            + 7
        ],
        "",
    )


def test_two_windows_do_not_overwrite_each_other(writer):
    draft = begun(writer)
    address = f"/desk/rules/drafts/{draft}/"
    writer.post(address, {"c:line_r1:o1": "9000", "revision": "1", "key": "a", "do": "save"})
    late = writer.post(address, {"c:line_r1:o1": "8000", "revision": "1", "key": "b", "do": "save"})
    assert late.status_code == 422
    assert "已由他人（或另一个窗口）修改" in page(late)
    assert ">8000<" in page(late), "what was typed is still there"
    assert "9000" in rules.draft(draft).text


def test_a_draft_comes_back_from_a_file_byte_for_byte(writer):
    draft = begun(writer)
    address = f"/desk/rules/drafts/{draft}/file/"
    taken = writer.get(address)
    assert taken["Content-Disposition"].endswith('.dmn"')
    text = taken.content.decode().replace("</definitions>", "<!-- 他处编辑 -->\n</definitions>")
    sent = SimpleUploadedFile("a.dmn", text.encode())
    assert writer.post(address, {"file": sent, "revision": "1", "key": "f"}).status_code == 302
    assert rules.draft(draft).text == text
    wrong = writer.post(address, {"file": SimpleUploadedFile("a.dmn", text.encode("gbk")), "revision": "2"})
    assert "不是 UTF-8 编码" in page(wrong)
    assert "请选择 .dmn 文件" in page(writer.post(address, {"revision": "2"}))


def test_a_file_that_is_no_rule_is_kept_as_a_draft_and_said_to_be_none(writer):
    draft = begun(writer)
    sent = SimpleUploadedFile("a.dmn", b"<html><body>no</body></html>")
    writer.post(f"/desk/rules/drafts/{draft}/file/", {"file": sent, "revision": "1", "key": "f"})
    said = page(writer.get(f"/desk/rules/drafts/{draft}/"))
    assert "文件不是 DMN" in said
    for tab in ("examples/", "simulation/", "signing/"):
        assert writer.get(f"/desk/rules/drafts/{draft}/{tab}").status_code == 200


def test_dmn_js_alone_may_show_its_own_styles_and_nothing_may_run_a_script_in_the_page(writer):
    draft = begun(writer)
    drawing = writer.get(f"/desk/rules/drafts/{draft}/drawing/")
    policy = dict(
        part.strip().split(" ", 1)
        for part in drawing["Content-Security-Policy"].split(";")
        if " " in part.strip()
    )
    assert policy["script-src"] == "'self'"
    assert "unsafe-inline" not in drawing["Content-Security-Policy"]
    assert policy["style-src"].startswith("'self' 'unsafe-hashes' 'sha256-")
    other = writer.get(f"/desk/rules/drafts/{draft}/")["Content-Security-Policy"]
    assert "sha256" not in other
    assert drawing.context["translations"]["Activate hand tool"] == "移动画面"


def test_what_dmn_js_saves_is_kept_with_the_revision_it_was_opened_with(writer):
    draft = begun(writer)
    address = f"/desk/rules/drafts/{draft}/xml/"
    text = page(writer.get(address)).replace("income_per_head &lt; line", "income_per_head &lt; line + 100")
    kept = writer.post(
        address, {"xml": text, "revision": "1", "key": "x"}, headers={"Accept": "application/json"}
    )
    assert kept.json()["revision"] == 2
    saved = rules.draft(draft).text
    assert "line + 100" in saved
    assert "annotationEntry" in saved
    late = writer.post(
        address, {"xml": text, "revision": "1", "key": "y"}, headers={"Accept": "application/json"}
    )
    assert late.status_code == 409
    assert "另一个窗口" in late.json()["message"]


def test_an_example_is_changed_in_a_form_that_names_what_cannot_be_read(writer):
    draft = begun(writer)
    address = f"/desk/rules/drafts/{draft}/examples/"
    assert "收入低于监测范围线的脱贫户是脱贫不稳定户" in page(writer.get(f"{address}?n=1"))
    form = {
        "n": "1",
        "revision": "1",
        "key": "e",
        "case": "收入稍高的脱贫户不纳入",
        "g:income_per_head": "八千",
        "expect": "none",
    }
    wrong = writer.post(address, form)
    assert wrong.status_code == 422
    assert "请填数字" in page(wrong)
    assert "八千" in page(wrong), "what was typed is still there"
    assert writer.post(address, form | {"g:income_per_head": "8,300"}).status_code == 302
    [first, *rest] = rules.read_cases(rules.draft(draft).examples)
    assert (first.case, first.given["income_per_head"], first.given["lifted"], first.expect) == (
        "收入稍高的脱贫户不纳入", 8300, True, "none",
    )  # fmt: skip
    assert len(rest) == 10
    writer.post(address, form | {"g:income_per_head": "100", "revision": "2", "key": "g"})
    assert "应得“不认定”，现在得到“脱贫不稳定户”" in page(writer.get(address))
    writer.post(address, {"n": "1", "revision": "3", "key": "h", "do": "remove"})
    assert len(rules.read_cases(rules.draft(draft).examples)) == 10
    assert "读不出来" in page(writer.post(address, {"yaml": "- case: [", "revision": "4", "key": "i"}))


def test_who_wrote_a_draft_is_refused_to_publish_it_in_words(officer, clock, settings, tmp_path, monkeypatch):
    from huimin.core.rules.versions import actions

    monkeypatch.setattr(actions, "simulated", lambda row, day: None)  # the simulation is another test's
    settings.POPULATION = tmp_path / "population"
    both = officer(PROVINCE, "poverty.policy", "poverty.publisher", account=True)
    client = signed_in(both)
    draft = begun(client)
    client.post(
        f"/desk/rules/drafts/{draft}/",
        {
            "c:trouble": "income_per_head < line + 0 or not(guarantees)",
            "revision": "1",
            "key": "a",
            "do": "save",
        },
    )
    address = f"/desk/rules/drafts/{draft}/signing/"
    day = {"valid_from": "2026-12-01"}
    missing = client.post(address, {"do": "propose", "revision": "2", "key": "p", **day})
    assert missing.status_code == 422
    assert "请写明依据" in page(missing)
    client.post(
        address,
        {
            "do": "propose",
            "revision": "2",
            "key": "q",
            "basis": "甘农发〔2026〕18号",
            "valid_from": "2026-12-01",
        },
    )
    found = rules.draft(draft)
    assert found.state == "proposed"
    assert "须由另一位有发布权限的人发布" in page(client.get(address))
    alone = client.post(address, {"do": "publish", "seal": found.signed, "key": "r"})
    assert alone.status_code == 403
    assert "不能自己发布" in page(alone)
    other = signed_in(officer(PROVINCE, "poverty.publisher", name="李发布", account=True))
    assert ">1<" in page(other.get("/desk/rules/")), "the menu says that one waits"
    late = other.post(
        address, {"do": "publish", "seal": found.signed, "key": "s", "valid_from": "2026-11-01"}
    )
    assert "不能追溯" in page(late)
    assert other.post(address, {"do": "publish", "seal": found.signed, "key": "t"}).status_code == 302
    made = rules.version(RULE, 2)
    assert (made.state, made.valid_from, made.proposer.label != made.publisher.label) == (
        "coming",
        date(2026, 12, 1),
        True,
    )
    said = page(other.get(f"/desk/rules/{RULE}/?version=2"))
    assert "您看的是第 2 版，不是现行版本" in said
    taken = other.post(
        f"/desk/rules/{RULE}/withdraw/", {"version": "2", "reason": "依据文件撤销", "key": "w"}
    )
    assert taken.status_code == 302
    assert "依据文件撤销" in page(other.get(f"/desk/rules/{RULE}/?version=2"))
    differs = page(other.get(f"/desk/rules/{RULE}/compare/?a=1&b=2"))
    assert "采用的范围线 ＋ 0" in differs
    assert page(other.get(f"/desk/rules/{RULE}/file/?version=2")) == made.text
