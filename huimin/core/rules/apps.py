from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "huimin.core.rules"
    label = "rules"
