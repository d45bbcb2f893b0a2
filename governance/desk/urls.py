"""Addresses of the pages. Answers stand in API replies and letters, so these addresses are promises."""

from django.urls import path

from governance.desk.views import ask, home, metrics, notices, receipts, rules, signin
from governance.desk.views.bearing import urls as bearing
from governance.desk.views.board import urls as board
from governance.desk.views.matrix import urls as matrix
from governance.desk.views.saved import urls as saved
from governance.desk.views.training import urls as training
from governance.desk.views.writing import draft, heading, lists, versions

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in", signin.sign_in, name="sign-in"),
    path("sign-out", signin.sign_out, name="sign-out"),
    path("metrics", metrics.metrics, name="metrics"),
    path("metrics/<slug:slug>", metrics.metric, name="metric"),
    path("metrics/<slug:slug>/versions/<int:older>/<int:newer>", versions.compare, name="versions"),
    path("charters", lists.charters, name="charters"),
    path("charters/new", lists.start, name="charter-new"),
    path("charters/<uuid:draft_id>", draft.overview, name="charter-draft"),
    path("charters/<uuid:draft_id>/writers", draft.writers, name="charter-writers"),
    path("charters/<uuid:draft_id>/discard", draft.discard, name="charter-discard"),
    path("charters/<uuid:draft_id>/check", draft.check, name="charter-check"),
    path("charters/<uuid:draft_id>/<slug:slug>", heading.heading, name="charter-heading"),
    path("ask", ask.ask, name="ask"),
    path("my-answers", receipts.my_answers, name="my-answers"),
    path("receipts", receipts.find, name="receipts"),
    path("receipts/<uuid:entry>", receipts.receipt, name="receipt"),
    path("decisions/<uuid:decision>/contest", receipts.contest, name="contest"),
    path("dispute", receipts.dispute, name="dispute"),
    path("rules", rules.rules, name="rules"),
    path("rules/acknowledge", rules.acknowledge, name="acknowledge"),
    path("rules/<str:rule_id>", rules.rule, name="rule"),
    *bearing.urlpatterns,
    *board.urlpatterns,
    *matrix.urlpatterns,
    *saved.urlpatterns,
    *training.urlpatterns,
    path("notices", notices.notices, name="notices"),
    path("notices/read", notices.read_all, name="notices-read"),
    path("notices/<uuid:key>/read", notices.read, name="notice-read"),
    path("accessibility", home.accessibility, name="accessibility"),
]
