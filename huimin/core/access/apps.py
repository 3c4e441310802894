from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "huimin.core.access"
    label = "access"
