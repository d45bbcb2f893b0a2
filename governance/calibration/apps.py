from django.apps import AppConfig


class CalibrationConfig(AppConfig):
    name = "governance.calibration"
    label = "calibration"
