"""The registry in the API. Views parse, call a service or query, and render; permissions are theirs."""
