"""The complaint T1 of village officers: an identity number was written several hundred times, in nine sets of forms.

Every form of the three doors is opened for one household in the process: none asks again for what the register knows.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse
from pypdf import PdfReader

from huimin.core.access import api as access
from huimin.core.cases.models import Case
from huimin.core.people import api as people
from huimin.core.programmes.models import (
    Attachment,
    BulkRun,
    Enrolment,
    Measure,
    Meeting,
    Notice,
    Objection,
    Procedure,
)
from huimin.core.rules import api as rules
from huimin.kit.ref import Ref
from huimin.services.poverty import actions, urls
from huimin.services.poverty.models import Alert, Question, Risk
from huimin.services.poverty.tests.arrange import NUMBER, SECRET, arrange

pytestmark = pytest.mark.django_db

REGISTERED = re.compile(
    r"^(id_?number|id_?card|identity|name|full_?name|sex|gender|birth\w*|born|address|ethnicity)$", re.I
)
WORDS = re.compile(r"证件|身份证|姓名|性别|出生|住址|民族")
# Forms that take what is new or wrong: a person who is not registered, a correction, the address after a move.
NEW = {"desk-member-add": "a new person", "desk-member-correct": "a correction", "desk-move": "a new address"}


class Controls(HTMLParser):
    """What a page lets somebody type or choose: (name, label) of every control, hidden ones and searches left out."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, str]] = []
        self.values: dict[str, str] = {}
        self.labels: dict[str, str] = {}
        self._for: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "label":
            self._for = given.get("for", "")
        if tag not in ("input", "select", "textarea") or not given.get("name"):
            return
        if given.get("type") in ("hidden", "search", "submit", "file") or given["name"] == "q":
            return
        self.fields.append((given["name"], given.get("id", "")))
        self.values[given["name"]] = given.get("value", "")
        if "aria-label" in given:
            self.labels[given.get("id", "")] = given["aria-label"]

    def handle_data(self, data: str) -> None:
        if self._for is not None:
            self.labels[self._for] = self.labels.get(self._for, "") + data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._for = None


def read(text: str) -> Controls:
    """The controls of a page."""
    found = Controls()
    found.feed(text)
    return found


def asked_again(page: Controls) -> set[str]:
    """The controls of a page that ask for what the register knows of a person."""
    return {
        name
        for name, id in page.fields
        if REGISTERED.match(name) or WORDS.search(page.labels.get(id, "") if id else "")
    }


@pytest.fixture
def process(system, village, team, citizen, household):
    """Households at every step: (households, officers, the heads of three of them as citizens)."""
    arrange(system, village)
    with access.acting_as(system):
        homes = [people.households(village, text=name).rows[0].id for name in SECRET]
        actions.apply(
            system, household=homes[3], cause="illness", text="家里有人生病花费很大", authorised=True
        )
        actions.ask(system, field="wages", text="打零工的工资怎么填", area=village)
        others = [homes[0], homes[3], household(name="没有申请过的")]
        heads = [people.household(home).head for home in others]
        waiting = Procedure.objects.filter(state="open").values_list("id", flat=True)[:1]
        actions.start_bulk(
            team.township, programme=actions.CODE, step="poverty.check", area=village[:9] + "000", procedures=tuple(waiting),
            arguments={"verdict": "approve"},
        )  # fmt: skip
    return homes, [team.village, team.township, team.county], [citizen(head) for head in heads]


def candidates(system: Any, homes: list[UUID], area: str) -> dict[str, list[Any]]:
    """For every kind of thing in an address, the things of the process."""

    def ids(model: Any) -> list[UUID]:
        return list(model.objects.values_list("id", flat=True))

    with access.acting_as(system):
        members = [one.membership for one in people.members(homes[0])]
        decided = [one.id for home in homes for one in rules.decisions_about(Ref.of("household", home))]
        found = {
            "household": [homes[0], homes[3]], "membership": members, "procedure": ids(Procedure), "enrolment": ids(Enrolment),
            "measure": ids(Measure), "risk": ids(Risk), "alert": ids(Alert), "question": ids(Question), "meeting": ids(Meeting),
            "objection": ids(Objection), "photo": ids(Attachment), "area": [area], "direction": ["entry"], "place": [1],
            "step": ["notice1"], "field": ["wages"], "of_kind": ["notice"], "of_id": ids(Notice)[:1],
            "id": [*ids(Notice), *ids(Case), *ids(Meeting)[:1], *ids(BulkRun), *decided],
        }  # fmt: skip
    return found


def addresses(door: str, found: dict[str, list[Any]]) -> Iterator[tuple[str, str]]:
    """Every address of a door with the things of the process in it."""
    for route in getattr(urls, door):
        named = route.pattern.converters
        most = max((len(found[name]) for name in named), default=1)
        for place in range(most):
            values = {name: found[name][min(place, len(found[name]) - 1)] for name in named if found[name]}
            if len(values) == len(named):
                yield route.name, reverse(f"poverty:{route.name}", kwargs=values)


def test_an_identity_number_written_several_hundred_times_is_asked_by_no_form_again(
    process, at_door, system, village
):
    homes, officers, citizens = process
    found = candidates(system, homes, village)
    doors = {
        "desk": [at_door(one) for one in officers],
        "me": [at_door(one) for one in citizens],
        "open": [at_door()],
    }
    asked: dict[str, set[str]] = {}
    forms, statuses = 0, {}
    for door, clients in doors.items():
        for name, url in addresses(door, found):
            for client in clients:
                answer = client.get(url, {"purpose": "programme", "rows": found["enrolment"]})
                statuses.setdefault(name, set()).add(answer.status_code)
                if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
                    continue
                page = read(answer.content.decode())
                forms += bool(page.fields)
                if again := asked_again(page):
                    asked.setdefault(name, set()).update(again)
    unseen = {name: codes for name, codes in statuses.items() if not codes & {200, 405}}
    assert unseen == {}
    assert forms > 40
    assert {name: again for name, again in asked.items() if name not in NEW} == {}
    assert asked["desk-member-add"] >= {"id_number", "name", "sex", "birth_date"}


def test_a_correction_shows_what_is_registered_and_asks_only_for_what_was_wrong(process, at_door, system):
    homes, officers, _citizens = process
    with access.acting_as(system):
        member = people.members(homes[0])[0]
    url = reverse("poverty:desk-member-correct", args=[homes[0], member.membership])
    page = read(at_door(officers[0]).get(url).content.decode())
    assert page.values["name"] == SECRET[0]
    assert page.values["birth_date"] == "1970-05-01"
    assert page.values["id_number"] == ""


def papers(door: Any, home: UUID, village: str, system: Any) -> dict[str, str]:
    """The five documents of a household as text, without spaces."""
    with access.acting_as(system):
        notice = Notice.objects.order_by("start").first().id
        meeting = Meeting.objects.filter(state="closed").first().id
    told = {}
    for name, argument in {
        "desk-notice-print": notice,
        "desk-review-print": meeting,
        "desk-handbook": home,
        "desk-card": home,
        "desk-board": village,
    }.items():
        answer = door.get(reverse(f"poverty:{name}", args=[argument]))
        assert answer.status_code == 200, name
        if answer["Content-Type"] == "application/pdf":
            pages = PdfReader(io.BytesIO(answer.content)).pages
            text = "".join(page.extract_text() for page in pages)
        else:
            text = re.sub(r"<[^>]+>", "", answer.content.decode())
        told[name] = "".join(text.split())
    return told


def test_five_documents_show_the_household_from_the_register_typed_once(process, at_door, system, village):
    homes, officers, _citizens = process
    door = at_door(officers[0])
    with access.acting_as(system):
        home = people.household(homes[0])
    told = papers(door, homes[0], village, system)
    masked = people.mask_name(SECRET[0])
    assert masked in told["desk-notice-print"]
    assert SECRET[0] in told["desk-review-print"] or masked in told["desk-review-print"]
    for name in ("desk-handbook", "desk-card", "desk-board"):
        assert SECRET[0] in told[name], name
    assert home.number in told["desk-handbook"]
    assert NUMBER[-4:] in told["desk-handbook"]
    assert NUMBER not in "".join(told.values())
    assert masked in told["desk-board"]


def test_a_name_corrected_once_is_right_on_every_paper_printed_after(process, at_door, system, village):
    homes, officers, _citizens = process
    with access.acting_as(system):
        head = people.household(homes[0]).head
    people.correct_person(officers[0], person=head, changes={"name": "欧阳雪连"}, reason="户口簿上是连")
    told = papers(at_door(officers[0]), homes[0], village, system)
    for name in ("desk-handbook", "desk-card", "desk-board"):
        assert "欧阳雪连" in told[name], name
    assert (
        SECRET[0] not in told["desk-card"] + told["desk-board"]
    )  # the handbook keeps the words of old visits
    assert people.mask_name(SECRET[0]) in told["desk-notice-print"]  # what was published stays as it was
