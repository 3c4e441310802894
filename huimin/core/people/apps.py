from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "huimin.core.people"
    label = "people"

    def ready(self) -> None:
        from huimin.core.access.api import own_things
        from huimin.core.people import queries
        from huimin.core.people.imports import targets

        own_things(queries.own_things)
        targets.register()
