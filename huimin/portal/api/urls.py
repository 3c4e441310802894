"""The addresses of the API, its document and its documentation."""

from django.urls import include, path

from huimin.portal.api import book, docs

operations, name, namespace = book.api.urls
urlpatterns = [
    path("docs", docs.docs, name="api-docs"),
    path("openapi.json", book.openapi, name="api-openapi"),
    path("", include((operations, name), namespace=namespace)),
]
