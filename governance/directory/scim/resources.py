"""What of SCIM's resources we take: who somebody is and whether they are active, and groups. Pure.

A directory holds much more of people, telephone numbers and photographs among it; what is not here is not kept.
"""

from typing import Annotated, Any

from pydantic import EmailStr, Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    External,
    Filter,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    Schema,
    ScimPolicy,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

from governance.directory.scim.limits import LARGEST_PAGE

_HOW = "A machine’s token of the scope “accounts”."
# What a directory sends of people that stands in none of these is dropped, and no fault of its.
POLICY = ScimPolicy(unknown=ScimPolicy.Unknown.ignore)


class PersonName(ComplexAttribute):
    """What somebody is called."""

    formatted: str | None = None
    family_name: str | None = None
    given_name: str | None = None


class PersonEmail(ComplexAttribute):
    """An address of theirs."""

    value: EmailStr | None = None
    type: str | None = None
    primary: bool | None = None


class EnterprisePart(Extension):
    """Of the enterprise extension, the number that some directories name people by."""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    employee_number: str | None = None


class EntryResource(Resource[Any]):
    """An entry, which SCIM calls a user."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: PersonName | None = None
    display_name: str | None = None
    active: bool | None = None
    emails: list[PersonEmail] | None = None


class MemberResource(ComplexAttribute):
    """An entry in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(  # type: ignore[name-defined]  # noqa: F821
        None, serialization_alias="$ref", validation_alias="$ref"
    )


class GroupResource(Resource[Any]):
    """A group."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    members: list[MemberResource] | None = None


# The library's way to put an extension beside a resource, which it works out as it runs.
Entry: Any = EntryResource[EnterprisePart]  # type: ignore[misc]
TYPES = (ResourceType.from_resource(Entry), ResourceType.from_resource(GroupResource))


def list_schemas() -> list[Schema]:
    """The schemas of what we take, under the names that SCIM has for them."""
    named: dict[Any, str] = {EntryResource: "User", EnterprisePart: "EnterpriseUser", GroupResource: "Group"}
    found = []
    for model, name in named.items():
        schema = model.to_schema()
        schema.name = name
        found.append(schema)
    return found


def describe_service(documentation: str) -> ServiceProviderConfig:
    """What this door can do."""
    no: dict[str, Any] = {"supported": False}
    scheme: dict[str, Any] = {"type": "oauthbearertoken", "name": "Token", "description": _HOW}
    return ServiceProviderConfig(
        documentation_uri=Reference[External](documentation),
        patch=Patch(supported=True),
        bulk=Bulk(**no, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=LARGEST_PAGE),
        change_password=ChangePassword(**no),
        sort=Sort(supported=True),
        etag=ETag(**no),
        authentication_schemes=[AuthenticationScheme(**scheme)],
    )
