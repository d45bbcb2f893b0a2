"""Routes of strain."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from audits.strain import permissions
from audits.strain.screens import actions, asked, governing, paths, teams
from governance.ui.page_access import SIGNED_IN, accounts, depending
from governance.ui.routes import Nav, page

ON_A_TEAM = accounts("People who work here.", permissions.check_takes_pulses)
HR = accounts("HR.", permissions.check_opens_pulses)
SETS = accounts("Members of the board and administrators.", permissions.check_sets_limits)
KEEPS = accounts("Members of the board and HR.", permissions.check_keeps_playbooks)
SEES_IT = depending(
    "The team, those who lead it, HR and leadership; the board once strain of the team was put to it."
)
ACTS = depending("Who owns the alert, and HR.")
LEADS = depending("Those who lead the team.")
RECOGNISES = depending("Those who lead the team, and HR.")
TRADES = depending("The team, those who lead it, and leadership.")
AGREES = depending("The same, but for whoever wrote it.")
_OF_STRAIN: dict[str, Any] = {"stored": False, "under": "strain"}

urlpatterns = [
    page("strain", teams.teams, name="strain", access=SIGNED_IN, stored=False, nav=Nav(_("Load and recovery"), 93)),
    page("strain/teams.csv", teams.teams_csv, name="strain-csv", access=SIGNED_IN, **_OF_STRAIN),
    page("strain/teams/<uuid:key>", teams.team, name="strain-team", access=SEES_IT, **_OF_STRAIN),
    page("strain/teams/<uuid:key>/observe", asked.observe, name="strain-observe", access=LEADS, **_OF_STRAIN),
    page("strain/teams/<uuid:key>/recognise", paths.recognise, name="strain-recognise", access=RECOGNISES, **_OF_STRAIN),
    page("strain/teams/<uuid:key>/trade-off", paths.trade_off, name="strain-trade-off", access=TRADES, **_OF_STRAIN),
    page("strain/alerts/<uuid:key>", actions.alert, name="strain-alert", access=ACTS, **_OF_STRAIN),
    page("strain/alerts/<uuid:key>/follow-up", actions.follow_up, name="strain-follow-up", access=ACTS, **_OF_STRAIN),
    page("strain/pulse", asked.pulse, name="strain-pulse", access=ON_A_TEAM, **_OF_STRAIN),
    page("strain/pulse/open", asked.pulse_open, name="strain-pulse-open", access=HR, **_OF_STRAIN),
    page("strain/limits", governing.limits, name="strain-limits", access=SIGNED_IN, **_OF_STRAIN),
    page("strain/limits/new", governing.limits_new, name="strain-limits-new", access=SETS, **_OF_STRAIN),
    page("strain/playbooks", governing.playbooks, name="strain-playbooks", access=SIGNED_IN, **_OF_STRAIN),
    page("strain/playbooks/<slug:signal>", governing.playbook, name="strain-playbook", access=KEEPS, **_OF_STRAIN),
    page("strain/playbooks/<slug:signal>/switch", governing.switch, name="strain-switch", access=KEEPS, **_OF_STRAIN),
    page("strain/path", paths.path, name="strain-path", access=SIGNED_IN, **_OF_STRAIN),
    page("strain/path.csv", paths.path_csv, name="strain-path-csv", access=SIGNED_IN, **_OF_STRAIN),
    page("strain/releases.csv", paths.releases_csv, name="strain-releases-csv", access=SIGNED_IN, **_OF_STRAIN),
    page("strain/releases", paths.list_releases, name="strain-releases", access=SIGNED_IN, **_OF_STRAIN),
    page("strain/trade-offs/<uuid:key>/agree", paths.agree, name="strain-agree", access=AGREES, **_OF_STRAIN),
]  # fmt: skip
