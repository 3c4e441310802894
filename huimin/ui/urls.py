from django.urls import path

from huimin.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("shell/<slug:shell>/", views.shell, name="shell"),
    path("panel/", views.panel, name="panel"),
    path("progress/", views.progress, name="progress"),
    path("error/<int:code>/", views.error, name="error"),
]
