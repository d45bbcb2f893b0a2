"""Addresses of the log for whoever verifies it, as C2SP tlog-tiles names them."""

from django.urls import path

from audits.ledger import serving

urlpatterns = [
    path("checkpoint", serving.checkpoint, name="log-checkpoint"),
    path("tile/<path:tile>", serving.tile, name="log-tile"),
]
