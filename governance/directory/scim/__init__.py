"""SCIM 2.0 (RFC 7643, 7644): the organisation's directory writes accounts and groups. Messages are scim2-models', storage is ours."""
