"""What an evidence pack says of its days, file by file: counts and governance, and nothing that names anybody who asked or was asked about."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Func, Q, QuerySet
from msgspec import Struct

from audits.findings.queries import count_by_kind
from audits.ledger import exporting
from audits.ledger.events import PayloadErased
from audits.ledger.keys import list_verifiers
from audits.ledger.models import Entry, SignedCheckpoint
from audits.retention.models import Purge
from audits.reviews.models import SampleDraw
from audits.reviews.queries import count_concluded
from charter.registry.models import ReviewItem
from charter.registry.models.charters import CharterVersion
from charter.rules.vocabulary import Outcome
from governance.appeals.figures import list_figures
from governance.board.models import Suspension, Waiver
from governance.decisions.models import DecisionRecord
from governance.people.services import get_system_account
from ground import calendar, scans
from ground.errors import Unavailable

VERIFIER = "verifier/charter_verify.py"
MOST_FAULTS = 20


class Days(Struct, frozen=True):
    """Days from `since` to before `until`."""

    since: date
    until: date

    def within(self, field: str) -> Q:
        """That a moment falls into them."""
        begins, ends = calendar.find_midnight(self.since), calendar.find_midnight(self.until)
        return Q(**{f"{field}__gte": begins, f"{field}__lt": ends})


Part = Callable[[Days], Any]


def count_verdicts(days: Days) -> Any:
    """How many questions were answered how, and by which rule refused or put to the board; checks apart."""
    found = DecisionRecord.objects.filter(days.within("at")).order_by()
    return {
        "questions": _count(found.filter(checked_only=False)),
        "checks": _count(found.filter(checked_only=True)),
        "by_rule": [
            {"rule": rule, "verdict": verdict, "count": count} for rule, verdict, count in _count_rules(found)
        ],
        "by_decision": [
            {"decision": use, "verdict": verdict, "count": count}
            for use, verdict, count in found.values_list("use", "verdict").annotate(count=Count("pk")).order_by("use", "verdict")
        ],
    }  # fmt: skip


def _count(found: QuerySet[DecisionRecord]) -> dict[str, int]:
    counted = dict(found.values_list("verdict").annotate(count=Count("pk")))
    return {each.value: counted.get(each.value, 0) for each in Outcome}


def _count_rules(found: QuerySet[DecisionRecord]) -> list[tuple[str, str, int]]:
    named = found.annotate(rule=Func(F("rules"), function="unnest"))
    counts = Counter(named.values_list("rule", "verdict"))
    return [(rule, verdict, count) for (rule, verdict), count in sorted(counts.items())]


def list_waivers(days: Days) -> Any:
    """Waivers that were in force on any of the days."""
    found = Waiver.objects.filter(
        starts_on__lt=days.until, ends_on__gt=days.since, case__state="approved"
    ).select_related("case")
    return [
        {
            "case": each.case.number,
            "rule": each.rule_id,
            "metric": each.metric or None,
            "decision": each.decision or None,
            "from": each.starts_on,
            "to": each.ends_on,
            "ended_at": each.ended_at,
        }
        for each in found.order_by("starts_on", "pk")
    ]


def list_suspensions(days: Days) -> Any:
    """Charters that a seat suspended within the days, and what the board made of that."""
    found = Suspension.objects.filter(days.within("at")).select_related(
        "charter_version__metric", "case", "seat"
    )
    return [
        {
            "metric": each.charter_version.metric.slug,
            "version": each.charter_version.number,
            "seat": each.seat.kind,
            "at": each.at,
            "case": each.case.number,
            "ratified_at": each.ratified_at,
            "lapsed_at": each.lapsed_at,
        }
        for each in found.order_by("at", "pk")
    ]


def count_reviews(days: Days) -> Any:
    """Reviews of charters that were due within the days, and how many were done, in time and late."""
    due = ReviewItem.objects.filter(review__due_on__gte=days.since, review__due_on__lt=days.until)
    done = [
        (each.decided_at, each.review.due_on)
        for each in due.filter(decided_at__isnull=False).select_related("review")
    ]
    in_time = sum(at is not None and calendar.find_day(at) <= on for at, on in done)
    in_force = CharterVersion.objects.filter(standing="active").count()
    return {
        "due": due.count(),
        "done_in_time": in_time,
        "done_late": len(done) - in_time,
        "not_done": due.filter(decided_at__isnull=True).count(),
        "charters_in_force_now": in_force,
    }


def count_sampled(days: Days) -> Any:
    """Draws of the days' months with their seeds, what sampled reviews found, and findings by kind."""
    draws = (
        SampleDraw.objects.filter(days.within("drawn_at")).annotate(drawn=Count("looks")).order_by("month")
    )
    return {
        "draws": [
            {
                "month": each.month,
                "seed": each.seed,
                "log_root": each.log_root,
                "could_be_drawn": each.population,
                "drawn": each.drawn,
                "frame_sha256": each.frame_sha256,
            }
            for each in draws
        ],
        "concluded": count_concluded(days.since, days.until),
        "findings": count_by_kind(days.since, days.until),
    }


def list_appeal_figures(days: Days) -> Any:
    """What everybody may read of appeals, of quarters that begin within the days; null is what is too small to tell."""
    return [
        {
            "quarter": each.begins,
            "filed": each.filed,
            "kinds": {kind.value: count for kind, count in (each.kinds or {}).items()} or None,
            "findings": {finding.value: count for finding, count in (each.findings or {}).items()} or None,
            "days_kept_of_a_hundred": each.days_kept,
        }
        for each in list_figures()
        if days.since <= each.begins < days.until
    ]


def list_erasures(days: Days) -> Any:
    """What was deleted because its time was over, with the hash of its keys, and how many entries' payloads were destroyed."""
    purges = Purge.objects.filter(days.within("at")).order_by("at", "pk")
    names = ("what", "before", "count", "sha256", "at")
    return {
        "purges": [{name: getattr(each, name) for name in names} for each in purges],
        "payloads_destroyed": Entry.objects.filter(days.within("at"), kind=PayloadErased.kind).count(),
    }


def describe_log(days: Days) -> Any:
    """The first and last checkpoints that were signed within the days, entries by kind, and what the verifier says of the whole log."""
    signed = SignedCheckpoint.objects.filter(days.within("signed_at"))
    first, last = signed.order_by("size").first(), signed.order_by("size").last()
    kinds = Entry.objects.filter(days.within("at")).order_by().values_list("kind").annotate(count=Count("pk"))
    return {
        "first_checkpoint": first.note if first else None,
        "last_checkpoint": last.note if last else None,
        "keys": [each.format() for each in list_verifiers()],
        "entries": dict(sorted(kinds)),
        "verifier": verify_log(),
    }


def verify_log() -> dict[str, Any]:
    """What `charter-verify`, run as an outsider runs it, says of a copy of the whole log up to its newest checkpoint."""
    if not SignedCheckpoint.objects.exists():
        return {"holds": None, "because": "Nothing of the log has been signed yet."}
    with tempfile.TemporaryDirectory(prefix="pack-") as made:
        folder = Path(made) / "log"
        exporting.export_log(
            folder, payloads=False, say=lambda _text: scans.alive(), by=get_system_account().actor
        )
        command = [sys.executable, str(settings.BASE_DIR / VERIFIER), str(folder), "--json"]
        for each in list_verifiers():
            command += ["--key", each.format()]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise Unavailable(f"The verifier could not look: {done.stderr.strip()}")
    found = json.loads(done.stdout)
    names = ("holds", "entries", "erased", "checkpoints", "witnessed")
    return {**{name: found[name] for name in names}, "faults": found["faults"][:MOST_FAULTS]}


PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "verdicts": count_verdicts,
        "waivers": list_waivers,
        "suspensions": list_suspensions,
        "reviews": count_reviews,
        "sampled_reviews": count_sampled,
        "appeals": list_appeal_figures,
        "erasures": list_erasures,
        "log": describe_log,
    }
)
