"""The door for web servers."""

import gc
import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.config.settings")

application = get_wsgi_application()

from audits.ledger import keys  # noqa: E402 (needs Django set up)

keys.check_keys()  # nothing is answered whose receipt could not be signed

# Load every view now, not at the first request, and then never look for garbage among what is loaded: it stays as long
# as the process, and each look through all of it would hold up a request for longer than most take.
_ = get_resolver().url_patterns
for late in ("governance.directory.scim.views", "governance.ui.charts.spec", "vl_convert"):
    import_module(late)
gc.collect()
gc.freeze()
