"""Addresses of appeals in the API."""

from django.urls import path

from governance.appeals import api

_ONE = "appeals/<uuid:key>"

urlpatterns = [
    path("appeals", api.AppealList.as_view(), name="api-appeals"),
    path(_ONE, api.AppealDetail.as_view(), name="api-appeal"),
    path(f"{_ONE}/messages", api.AppealMessages.as_view(), name="api-appeal-messages"),
    path(f"{_ONE}/attachments", api.AppealAttachments.as_view(), name="api-appeal-attachments"),
    path(
        f"{_ONE}/attachments/<uuid:attachment>",
        api.AppealAttachmentFile.as_view(),
        name="api-appeal-attachment",
    ),
    path(f"{_ONE}/withdraw", api.AppealWithdraw.as_view(), name="api-appeal-withdraw"),
    path(f"{_ONE}/acknowledge", api.AppealAcknowledge.as_view(), name="api-appeal-acknowledge"),
    path(f"{_ONE}/assign", api.AppealAssign.as_view(), name="api-appeal-assign"),
    path(f"{_ONE}/conflict", api.AppealConflict.as_view(), name="api-appeal-conflict"),
    path(f"{_ONE}/extend", api.AppealExtend.as_view(), name="api-appeal-extend"),
    path(f"{_ONE}/outcome", api.AppealDecide.as_view(), name="api-appeal-outcome"),
    path(f"{_ONE}/second", api.AppealSecond.as_view(), name="api-appeal-second"),
    path(f"{_ONE}/accept", api.AppealAccept.as_view(), name="api-appeal-accept"),
]
