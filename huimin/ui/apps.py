from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "huimin.ui"
    label = "ui"
    verbose_name = "界面"
