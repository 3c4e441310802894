"""The pages of the way at each door: meetings, notices, checks, appeals, paper; the household's and the public's."""

from django.urls import URLPattern, path

from huimin.services.poverty.views import appeals, checks, citizen, notices, prints, public, reviews

desk: list[URLPattern] = [
    path("reviews/", reviews.reviews, name="desk-reviews"),
    path("reviews/open/<str:area>/<str:direction>/", reviews.open_review, name="desk-review-open"),
    path("reviews/<uuid:meeting>/", reviews.review, name="desk-review"),
    path("reviews/<uuid:meeting>/vote/<int:place>/", reviews.vote, name="desk-review-vote"),
    path("reviews/<uuid:meeting>/minutes/", reviews.minutes, name="desk-review-minutes"),
    path("reviews/<uuid:meeting>/close/", reviews.close, name="desk-review-close"),
    path("reviews/<uuid:meeting>/cancel/", reviews.cancel, name="desk-review-cancel"),
    path("reviews/<uuid:meeting>/print/", reviews.print_minutes, name="desk-review-print"),
    path("notices/", notices.notices, name="desk-notices"),
    path("notices/post/<str:area>/<str:direction>/<str:step>/", notices.post, name="desk-notice-post"),
    path("notices/<uuid:id>/", notices.notice, name="desk-notice"),
    path("notices/<uuid:id>/print/", notices.print_notice, name="desk-notice-print"),
    path("notices/<uuid:id>/close/", notices.close, name="desk-notice-close"),
    path("objections/<uuid:objection>/settle/", notices.settle, name="desk-objection-settle"),
    path("photos/of/<str:of_kind>/<uuid:of_id>/", notices.attach, name="desk-way-attach"),
    path("checks/", checks.checks, name="desk-checks"),
    path("checks/start/", checks.start, name="desk-checks-start"),
    path("checks/runs/<uuid:id>/", checks.bulk, name="desk-bulk"),
    path("checks/runs/<uuid:id>/progress/", checks.bulk_progress, name="desk-bulk-progress"),
    path("checks/runs/<uuid:id>/stop/", checks.bulk_stop, name="desk-bulk-stop"),
    path("checks/runs/<uuid:id>/continue/", checks.bulk_continue, name="desk-bulk-continue"),
    path("appeals/", appeals.appeals, name="desk-appeals"),
    path("appeals/<uuid:id>/", appeals.appeal, name="desk-appeal"),
    path("appeals/<uuid:id>/accept/", appeals.accept, name="desk-appeal-accept"),
    path("households/<uuid:household>/papers/", prints.papers, name="desk-papers"),
    path("households/<uuid:household>/handbook.pdf", prints.handbook, name="desk-handbook"),
    path("households/<uuid:household>/handbook/print/", prints.print_handbook, name="desk-handbook-print"),
    path("households/<uuid:household>/card.pdf", prints.card, name="desk-card"),
    path("boards/", prints.boards, name="desk-boards"),
    path("boards/<str:area>/", prints.board_ready, name="desk-board-ready"),
    path("boards/<str:area>/board.pdf", prints.board, name="desk-board"),
]
me: list[URLPattern] = [
    path("", citizen.home, name="me-home"),
    path("decisions/<uuid:id>/", citizen.decision, name="me-decision"),
    path("apply/", citizen.apply, name="me-apply"),
    path("withdraw/<uuid:procedure>/", citizen.withdraw, name="me-withdraw"),
    path("appeal/", citizen.appeal, name="me-appeal"),
    path("appeals/<uuid:id>/", citizen.appeal_progress, name="me-appeal-progress"),
    path("read/", citizen.read, name="me-read"),
    path("handbook.pdf", prints.my_handbook, name="me-handbook"),
    path("card.pdf", prints.my_card, name="me-card"),
]
open: list[URLPattern] = [
    path("notices/", public.notices, name="open-notices"),
    path("announcements/", public.announcements, name="open-announcements"),
    path("notices/<uuid:id>/", public.notice, name="open-notice"),
    path("counts/", public.counts, name="open-counts"),
    path("how/", public.how, name="open-how"),
]
