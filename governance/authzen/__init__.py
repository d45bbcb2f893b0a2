"""The OpenID AuthZEN Authorization API 1.0: other systems ask whether a use is allowed, in a form that they know."""
