from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "huimin.core.places"
    label = "places"
