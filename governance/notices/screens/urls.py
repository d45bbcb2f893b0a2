"""Routes of notices."""

from governance.notices.screens import notices
from governance.ui.page_access import SIGNED_IN, depending
from governance.ui.routes import page

ITS_RECEIVER = depending("Whoever the notice is to.")

urlpatterns = [
    page("notices", notices.notices, name="notices", access=SIGNED_IN, stored=False),
    page("notices.csv", notices.notices_csv, name="notices-csv", access=SIGNED_IN, stored=False),
    page("notices/read", notices.read_all, name="notices-read", access=SIGNED_IN),
    page("notices/<uuid:key>/read", notices.read, name="notice-read", access=ITS_RECEIVER),
]
