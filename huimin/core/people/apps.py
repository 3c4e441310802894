from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "huimin.core.people"
    label = "people"
