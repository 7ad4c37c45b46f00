"""The WSGI application, for waitress or gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "housewide.site.settings")
application = get_wsgi_application()
