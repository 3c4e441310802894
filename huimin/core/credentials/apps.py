from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    name = "huimin.core.credentials"
    label = "credentials"
