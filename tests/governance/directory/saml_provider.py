"""A provider of SAML 2.0, `djangosaml2idp`, as a site of its own: python saml_provider.py FOLDER PORT.

The folder holds `key.pem`, `certificate.pem` and `site.xml`, the metadata of the site that signs in by it. `/as/NAME?employee=…`
signs somebody in there, as whom the provider then says they are. `/sign?assertion=no` leaves what it signs out.
"""

import sys
from pathlib import Path
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.saml import NAMEID_FORMAT_PERSISTENT

HOST = "127.0.0.1"


def configure(folder: Path, address: str) -> None:
    settings.configure(
        SECRET_KEY="of a test",
        DEBUG=True,
        ALLOWED_HOSTS=[HOST],
        ROOT_URLCONF=__name__,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "djangosaml2idp",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "provider.sqlite")}},
        SAML_IDP_CONFIG={
            "debug": False,
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "entityid": f"{address}/idp/metadata/",
            "service": {
                "idp": {
                    "name": "Provider",
                    "endpoints": {
                        "single_sign_on_service": [
                            (f"{address}/idp/sso/post/", BINDING_HTTP_POST),
                            (f"{address}/idp/sso/redirect/", BINDING_HTTP_REDIRECT),
                        ]
                    },
                    "name_id_format": [NAMEID_FORMAT_PERSISTENT],
                    "sign_response": False,
                    "sign_assertion": True,
                }
            },
            "key_file": str(folder / "key.pem"),
            "cert_file": str(folder / "certificate.pem"),
        },
        SAML_IDP_SP_FIELD_DEFAULT_ATTRIBUTE_MAPPING={"first_name": "employee", "last_name": "groups"},
    )  # fmt: skip


def enter(request: HttpRequest, name: str) -> HttpResponse:
    """Sign somebody in here."""
    from django.contrib.auth import login
    from django.contrib.auth.models import User

    said = {"first_name": request.GET.get("employee", ""), "last_name": request.GET.get("groups", "")}
    user, _new = User.objects.update_or_create(username=name, defaults=said)
    login(request, user)
    return HttpResponse("in")


def sign(request: HttpRequest) -> HttpResponse:
    """Sign assertions, or only what is around them, or nothing."""
    from djangosaml2idp.models import ServiceProvider

    site = ServiceProvider.objects.get()
    site._sign_assertion = request.GET.get("assertion") == "yes"
    site._sign_response = request.GET.get("response") == "yes"
    site.save()
    return HttpResponse("so be it")


urlpatterns = []  # filled once Django is set up


def register(folder: Path) -> None:
    """Know the site that signs in here."""
    from datetime import UTC, datetime

    from djangosaml2idp.models import ServiceProvider

    said = (folder / "site.xml").read_text()
    entity = said.partition('entityID="')[2].partition('"')[0]
    ServiceProvider.objects.create(
        entity_id=entity, local_metadata=said, metadata_expiration_dt=datetime(2100, 1, 1, tzinfo=UTC)
    )


if __name__ == "__main__":
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    configure(folder, f"http://{HOST}:{port}")
    django.setup()
    urlpatterns += [
        path("as/<str:name>", enter),
        path("sign", sign),
        path("idp/", include("djangosaml2idp.urls")),
    ]
    call_command("migrate", verbosity=0)
    register(folder)
    make_server(HOST, port, get_wsgi_application()).serve_forever()
