from django.apps import AppConfig


class FactsConfig(AppConfig):
    name = "huimin.core.facts"
    label = "facts"
