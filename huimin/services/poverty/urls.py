"""The pages of targeted help at each door."""

from django.urls import URLPattern, path

from huimin.services.poverty import way_urls
from huimin.services.poverty.views import (
    alerts,
    decisions,
    dossier,
    guide,
    households,
    measures,
    members,
    proposals,
    surveys,
    upkeep,
    visits,
)

app_name = "poverty"
desk: list[URLPattern] = [
    path("", households.households, name="desk-households"),
    path("assign/", measures.assign_many, name="desk-assign-many"),
    path("households/<uuid:household>/", dossier.household, name="desk-household"),
    path("households/<uuid:household>/panel/", dossier.panel, name="desk-household-panel"),
    path("households/<uuid:household>/reveal/", dossier.reveal, name="desk-reveal"),
    path("households/<uuid:household>/apply/", measures.apply, name="desk-apply"),
    path("households/<uuid:household>/exit/", measures.propose_exit, name="desk-propose-exit"),
    path("households/<uuid:household>/risks/add/", measures.add_risk, name="desk-risk-add"),
    path("households/<uuid:household>/facts/", surveys.facts, name="desk-facts"),
    path("households/<uuid:household>/preview/", surveys.preview, name="desk-survey-preview"),
    path("households/<uuid:household>/members/add/", members.add, name="desk-member-add"),
    path("households/<uuid:household>/members/<uuid:membership>/end/", members.end, name="desk-member-end"),
    path(
        "households/<uuid:household>/members/<uuid:membership>/correct/",
        members.correct,
        name="desk-member-correct",
    ),
    path("households/<uuid:household>/head/", upkeep.head, name="desk-head"),
    path("households/<uuid:household>/move/", upkeep.move, name="desk-move"),
    path("households/<uuid:household>/close/", upkeep.close, name="desk-close"),
    path("decisions/<uuid:id>/", decisions.decision, name="desk-decision"),
    path("risks/<uuid:risk>/remove/", measures.remove_risk, name="desk-risk-remove"),
    path("procedures/<uuid:procedure>/survey/", surveys.survey, name="desk-survey"),
    path("procedures/<uuid:procedure>/withdraw/", measures.withdraw, name="desk-withdraw"),
    path("mine/", visits.mine, name="desk-mine"),
    path("visit-worker.js", visits.worker, name="desk-visit-worker"),
    path("visits/ready/", visits.ready, name="desk-visit-ready"),
    path("enrolments/<uuid:enrolment>/visit/", visits.visit, name="desk-visit"),
    path("enrolments/<uuid:enrolment>/visit/sync/", visits.sync, name="desk-visit-sync"),
    path("enrolments/<uuid:enrolment>/visit/settle/", visits.settle, name="desk-visit-settle"),
    path("enrolments/<uuid:enrolment>/measure/", measures.add_measure, name="desk-measure"),
    path("enrolments/<uuid:enrolment>/assign/", measures.assign, name="desk-assign"),
    path("enrolments/<uuid:enrolment>/suspend/", measures.suspend, name="desk-suspend"),
    path("enrolments/<uuid:enrolment>/resume/", measures.resume, name="desk-resume"),
    path("measures/<uuid:measure>/finish/", measures.finish_measure, name="desk-measure-finish"),
    path("photos/<uuid:photo>/", visits.photo, name="desk-photo"),
    path("guide/", guide.guide, name="desk-guide"),
    path("guide/<slug:field>/ask/", guide.ask, name="desk-guide-ask"),
    path("guide/questions/<uuid:question>/answer/", guide.answer, name="desk-guide-answer"),
    path("proposals/", proposals.proposals, name="desk-proposals"),
    path("proposals/<uuid:id>/settle/", proposals.settle, name="desk-proposal-settle"),
    path("alerts/", alerts.alerts, name="desk-alerts"),
    path("alerts/import/", alerts.load, name="desk-alerts-import"),
    path("alerts/template.csv", alerts.template, name="desk-alerts-template"),
    path("alerts/<uuid:alert>/", alerts.alert, name="desk-alert"),
    path("alerts/<uuid:alert>/dismiss/", alerts.dismiss, name="desk-alert-dismiss"),
    *way_urls.desk,
]
me: list[URLPattern] = [*way_urls.me]
open: list[URLPattern] = [*way_urls.open]
