"""How often one account may ask."""

from rest_framework.throttling import UserRateThrottle


class AccountThrottle(UserRateThrottle):
    """A rate an account (an address where nobody is signed in); the rate is the setting API_RATE."""

    scope = "account"
