"""The pages of targeted help at each door."""

from django.urls import URLPattern

app_name = "poverty"
desk: list[URLPattern] = []
me: list[URLPattern] = []
open: list[URLPattern] = []
