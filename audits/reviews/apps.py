from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "audits.reviews"
    label = "reviews"
