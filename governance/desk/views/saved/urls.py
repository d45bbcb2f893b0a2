"""Addresses of saved views."""

from django.urls import path

from governance.desk.views.saved import changing, lists, opening

urlpatterns = [
    path("views", lists.views, name="views"),
    path("views/new", lists.new, name="view-new"),
    path("views/<slug:slug>", opening.view, name="view"),
    path("views/<slug:slug>/open", opening.open_view, name="view-open"),
    path("views/<slug:slug>/metrics", changing.propose_metric, name="view-metric"),
    path("views/<slug:slug>/metrics/<slug:metric>/drop", changing.drop_metric, name="view-metric-drop"),
    path("views/<slug:slug>/class", changing.propose_class, name="view-class"),
    path("views/<slug:slug>/expectations", changing.write_expectation, name="view-expectation"),
    path("views/<slug:slug>/retire", changing.retire, name="view-retire"),
]
