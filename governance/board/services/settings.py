"""Changes of the programme's settings: asked for with a case, made by its approval."""

from collections.abc import Mapping

from charter.registry import programme_settings
from governance.board.models import Case, SettingsChange
from ground import records


def request_change(case: Case, changes: Mapping[str, object]) -> SettingsChange:
    """Store what a case would change, in its transaction. BadInput as `programme_settings.checked`."""
    stored, former = programme_settings.checked(changes)
    return records.insert(SettingsChange(case=case, changes=stored, former=former))
