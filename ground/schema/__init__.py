"""What the database keeps by itself, and the migrations that say so. Nobody writes a migration by hand.

- Tables, constraints and indexes stand on the models, as ever.
- Triggers stand in a model's `Meta.triggers` (`triggers.Trigger`). One on a lower app's table stands on a proxy of that
  model in the app whose rule it is.
- What the runtime role may do with a table stands in the app's `grants.py`; without a line there it may read.
- What changes an app's data version stands in its `data_versions.py`.

`manage.py makemigrations` sees a change of any of them and writes the operation, which can be undone. Until something is
released there is one migration an app: `manage.py makemigrations_anew` writes all of them again, each in the order of
INSTALLED_APPS, which is the order in which apps stand on each other. Run `ruff format` afterwards.
"""
