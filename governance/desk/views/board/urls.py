"""Addresses of the board's pages."""

from django.urls import path

from governance.desk.views.board import (
    batch,
    case,
    cases,
    conditions,
    handling,
    pilots,
    programme_settings,
    putting,
    referring,
    returning,
    suspending,
    waivers,
)

urlpatterns = [
    path("cases", cases.cases, name="cases"),
    path("cases/batch", batch.batch, name="cases-batch"),
    path("cases/new", putting.put, name="case-new"),
    path("cases/<uuid:case_id>", case.case, name="case"),
    path("cases/<uuid:case_id>/ballot", case.ballot, name="case-ballot"),
    path("cases/<uuid:case_id>/comments", case.comment, name="case-comment"),
    path("cases/<uuid:case_id>/close", case.close, name="case-close"),
    path("cases/<uuid:case_id>/conditions", conditions.propose, name="case-condition"),
    path(
        "cases/<uuid:case_id>/conditions/<uuid:condition_id>/withdraw",
        conditions.withdraw,
        name="case-condition-withdraw",
    ),
    path("cases/<uuid:case_id>/handler", handling.name, name="case-handler"),
    path("cases/<uuid:case_id>/handler/release", handling.release, name="case-handler-release"),
    path("minutes", cases.minutes, name="minutes"),
    path("metrics/<slug:slug>/suspend", suspending.suspend, name="metric-suspend"),
    path("metrics/<slug:slug>/bring-back", returning.bring_back, name="metric-bring-back"),
    path("metrics/<slug:slug>/pilot", pilots.start, name="pilot-start"),
    path("pilots", pilots.pilots, name="pilots"),
    path("pilots/<uuid:pilot_id>", pilots.pilot, name="pilot"),
    path("pilots/<uuid:pilot_id>/end", pilots.end, name="pilot-end"),
    path("pilots/<uuid:pilot_id>/exit", pilots.write_exit, name="pilot-exit"),
    path("pilots/<uuid:pilot_id>/roll-out", pilots.roll_out, name="pilot-roll-out"),
    path("pilots/<uuid:pilot_id>/survey", pilots.survey, name="pilot-survey"),
    path("decisions/<uuid:decision>/refer", referring.refer, name="refer"),
    path("rulings", referring.rulings, name="rulings"),
    path("rulings/<uuid:ruling_id>/end", referring.end, name="ruling-end"),
    path("settings", programme_settings.settings, name="settings"),
    path("settings/<slug:part>/change", programme_settings.change, name="settings-change"),
    path("waivers", waivers.waivers, name="waivers"),
    path("waivers/<uuid:waiver_id>/end", waivers.end, name="waiver-end"),
    path("waivers/ask", waivers.ask, name="waiver-ask"),
]
