"""Duplicates of people: pairs that may be one person, the likeliest first; two records side by side; merge or keep apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huimin.core.access.api import Purpose, Viewer, record_look
from huimin.core.journal.api import ACTIONS, entries_about
from huimin.core.people import api as people
from huimin.core.people.types import MergeView, PairState, PairView, PersonView, RunState, Stay
from huimin.core.places import api as places
from huimin.kit.area import NATION, AreaCode
from huimin.kit.ref import Ref
from huimin.kit.refusal import NotAllowed, Refused
from huimin.portal.area import full
from huimin.portal.desk.registry import page_of
from huimin.ui import formats
from huimin.ui.parts import Action, Column, Event, Filter, Link, Pager, Row, State, Table

PAGE = 50
SEES = ("people.merge", "people.keep_apart", "people.propose_change")
"""Whoever may report that a record is wrong may see which ones may be double; deciding needs the right to it."""
FIELDS = ("name", "sex", "birth_date", "id_number", "phone", "ethnicity", "education")
WHAT = {
    "name": gettext_lazy("姓名"), "birth": gettext_lazy("出生日期"), "sex": gettext_lazy("性别"),
    "number": gettext_lazy("证件号码"), "phone": gettext_lazy("联系电话"), "place": gettext_lazy("住处"),
}  # fmt: skip
OUTCOMES = {
    "name.same": gettext_lazy("相同"),
    "name.sounds": gettext_lazy("读音相同或相近"),
    "name.order": gettext_lazy("字的顺序不同"),
    "name.one_sign_at_home": gettext_lazy("差一个字，同住一户"),
    "name.surname": gettext_lazy("名相同，姓不同"),
    "name.ends": gettext_lazy("首尾字相同"),
    "name.begins": gettext_lazy("前两字相同"),
    "name.differs": gettext_lazy("不同"),
    "birth.same": gettext_lazy("相同"),
    "birth.slip": gettext_lazy("像是写错一处"),
    "birth.near": gettext_lazy("年份相同，相差不多"),
    "birth.part": gettext_lazy("只有一部分相同"),
    "birth.differs": gettext_lazy("不同"),
    "sex.same": gettext_lazy("相同"),
    "sex.differs": gettext_lazy("不同"),
    "sex.differs_at_home": gettext_lazy("不同"),
    "number.missing": gettext_lazy("一方没有证件号码"),
    "number.order_at_home": gettext_lazy("顺序码相同，同住一户"),
    "number.area_and_order": gettext_lazy("地区和顺序码相同"),
    "number.order": gettext_lazy("顺序码相同"),
    "number.slip_at_home": gettext_lazy("顺序码像是写错一处"),
    "number.neighbours": gettext_lazy("同户同日出生的两个号码"),
    "number.twins_elsewhere": gettext_lazy("地区和出生相同"),
    "number.twins": gettext_lazy("地区和出生相同，姓名不同"),
    "number.order_slip": gettext_lazy("顺序码像是写错一处"),
    "number.area_elsewhere": gettext_lazy("地区相同，现住不同县"),
    "number.area": gettext_lazy("只有地区相同"),
    "number.two_slips": gettext_lazy("像是写错两处"),
    "number.differs": gettext_lazy("不同"),
    "phone.missing": gettext_lazy("一方没有电话"),
    "phone.same_at_home": gettext_lazy("同户同号"),
    "phone.same": gettext_lazy("相同"),
    "phone.differs": gettext_lazy("不同"),
    "place.same_name_at_home": gettext_lazy("同住一户且同名"),
    "place.household": gettext_lazy("同住一户"),
    "place.family": gettext_lazy("两户有姓名同音的家人"),
    "place.village": gettext_lazy("同村"),
    "place.county": gettext_lazy("同县"),
    "place.elsewhere": gettext_lazy("不同县"),
}


@dataclass(frozen=True)
class Line:
    """One field of two records: both values as shown, whether they are the same, and which is chosen."""

    name: str
    title: str
    first: str
    second: str
    same: bool
    chosen: str = ""


@dataclass(frozen=True)
class Side:
    """One record of a pair with what is known around it."""

    person: PersonView
    place: str
    state: State
    home: Stay | None
    home_place: str
    home_url: str
    members: tuple[str, ...]
    stays: tuple[Stay, ...]
    events: tuple[Event, ...]
    held: tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """Why two records were put together: what was compared, how it came out, how much it counts for or against."""

    what: str
    outcome: str
    weight: float

    @property
    def tone(self) -> State:
        """In a word and an icon: speaks for one person, against it, or for neither."""
        if self.weight >= 0.5:
            return State(_("支持"), "done", "plus")
        return State(_("反对"), "refused", "minus") if self.weight <= -0.5 else State(_("不说明"), "plain")


def looker(request: HttpRequest) -> Viewer:
    """The viewer, who may see which records may be double."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not any(viewer.may(right) for right in SEES):
        raise NotAllowed(_("重复人员由乡镇以上的工作人员核对。"), code="no_duplicates")
    return viewer


@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """The open pairs in sight, the likeliest first; `?state=` shows those decided, `?in=` narrows to a division."""
    viewer = looker(request)
    own = viewer.area or str(NATION)
    code = full(request.GET.get("in", "")) or own
    wanted = request.GET.get("state", "")
    state = PairState(wanted) if wanted in (PairState.MERGED, PairState.APART) else PairState.OPEN
    after = request.GET.get("after") or request.GET.get("before") or None
    page = people.pairs(None if code == str(NATION) else code, state=state, after=after, limit=PAGE)
    names = places.names({one.division_code for p in page.rows for one in (p.first, p.second)})
    below = places.children(code) if AreaCode(code).level < 4 else ()
    trail = [str(one) for one in AreaCode(code).ancestors if one.level >= AreaCode(own).level] + [code]
    titles, address = places.names(trail), reverse("portal:duplicates")
    may_search = any(viewer.covers("people.find_duplicates", area, ()) for area in [own])
    context = {
        "table": table_of(page.rows, names, state, Pager(before=page.previous or "", after=page.next or "")),
        "filters": [
            *([Filter("in", _("所在区划"), [(p.code, p.name) for p in below])] if below else []),
            Filter("state", _("处理情况"), [(s.value, str(s.label)) for s in (PairState.MERGED, PairState.APART)]),
        ],
        "places": [Link(titles[one], f"{address}?in={one}") for one in trail if one in titles] if code != own else [],
        "runs": people.last_runs(own),
        "running": any(run.state in (RunState.WAITING, RunState.RUNNING) for run in people.last_runs(own)),
        "may_search": may_search,
        "key": str(uuid4()),
        "open": state == PairState.OPEN,
    }  # fmt: skip
    return render(request, "portal/desk/duplicates.html", context)


def table_of(rows: tuple[PairView, ...], names: Mapping[str, str], state: PairState, pager: Pager) -> Table:
    """A page of pairs."""
    open_ones = state == PairState.OPEN
    return Table(
        caption=_("疑似重复人员"),
        columns=[
            Column(_("两条记录")), Column(_("出生日期"), phone=False), Column(_("登记所在地"), phone=False),
            Column(_("像同一人的程度"), "number", unit="%"), Column(_("主要理由"), phone=False),
        ] if open_ones else [
            Column(_("两条记录")), Column(_("登记所在地"), phone=False), Column(_("处理情况")), Column(_("理由"), phone=False),
            Column(_("处理人"), phone=False), Column(_("处理日期"), "date", phone=False),
        ],
        rows=[
            Row(
                [
                    both(one.first.name, one.second.name),
                    both(formats.idate(one.first.birth_date), formats.idate(one.second.birth_date)),
                    both(names.get(one.first.division_code, ""), names.get(one.second.division_code, "")),
                    likely(one),
                    "；".join(f"{r.what}{r.outcome}" for r in strongest(one)),
                ] if open_ones else [
                    both(one.first.name, one.second.name),
                    both(names.get(one.first.division_code, ""), names.get(one.second.division_code, "")),
                    State(str(state.label), "done" if state == PairState.MERGED else "plain"), one.reason, one.decided_by,
                    one.decided_at,
                ],
                url=reverse("portal:duplicate", args=[one.id]),
            )
            for one in rows
        ],
        pager=pager,
        empty=_("没有等着核对的重复人员") if open_ones else _("还没有处理过的"),
        empty_hint=_("每天夜里查找一次，也可以现在查找。") if open_ones else "",
    )  # fmt: skip


def both(one: str, other: str) -> str:
    """Two values, or one where they are the same."""
    return one if one == other else f"{one} / {other}"


def likely(pair: PairView) -> float:
    """The probability in per cent; never 100, because it is a proposal."""
    return min(round(pair.probability * 100, 1), 99.9)


def reasons_of(pair: PairView) -> list[Reason]:
    """Why a pair was found, the weightiest first."""
    found = [
        Reason(str(WHAT.get(what, what)), str(OUTCOMES.get(f"{what}.{outcome}", outcome)), weight)
        for what, outcome, weight in pair.reasons
    ]
    return sorted(found, key=lambda one: -abs(one.weight))


def strongest(pair: PairView) -> list[Reason]:
    """The two reasons that count most for one person."""
    return [one for one in reasons_of(pair) if one.weight > 0][:2]


@require_http_methods(["POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Ask for a search in the viewer's area."""
    viewer = looker(request)
    people.find_duplicates(viewer, key=key_of(request), area=viewer.area or str(NATION))
    return redirect("portal:duplicates")


def key_of(request: HttpRequest) -> str:
    """The hidden key of a form, so that a second press is the same act."""
    return request.POST.get("key", "")[:80] or str(uuid4())


@never_cache
@require_http_methods(["GET", "POST"])
def duplicate(request: HttpRequest, pair: UUID) -> HttpResponse:
    """Two records side by side; POST with `do` merges them, keeps them apart, undoes either."""
    viewer = looker(request)
    found = people.pair(pair)
    problem, fields, status = "", {}, 200
    if request.method == "POST":
        try:
            act(request, viewer, found)
            return redirect("portal:duplicate", pair=pair)
        except Refused as refusal:
            if refusal.status != 409:
                raise
            problem, fields, status = str(refusal), dict(refusal.fields), 422
            found = people.pair(pair)
    one, other = found.first, found.second
    for person in (one, other):
        record_look(
            Ref.of("person", person.id),
            area=person.division_code,
            purpose=Purpose.PROGRAMME,
            page="duplicate",
        )
    merge = people.merge_between(one.id, other.id)
    codes = {one.division_code, other.division_code}
    sides = [side(viewer, person, places.names(codes)) for person in (one, other)]
    given = request.POST if problem else {}
    keep = given.get("keep", "") or str(better(sides))
    context = {
        "pair": found, "sides": sides, "merge": merge, "lines": lines(one, other, given, keep),
        "reasons": reasons_of(found), "percent": likely(found), "state": state_of(found, merge),
        "homes": [s for s in sides if s.home is not None],
        "two_homes": len({s.home.household.id for s in sides if s.home}) > 1,
        "keep": keep, "home": given.get("home", "") or home_of(sides, keep),
        "reason": given.get("reason", ""), "opened": given.get("do", ""),
        "seen": people.seen(one.id, other.id), "key": key_of(request) if problem else str(uuid4()),
        "problem": problem, "fields": fields, "title": both(one.name, other.name),
        "may_merge": found.state == PairState.OPEN and not merge and may(viewer, "people.merge", found),
        "may_apart": may(viewer, "people.keep_apart", found) and found.state != PairState.MERGED and not merge,
        "may_undo": merge is not None and may(viewer, "people.unmerge", found),
        "places": [Link(_("重复人员"), reverse("portal:duplicates")), Link(both(one.name, other.name))],
        "actions": [Action(_("返回列表"), reverse("portal:duplicates"), "arrow-left")],
    }  # fmt: skip
    return render(request, "portal/desk/duplicate.html", context, status=status)


def may(viewer: Viewer, right: str, pair: PairView) -> bool:
    """Whether the viewer may do something with both records of a pair."""
    return all(viewer.covers(right, person.division_code, ()) for person in (pair.first, pair.second))


def act(request: HttpRequest, viewer: Viewer, pair: PairView) -> None:
    """Do what a form of the page asks."""
    given, key = request.POST, key_of(request)
    doing, reason, seen = given.get("do", ""), given.get("reason", ""), given.get("seen", "")[:64]
    ids = [str(pair.first.id), str(pair.second.id)]
    if doing == "merge":
        if given.get("keep") not in ids:
            text = _("请选择保留哪一条记录。")
            raise Refused(text, code="invalid", fields={"keep": text})
        keep, other = ids if given["keep"] == ids[0] else ids[::-1]
        values = {
            name: "keep" if given[f"v-{name}"] == keep else "other"
            for name in FIELDS
            if given.get(f"v-{name}") in ids
        }
        home = uuid_of(given.get("home", ""))
        people.merge(
            viewer,
            key=key,
            keep=UUID(keep),
            other=UUID(other),
            values=values,
            home=home,
            reason=reason,
            seen=seen,
        )
    elif doing == "apart":
        people.keep_apart(viewer, key=key, pair=pair.id, reason=reason, seen=seen)
    elif doing == "again":
        people.keep_apart(viewer, key=key, pair=pair.id, apart=False)
    elif doing == "unmerge":
        merge = people.merge_between(pair.first.id, pair.second.id)
        if merge is None:
            raise Refused(_("这次合并已经撤销。"), code="already_undone")
        people.unmerge(viewer, key=key, merge=merge.id, reason=reason)
    else:
        raise Refused(_("没有这项操作，请刷新页面后重试。"), code="unknown_act")


def uuid_of(text: str) -> UUID | None:
    """An id of a form, or None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def better(sides: list[Side]) -> UUID:
    """The record that is proposed to be kept: with a number, in a household, for longer."""

    def worth(one: Side) -> tuple[bool, bool, bool, int]:
        since = -one.home.start.toordinal() if one.home else 0
        return one.person.died_on is not None, bool(one.person.id_number), one.home is not None, since

    return max(sides, key=worth).person.id


def home_of(sides: list[Side], keep: str) -> str:
    """The household that is proposed: the one joined last."""
    held = [one for one in sides if one.home is not None]
    if not held:
        return ""
    latest = max(held, key=lambda one: (one.home.start, str(one.person.id) == keep))  # type: ignore[union-attr]
    assert latest.home is not None
    return str(latest.home.household.id)


def lines(one: PersonView, other: PersonView, given: Mapping[str, str], keep: str) -> list[Line]:
    """The fields of both records, masked as elsewhere, whether they are alike, and which value is chosen."""
    alike = people.values_alike(one.id, other.id)
    kept, away = (one, other) if str(one.id) == keep else (other, one)

    def show(person: PersonView, name: str) -> str:
        value = getattr(person, name)
        if name in ("sex", "education"):
            return str(value.label) if value else ""
        return formats.idate(value) if name == "birth_date" else str(value or "")

    made = []
    for name in FIELDS:
        chosen = given.get(f"v-{name}", "") or str(
            (kept if getattr(kept, name) or not getattr(away, name) else away).id
        )
        made.append(
            Line(name, str(people.TITLES[name]), show(one, name), show(other, name), alike[name], chosen)
        )
    return made


def side(viewer: Viewer, person: PersonView, names: Mapping[str, str]) -> Side:
    """One record with its household, its time in households, and what was done to it."""
    held = people.stays(person.id)
    home = next((one for one in held if one.end is None), None)
    members = (
        tuple(m.person.name for m in people.members(home.household.id) if m.person.id != person.id)
        if home
        else ()
    )
    events = tuple(
        Event(
            entry.at,
            str(ACTIONS[entry.action].title) if entry.action in ACTIONS else entry.action,
            entry.actor_label,
        )
        for entry in entries_about(Ref.of("person", person.id), 8)
        if entry.action != "people.load_demo"
    )
    state = State(_("在册"), "done")
    if person.merged_into:
        state = State(_("已并入另一条"), "plain", "user-check")
    elif person.died_on:
        state = State(_("已登记死亡"), "plain")
    elif person.left_on:
        state = State(_("已迁出"), "plain")
    url = page_of(viewer, home.household.id) if home else ""
    return Side(
        person, names.get(person.division_code, ""), state, home,
        "".join(places.path_of(home.household.division_code)[-2:]) if home else "", f"{url}?purpose=programme" if url else "",
        members, held, events, people.held(home.household.id) if home else (),
    )  # fmt: skip


def state_of(pair: PairView, merge: MergeView | None) -> State:
    """Where a pair stands."""
    if merge is not None or pair.state == PairState.MERGED:
        return State(_("已合并"), "done")
    if pair.state == PairState.APART:
        return State(_("不是同一人"), "plain", "user-x")
    return State(_("待核对"), "waiting")
