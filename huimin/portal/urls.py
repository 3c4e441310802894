"""The portal's own pages: three doors, the ready accounts of the demo, and whether it is alive."""

from django.urls import path

from huimin.portal import health, ready_accounts
from huimin.portal.citizen import views as citizen
from huimin.portal.desk import (
    areas,
    assessment,
    audit,
    clients,
    duplicates,
    exports,
    imports,
    officer,
    officer_new,
    officers,
    population,
    reports,
    search,
    todo,
)
from huimin.portal.desk import insight as desk_insight
from huimin.portal.open import insight as open_insight
from huimin.portal.open import views as open_door

app_name = "portal"

urlpatterns = [
    path("", citizen.home, name="home"),
    path("me/", citizen.home, name="me"),
    path("me/entitlements/", citizen.entitlements, name="entitlements"),
    path("desk/", todo.todo, name="desk"),
    path("desk/search/", search.search, name="search"),
    path("desk/area/", areas.areas, name="areas"),
    path("desk/duplicates/", duplicates.duplicates, name="duplicates"),
    path("desk/duplicates/find/", duplicates.find, name="duplicates-find"),
    path("desk/duplicates/<uuid:pair>/", duplicates.duplicate, name="duplicate"),
    path("desk/officers/", officers.officers, name="officers"),
    path("desk/officers/new/", officer_new.new, name="officer-new"),
    path("desk/officers/<uuid:officer>/", officer.officer, name="officer"),
    path("desk/population/", population.population, name="population"),
    path("desk/population/start/", population.start, name="population-start"),
    path("desk/population/<uuid:run>/", population.run, name="population-run"),
    path("desk/population/<uuid:run>/progress/", population.progress, name="population-progress"),
    path("desk/population/<uuid:run>/stop/", population.stop, name="population-stop"),
    path("desk/import/", imports.imports, name="imports"),
    path("desk/import/template/", imports.template, name="import-template"),
    path("desk/import/<uuid:run>/", imports.run, name="import"),
    path("desk/import/<uuid:run>/progress/", imports.progress, name="import-progress"),
    path("desk/import/<uuid:run>/stop/", imports.stop, name="import-stop"),
    path("desk/import/<uuid:run>/bad/", imports.bad, name="import-bad"),
    path("desk/audit/", audit.audit, name="audit"),
    path("desk/audit/looks/", audit.looks, name="audit-looks"),
    path("desk/insight/<slug:service>/", desk_insight.page, name="insight"),
    path("desk/insight/<slug:service>/figure/", desk_insight.figure, name="insight-figure"),
    path("desk/insight/<slug:service>/rows/", desk_insight.rows, name="insight-rows"),
    path("desk/clients/", clients.clients, name="clients"),
    path("desk/clients/new/", clients.new, name="client-new"),
    path("desk/clients/<uuid:client>/", clients.client, name="client"),
    path("desk/clients/<uuid:client>/token/", clients.renew, name="client-renew"),
    path("desk/clients/<uuid:client>/close/", clients.close, name="client-close"),
    path("desk/exports/", exports.exports, name="exports"),
    path("desk/exports/start/", exports.start, name="export-start"),
    path("desk/exports/<uuid:run>/", exports.export, name="export"),
    path("desk/exports/<uuid:run>/progress/", exports.progress, name="export-progress"),
    path("desk/exports/<uuid:run>/file/", exports.file, name="export-file"),
    path("desk/exports/<uuid:run>/stop/", exports.stop, name="export-stop"),
    path("desk/exports/<uuid:run>/again/", exports.again, name="export-again"),
    path("desk/assessment/<slug:service>/", assessment.page, name="assessment"),
    path("desk/assessment/<slug:service>/one/", assessment.one, name="assessed"),
    path("desk/reports/<slug:service>/", reports.page, name="reports"),
    path("desk/reports/<slug:service>/<uuid:report>/<str:kind>/", reports.download, name="report"),
    path("open/", open_door.home, name="open"),
    path("open/services/", open_door.services_page, name="open-services"),
    path("open/figures/", open_door.figures, name="figures"),
    path("open/insight/<slug:service>/", open_insight.page, name="open-insight"),
    path("open/insight/<slug:service>/figure/", open_insight.figure, name="open-insight-figure"),
    path("open/about/", open_door.about, name="about"),
    path("demo/sign-in/", ready_accounts.sign_in, name="ready-sign-in"),
    path("health", health.health, name="health"),
    path("favicon.ico", health.icon),
]
