"""Requests of somebody who has signed in, so that what is asked of an account need not ask whether there is one.

The doors let nobody else in: pages by the access that their routes declare, the API by its default permission. These say so to the type checker.
"""

from django.http import HttpRequest
from rest_framework.request import Request

from governance.people.models import User


class PageRequest(HttpRequest):
    """A request to a page that opens to those alone who have signed in."""

    user: User


class ApiRequest(Request):
    """A request to the API with a token or a session."""

    user: User
