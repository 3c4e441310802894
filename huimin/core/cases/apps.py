from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "huimin.core.cases"
    label = "cases"
