"""Addresses of the board in the API."""

from django.urls import path

from governance.board import api, consents_api, rules_api, seats_api, settings_api

urlpatterns = [
    path("rules", rules_api.RuleList.as_view(), name="api-rules"),
    path("cases", api.CaseList.as_view(), name="api-cases"),
    path("cases/<uuid:key>", api.CaseDetail.as_view(), name="api-case"),
    path("cases/<uuid:key>/seen", api.MarkCaseSeen.as_view(), name="api-case-seen"),
    path("cases/<uuid:key>/close", api.CaseClose.as_view(), name="api-case-close"),
    path("cases/<uuid:key>/handler", api.CaseHandlerDetail.as_view(), name="api-case-handler"),
    path("cases/<uuid:key>/ballot", api.OwnBallot.as_view(), name="api-case-ballot"),
    path("cases/<uuid:key>/ballots", api.CaseBallots.as_view(), name="api-case-ballots"),
    path("cases/<uuid:key>/comments", api.CaseComments.as_view(), name="api-case-comments"),
    path("cases/<uuid:key>/conditions", api.CaseConditions.as_view(), name="api-case-conditions"),
    path(
        "cases/<uuid:key>/conditions/<uuid:condition>",
        api.CaseCondition.as_view(),
        name="api-case-condition",
    ),
    path("drafts/<uuid:key>/hand-in", api.DraftHandIn.as_view(), name="api-draft-hand-in"),
    path("settings", settings_api.SettingList.as_view(), name="api-settings"),
    path("seats", seats_api.SeatList.as_view(), name="api-seats"),
    path("terms", seats_api.TermList.as_view(), name="api-terms"),
    path("terms/<uuid:key>/confirm", seats_api.TermConfirm.as_view(), name="api-term-confirm"),
    path("terms/<uuid:key>/decline", seats_api.TermDecline.as_view(), name="api-term-decline"),
    path("terms/<uuid:key>/end", seats_api.TermEnd.as_view(), name="api-term-end"),
    path("invitations", seats_api.InvitationList.as_view(), name="api-invitations"),
    path("invitations/<uuid:key>/accept", seats_api.InvitationAccept.as_view(), name="api-invitation-accept"),
    path("invitations/<uuid:key>/end", seats_api.InvitationEnd.as_view(), name="api-invitation-end"),
    path("founding", seats_api.FoundingCase.as_view(), name="api-founding"),
    path("ballots", api.BallotBatch.as_view(), name="api-ballots"),
    path("waivers", api.WaiverList.as_view(), name="api-waivers"),
    path("waivers/<uuid:key>/end", api.WaiverEnd.as_view(), name="api-waiver-end"),
    path("suspensions", api.SuspensionList.as_view(), name="api-suspensions"),
    path("consents", consents_api.ConsentAsking.as_view(), name="api-consents"),
    path("consents/<uuid:key>", consents_api.ConsentDetail.as_view(), name="api-consent"),
    path("consents/<uuid:key>/answers", consents_api.ConsentAnswers.as_view(), name="api-consent-answers"),
    path("pilots", api.PilotList.as_view(), name="api-pilots"),
    path("pilots/<uuid:key>", api.PilotDetail.as_view(), name="api-pilot"),
    path("pilots/<uuid:key>/end", api.PilotEnd.as_view(), name="api-pilot-end"),
    path("pilots/<uuid:key>/exit", api.PilotExitReport.as_view(), name="api-pilot-exit"),
    path("pilots/<uuid:key>/answers", api.PilotAnswers.as_view(), name="api-pilot-answers"),
]
