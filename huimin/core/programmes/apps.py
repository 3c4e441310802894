from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "huimin.core.programmes"
    label = "programmes"
