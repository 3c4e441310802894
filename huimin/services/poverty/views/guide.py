"""How the survey's fields are to be filled: the rule's words with version and office, and what colleagues asked (T8)."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from huimin.kit.refusal import Refused
from huimin.services.poverty import actions
from huimin.services.poverty.guide import GUIDE
from huimin.services.poverty.queries.guide import questions
from huimin.services.poverty.views.sending import key_of, viewer_of


def page(
    request: HttpRequest, *, refusal: Refused | None = None, field: str = "", typed: str = ""
) -> HttpResponse:
    """The whole guide, with the questions of all fields."""
    viewer = viewer_of(request)
    asked = questions()
    rows = [
        {
            "name": name,
            "guide": guide,
            "questions": asked.get(name, []),
            "open": name == field,
            "typed": typed,
        }
        for name, guide in GUIDE.items()
    ]
    shown = {
        "rows": rows, "refusal": refusal, "may_ask": viewer.may("poverty.ask"),
        "may_answer": viewer.may("poverty.answer_question"), "key": uuid4(),
    }  # fmt: skip
    return render(request, "poverty/desk/guide.html", shown, status=refusal.status if refusal else 200)


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """The guide, opened at a field where one is named."""
    return page(request, field=request.GET.get("field", ""))


@require_POST
def ask(request: HttpRequest, field: str) -> HttpResponse:
    """Ask how a field is meant."""
    viewer, text = viewer_of(request), request.POST.get("text", "")
    try:
        actions.ask(viewer, key=key_of(request), field=field, text=text, area=viewer.area)
    except Refused as refusal:
        return page(request, refusal=refusal, field=field, typed=text)
    return redirect(reverse("poverty:desk-guide") + f"?field={field}#{field}")


@require_POST
def answer(request: HttpRequest, question: UUID) -> HttpResponse:
    """Answer for everybody."""
    viewer = viewer_of(request)
    try:
        actions.answer_question(
            viewer,
            key=key_of(request),
            question=question,
            answer=request.POST.get("answer", ""),
            area=viewer.area,
        )
    except Refused as refusal:
        return page(request, refusal=refusal)
    return redirect("poverty:desk-guide")
