from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "huimin.core.insight"
    label = "insight"
