"""Route of what a draft's query gives on made-up rows."""

from charter.measures.screens import made_up
from governance.ui.page_access import depending
from governance.ui.routes import page

urlpatterns = [
    page(
        "charters/<uuid:draft_id>/rows",
        made_up.rows,
        name="charter-rows",
        access=depending(
            "The draft's owner and whom the owner lets read along, the review board, auditors and administrators."
        ),
        under="charters",
        stored=False,
    ),
]
