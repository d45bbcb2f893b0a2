"""Routes of asking, of answers and their receipts, and of rulings."""

from django.utils.translation import gettext_lazy as _

from governance.decisions.screens import ask, check, receipts, replays, rulings
from governance.decisions.screens.value_context import urls as value_context
from governance.ui.page_access import SIGNED_IN, PageAccess, depending
from governance.ui.routes import Nav, page

SEE_THE_DECISION = depending(
    "Whoever asked, auditors, whoever was looked at, and members of the board's seats where it was put to the board."
)
ITS_ASKER = depending("Whoever asked the question.")
REPLAY = depending("Members of the board's seats, auditors and administrators.")
END_RULINGS = depending("Members of the board's seats.")
HOLD_A_RECEIPT = PageAccess(
    "Anyone who holds a receipt: it shows what the receipt says itself, and keeps nothing.", account=False
)

urlpatterns = [
    page("ask", ask.ask, name="ask", access=SIGNED_IN, stored=False, nav=Nav(_("Ask"), 40)),
    page("my-answers.csv", receipts.my_answers_csv, name="my-answers-csv", access=SIGNED_IN, stored=False),
    page(
        "my-answers",
        receipts.my_answers,
        name="my-answers",
        access=SIGNED_IN,
        stored=False,
        nav=Nav(_("My answers"), 60),
    ),
    page(
        "receipts",
        receipts.find_receipt,
        name="receipts",
        access=SIGNED_IN,
        stored=False,
        nav=Nav(_("Receipts"), 140),
    ),
    page(
        "receipts/check",
        check.check,
        name="receipt-check",
        access=HOLD_A_RECEIPT,
        stored=False,
        footer=Nav(_("Check a receipt"), 85),
    ),
    page(
        "receipts/<uuid:entry>",
        receipts.receipt,
        name="receipt",
        access=SEE_THE_DECISION,
        stored=False,
        under="my-answers",
    ),
    page(
        "receipts/<uuid:entry>/proof",
        receipts.proof,
        name="receipt-proof",
        access=SEE_THE_DECISION,
        stored=False,
        under="my-answers",
    ),
    page(
        "decisions/<uuid:decision>/contest",
        receipts.contest,
        name="contest",
        access=SEE_THE_DECISION,
        stored=False,
        under="my-answers",
    ),
    page(
        "decisions/<uuid:decision>/refer",
        rulings.refer,
        name="refer",
        access=ITS_ASKER,
        stored=False,
        under="my-answers",
    ),
    page(
        "cases/<uuid:case_id>/replay",
        replays.replay,
        name="case-replay",
        access=REPLAY,
        stored=False,
        under="cases",
    ),
    page("rulings.csv", rulings.rulings_csv, name="rulings-csv", access=SIGNED_IN, stored=False),
    page("rulings", rulings.rulings, name="rulings", access=SIGNED_IN, stored=False, under="cases"),
    page(
        "rulings/<uuid:ruling_id>/end",
        rulings.end_ruling,
        name="ruling-end",
        access=END_RULINGS,
        stored=False,
    ),
    page(
        "dispute",
        receipts.dispute,
        name="dispute",
        access=SIGNED_IN,
        footer=Nav(_("Dispute something"), 80),
    ),
    *value_context.urlpatterns,
]
