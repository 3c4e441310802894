from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "huimin.core.intake"
    label = "intake"
