"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huimin.config.settings")
application = get_wsgi_application()

# What is loaded stays: the collector need not look through it again in the middle of a request.
gc.collect()
gc.freeze()
