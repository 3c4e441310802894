from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "huimin.core.journal"
    label = "journal"
