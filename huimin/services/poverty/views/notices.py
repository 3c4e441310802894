"""Public notices at the desk: what is to be posted, what hangs, what can be closed; paper, photo, objections."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huimin.core.access.api import Viewer, within
from huimin.core.exports.api import offered
from huimin.core.places import api as places
from huimin.core.programmes import api as programmes
from huimin.core.programmes.types import Direction, NoticeView, Step
from huimin.kit import clock
from huimin.kit.refusal import NotAllowed, NotFound, Refused
from huimin.services.poverty import actions
from huimin.services.poverty.forms.way import PostForm, SettleForm
from huimin.services.poverty.programme import CODE, PROGRAMME
from huimin.services.poverty.queries import way
from huimin.services.poverty.views.sending import key_of, run_form, tell, viewer_of
from huimin.ui import formats, parts
from huimin.ui.parts import Column, Link, Row, State, Table

POSTERS = {
    "poverty.post_first_notice": actions.post_first_notice,
    "poverty.post_second_notice": actions.post_second_notice,
    "poverty.announce": actions.announce,
}
FIRST_PAGE, NEXT_PAGE = (
    16,
    32,
)  # rows of a list on the first A4 sheet and on each that follows; see test_notices.py


def pages_of(rows: int) -> int:
    """How many A4 sheets a notice of so many rows takes."""
    return 1 if rows <= FIRST_PAGE else 1 + -(-(rows - FIRST_PAGE) // NEXT_PAGE)


def intro_of(notice: NoticeView) -> str:
    """What the sheet says before the list."""
    n = len(notice.rows)
    if notice.is_announcement and notice.direction == Direction.EXIT:
        return _("经审批，下列 %(n)s 户风险已经消除，退出防返贫监测帮扶，现予公告。") % {"n": n}
    if notice.is_announcement:
        return _("经审批，下列 %(n)s 户纳入防返贫监测帮扶，现予公告。") % {"n": n}
    if notice.direction == Direction.EXIT:
        return _("经入户核查和民主评议，下列 %(n)s 户风险已经消除，拟退出防返贫监测帮扶，现予公示。") % {
            "n": n
        }
    if notice.step == "notice2":
        return _("经乡镇审核，下列 %(n)s 户拟纳入防返贫监测帮扶，现予公示。") % {"n": n}
    return _("经入户调查和民主评议，下列 %(n)s 户拟纳入防返贫监测帮扶，现予公示。") % {"n": n}


def objection_of(notice: NoticeView) -> str:
    """Where and how to disagree, on the sheet."""
    if notice.is_announcement:
        return _("对决定不服的，可以向本单位申诉，也可以依法申请行政复议或者提起行政诉讼。")
    return _("%(end)s前，可以到%(office)s当面提出，也可以打电话，或者扫码在网上提出，可以不留姓名。") % {
        "end": formats.cdate(notice.end),
        "office": notice.office,
    }


def sheet(request: HttpRequest, notice: NoticeView, *, kept: bool = True) -> parts.Notice:
    """The notice as it hangs on the wall; before it is posted it has no number and no code to scan."""
    url = request.build_absolute_uri(reverse("poverty:open-notice", args=[notice.id])) if kept else ""
    columns = [code for code, _title in notice.columns]
    return parts.Notice(
        title=notice.title,
        number=_("编号 %(n)s") % {"n": number_of(notice)} if kept else _("编号在张贴时生成"),
        intro=intro_of(notice),
        columns=[title for _code, title in notice.columns],
        rows=[[row.get(code, "") for code in columns] for row in notice.rows],
        basis=[notice.basis],
        start=notice.start,
        end=notice.end,
        place=notice.place,
        objection=objection_of(notice),
        office=notice.office,
        issued=notice.start,
        phone=notice.phone,
        url=url,
        qr=mark_safe(segno.make(url, error="m").svg_inline(scale=3, border=0)) if url else "",
    )


def number_of(notice: NoticeView) -> str:
    """The number people quote: the day and the first signs of the id."""
    return f"{notice.start:%Y%m%d}-{str(notice.id)[:6].upper()}"


def standing(notice: NoticeView) -> State:
    """Where a notice stands, in words."""
    if notice.is_announcement:
        return State(_("已公告"), "done")
    if notice.state == "closed":
        return State(_("已结束"), "plain")
    left = (notice.end - clock.today()).days
    if left > 0:
        return State(_("公示中，还有 %(n)s 天") % {"n": left}, "info")
    return State(_("期满"), "waiting")


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """To post, hanging, over, and the objections that wait."""
    viewer = viewer_of(request)
    seen = programmes.notices_seen(viewer, CODE)
    hanging = [one for one in seen if one.state == "open"]
    table = Table(
        caption=_("公示和公告"),
        columns=[
            Column(_("公示")),
            Column(_("户数"), "number", phone=False),
            Column(_("开始"), "date", phone=False),
            Column(_("结束"), "date", phone=False),
            Column(_("未处理异议"), "number", phone=False),
            Column(_("状态")),
        ],
        rows=[
            Row(
                [one.title, len(one.rows), one.start, one.end, one.objections, standing(one)],
                url=reverse("poverty:desk-notice", args=[one.id]),
            )
            for one in sorted(hanging, key=lambda one: one.end) + [one for one in seen if one.state != "open"]
        ],
        export=offered("poverty.notices", viewer),
        empty=_("还没有张贴过公示"),
        empty_hint=_("评议通过的户会列在上面，确认后张贴。"),
    )
    context = {
        "groups": way.groups(viewer, *way.NOTICES),
        "table": table,
        "objections": list(programmes.open_objections()[:100]),
        "may_settle": viewer.may("poverty.settle_objection"),
    }
    return render(request, "poverty/desk/notices.html", context)


def my_step(viewer: Viewer, direction: str, code: str) -> Step:
    """The notice's step if it is this viewer's turn; raise NotAllowed otherwise."""
    step = way.step_of(viewer, direction, code)
    if step is None or step.kind not in way.NOTICES:
        raise NotAllowed(_("这一步的公示不由您张贴。"), code="other_level")
    return step


@require_http_methods(["GET", "POST"])
def post(request: HttpRequest, area: str, direction: str, step: str) -> HttpResponse:
    """Choose the households, see the sheet exactly as it will hang, post it."""
    viewer = viewer_of(request)
    way.known_place(area, direction)
    at = my_step(viewer, direction, step)
    rows = list(way.waiting_at(direction, at, places.q(places.spans(area))))
    last = programmes.last_notice(CODE, step, area)
    status, preview = 200, None
    if request.method == "POST":
        form, ticked = PostForm(request.POST), request.POST.getlist("rows")
        chosen = tuple(row.id for row in rows if str(row.id) in ticked)
        if not form.is_valid():
            status = 422
        elif not ticked:
            form.add_error(None, _("请至少勾选一户。"))
            status = 422
        elif request.POST.get("do") == "post":
            made: dict[str, Any] = {}
            refusal = run_form(
                request,
                form,
                lambda data, key: made.update(
                    POSTERS[at.needs](
                        viewer,
                        key=key,
                        programme=CODE,
                        direction=direction,
                        step=step,
                        area=area,
                        procedures=tuple(UUID(one) for one in ticked),
                        **data,
                    )
                ),
            )
            if refusal is None:
                return redirect("poverty:desk-notice", made["notice"])
            status = refusal.status
        elif request.POST.get("do") == "preview" and chosen:
            preview = programmes.preview_notice(
                CODE, direction, step, area=area, procedures=chosen, **form.cleaned_data
            )
    else:
        ticked = [str(row.id) for row in rows]
        place = last.place if last else _("村务公开栏")
        form = PostForm(initial={"place": place, "start": clock.today()})
        if last:
            form.sources = {"place": _("上次公示 %(day)s") % {"day": formats.idate(last.start)}}
    context = {
        "form": form,
        "lines": way.lines(rows),
        "ticked": ticked,
        "key": key_of(request),
        "step": at,
        "preview": sheet(request, preview, kept=False) if preview else None,
        "pages": pages_of(len(preview.rows)) if preview else 0,
        "leaving": direction == Direction.EXIT,
        "places": [Link(_("公示公告"), reverse("poverty:desk-notices")), Link(str(at.title))],
        "area_name": places.name_of(area),
        "announcing": not at.days,
    }
    return render(request, "poverty/desk/notice_post.html", context, status=status)


def seen(request: HttpRequest, id: UUID) -> NoticeView:
    """A notice of the viewer's places, or one that names a household of them; raise NotFound for any other."""
    notice = programmes.notice(id)
    if notice is None or not (within(viewer_of(request).spans(), notice.area) or programmes.items_of(id)):
        raise NotFound(_("没有找到这份公示，或者不在您的管辖范围内。"), code="no_notice")
    return notice


@require_safe
def notice(request: HttpRequest, id: UUID) -> HttpResponse:
    """One notice with its households, objections, photo, and when it can be closed."""
    return shown(request, seen(request, id))


def shown(
    request: HttpRequest,
    one: NoticeView,
    *,
    form: SettleForm | None = None,
    about: UUID | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a notice; a form that was refused stays open with what was typed."""
    viewer = viewer_of(request)
    step = PROGRAMME.step(one.direction, one.step)
    objections = programmes.objections_on(one.id)
    left = (one.end - clock.today()).days
    mine = viewer.may(step.needs) and within(viewer.spans(), one.area)
    context = {
        "notice": one,
        "sheet": sheet(request, one),
        "number": number_of(one),
        "items": items_of(one),
        "state": standing(one),
        "left": left,
        "pages": pages_of(len(one.rows)),
        "key": key_of(request),
        "may_close": mine and one.state == "open" and viewer.may("poverty.close_notice"),
        "may_settle": viewer.may("poverty.settle_objection"),
        "may_attach": viewer.may("poverty.attach"),
        "objections": [
            {
                "row": objection,
                "closed": objection.state != "open",
                "form": form
                if form is not None and objection.id == about
                else SettleForm(prefix=str(objection.id)[:8]),
            }
            for objection in objections
        ],
        "photos": programmes.photos_of("notice", one.id),
        "refusal": refusal,
        "today": clock.today(),
        "places": [Link(_("公示公告"), reverse("poverty:desk-notices")), Link(number_of(one))],
    }
    return render(request, "poverty/desk/notice.html", context, status=status)


def items_of(one: NoticeView) -> list[dict[str, Any]]:
    """The households of the list within sight: the name, how it is written on the sheet, where the household stands now."""
    words = {"done": _("已经纳入"), "refused": _("未通过"), "withdrawn": _("已撤回")}
    if one.direction == Direction.EXIT:
        words["done"] = _("已经退出")
    found = []
    for item in programmes.items_of(one.id):
        row = item.procedure
        now = words.get(row.state) or str(PROGRAMME.step(row.direction, row.step).title)
        found.append({"procedure": row, "masked": one.rows[item.row].get("name", ""), "now": now})
    return found


@require_safe
def print_notice(request: HttpRequest, id: UUID) -> HttpResponse:
    """The sheet on A4."""
    one = seen(request, id)
    context = {"sheet": sheet(request, one), "notice": one, "pages": pages_of(len(one.rows))}
    return render(request, "poverty/print/notice.html", context)


@require_POST
def close(request: HttpRequest, id: UUID) -> HttpResponse:
    """Close a notice after its window; before, the action refuses whatever the client sends."""
    one = seen(request, id)
    try:
        actions.close_notice(viewer_of(request), key=key_of(request), notice=id)
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        return shown(request, one, refusal=refusal, status=refusal.status)
    return redirect("poverty:desk-notice", id)


@require_POST
def settle(request: HttpRequest, objection: UUID) -> HttpResponse:
    """Settle an objection in writing."""
    row = programmes.objection(objection)
    if row is None:
        raise NotFound(_("没有找到这条异议，或者不在您的管辖范围内。"), code="no_objection")
    one = seen(request, row.item.notice_id)
    form = SettleForm(request.POST, prefix=str(objection)[:8])
    if not form.is_valid():
        return shown(request, one, form=form, about=objection, status=422)
    try:
        actions.settle_objection(
            viewer_of(request),
            key=key_of(request),
            objection=objection,
            upheld=form.cleaned_data["upheld"] == "yes",
            outcome=form.cleaned_data["outcome"],
        )
    except (NotAllowed, NotFound):
        raise
    except Refused as refusal:
        tell(form, refusal)
        return shown(request, one, form=form, about=objection, status=refusal.status)
    return redirect("poverty:desk-notice", one.id)


@require_POST
def attach(request: HttpRequest, of_kind: str, of_id: UUID) -> HttpResponse:
    """Keep a photo of a posted sheet or of a meeting."""
    back: str
    if of_kind == "notice":
        area, back = seen(request, of_id).area, reverse("poverty:desk-notice", args=[of_id])
    else:
        meeting = programmes.meeting(of_id)
        if meeting is None:
            raise NotFound(_("没有找到这场评议会，或者不在您的管辖范围内。"), code="no_meeting")
        area, back = meeting.division_code, reverse("poverty:desk-review", args=[of_id])
    photo = request.FILES.get("photo")
    if photo is None:
        raise Refused(_("请选择一张照片。"), code="no_photo", fields={"photo": _("请选择一张照片。")})
    actions.attach(
        viewer_of(request),
        key=key_of(request),
        of_kind=of_kind,
        of_id=of_id,
        area=area,
        name=photo.name or "",
        content=photo.read(),
    )
    return redirect(back)
