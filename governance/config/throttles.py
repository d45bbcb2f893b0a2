"""How often an address may ask the API without a token; requests with one were counted as it was looked up."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from governance.people.request_rate import origin
from ground import counts


class AddressThrottle(BaseThrottle):
    """The rate of an account (API_RATE) for the address of a request, where nobody is signed in."""

    def allow_request(self, request: Request, view: object) -> bool:
        if request.auth is not None:
            return True
        self._spent = counts.spend(origin(request), settings.API_RATE)
        return self._spent.granted

    def wait(self) -> float:
        return self._spent.wait
