"""A pack is asked for, then made once; its archive never changes."""

from audits.packs.models import EvidencePack, PackFile
from ground.grants import ADD, add_and_change

GRANTS = {
    EvidencePack: add_and_change(
        "state", "done", "made_at", "sha256", "manifest_sha256", "size", "failed_because"
    ),
    PackFile: ADD,
}
