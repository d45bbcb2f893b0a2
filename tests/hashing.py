"""Passwords hashed as in life, but in a moment."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 at its least: what the suite proves does not hang on how long a guess takes."""

    time_cost = 1
    memory_cost = 8  # KiB
    parallelism = 1
