"""Addresses of the pages. Answers stand in API replies and letters, so these addresses are promises."""

from audits.access_log.screens import urls as access_log
from audits.fairness.screens import urls as fairness
from audits.findings.screens import urls as findings
from audits.packs.screens import urls as packs
from audits.retention.screens import urls as retention
from audits.reviews.screens import urls as reviews
from audits.strain.screens import release_notes
from audits.strain.screens import urls as strain
from charter.authoring.screens import urls as authoring
from charter.authoring.screens.forms import single
from charter.measures.screens import urls as measures
from charter.registry.screens import page_context
from charter.registry.screens import urls as registry
from governance.about_me.screens import urls as about_me
from governance.agreements.screens import binding
from governance.agreements.screens import on_cases as agreements_on_cases
from governance.agreements.screens import urls as agreements
from governance.appeals.screens import urls as appeals
from governance.board import approval
from governance.board.queries import find_seats_of
from governance.board.screens import kinds
from governance.board.screens import settings as settings_screen
from governance.board.screens import urls as board
from governance.board.states import CaseKind
from governance.calibration.screens import urls as calibration
from governance.decisions.replay.proposals import REPLAYED
from governance.decisions.screens import referral_summary, told_beside
from governance.decisions.screens import urls as decisions
from governance.decisions.screens.replays import link_replay
from governance.desk.screens import urls as desk
from governance.directory.screens import urls as directory
from governance.directory.screens.sign_in import list_ways
from governance.evidence.screens import urls as evidence
from governance.founding.screens import urls as founding
from governance.notices.screens import urls as notices
from governance.people import badges
from governance.people.screens import sign_in
from governance.people.screens import urls as people
from governance.saved_views.screens import urls as saved_views
from governance.training.screens import urls as training
from governance.ui import page_access
from governance.use_check.screens import urls as use_check

# What pages of lower apps say comes from apps above them.
page_access.show_times_in(page_context.time_zone)
badges.read_seats_by(find_seats_of)
badges.keep_badges_by(page_context.badge)
single.say_votes_needed(approval.demands_by_level)
sign_in.offer(list_ways)
told_beside.tell_beside_answers(release_notes.tell_release_appetite)
kinds.tell_on_cases(referral_summary.summarise_referral, kind=CaseKind.EDGE_CASE)
kinds.tell_on_cases(agreements_on_cases.tell_of_charter, kind=CaseKind.CHARTER)
kinds.tell_on_cases(agreements_on_cases.tell_of_charter, kind=CaseKind.CLASS_CHANGE)
kinds.tell_on_cases(agreements_on_cases.tell_of_settings, kind=CaseKind.SETTINGS)
kinds.tell_on_cases(agreements_on_cases.tell_of_agreement, kind=CaseKind.AGREEMENT)
kinds.tell_on_cases(agreements_on_cases.tell_of_departure, kind=CaseKind.DEPARTURE)
settings_screen.tell_clauses_by(binding.read_binding_clauses)
for replayed in REPLAYED:
    kinds.tell_on_cases(link_replay, kind=replayed)

# The highest app first: what it adds to addresses of a lower one, such as the board's pages of a draft, goes before.
urlpatterns = [
    *desk.urlpatterns,
    *founding.urlpatterns,
    *appeals.urlpatterns,
    *about_me.urlpatterns,
    *access_log.urlpatterns,
    *fairness.urlpatterns,
    *strain.urlpatterns,
    *reviews.urlpatterns,
    *findings.urlpatterns,
    *retention.urlpatterns,
    *packs.urlpatterns,
    *calibration.urlpatterns,
    *saved_views.urlpatterns,
    *use_check.urlpatterns,
    *directory.urlpatterns,
    *evidence.urlpatterns,
    *decisions.urlpatterns,
    *agreements.urlpatterns,
    *board.urlpatterns,
    *training.urlpatterns,
    *measures.urlpatterns,
    *authoring.urlpatterns,
    *registry.urlpatterns,
    *notices.urlpatterns,
    *people.urlpatterns,
]
