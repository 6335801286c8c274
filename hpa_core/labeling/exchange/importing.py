"""Taking labels of other programs into a store, as events of the reviewer who brings them.

The last opinion of each sample becomes its label. Where several people gave one there, each of them
becomes a blind opinion, so that agreement and disputes are seen here too.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from hpa_core.data.dataset import Dataset
from hpa_core.labeling.events import SHARED, Decision, Place, blind_track
from hpa_core.labeling.exchange.foreign.naming import ForeignLabel
from hpa_core.labeling.exchange.foreign.reading import ForeignLabels
from hpa_core.labeling.people import checked_annotator
from hpa_core.labeling.state import UNTOUCHED, SampleState
from hpa_core.labeling.store.label_store import LabelStore
from hpa_core.labeling.store.opening import new_key

AT_ONCE = 500
"""Samples of one act; a killed import goes on with those that are missing."""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import did, in samples.

    Attributes:
        recorded: got a label or opinion.
        same: had it already.
        kept: were decided here by somebody, and stay so.
        unknown: ids that the dataset does not have.
    """

    recorded: int
    same: int
    kept: int
    unknown: tuple[str, ...]


def import_labels(
    store: LabelStore, dataset: Dataset, foreign: ForeignLabels, *, by: str, replace: bool = False
) -> Imported:
    """Record what another program says, a reviewer's act.

    Args:
        store: the labels.
        dataset: whose samples they are.
        foreign: what was read.
        by: the reviewer.
        replace: whether samples that were decided here get the labels from there.

    Raises:
        RoleError: the person is no reviewer.
        ConflictError: somebody labels one of the samples at this moment; import again.
    """
    store.require(by, "reviewer")
    known = set(dataset.ids.tolist())
    opinions: dict[str, list[ForeignLabel]] = defaultdict(list)
    for label in foreign.labels:
        opinions[label.sample].append(label)
    states = store.opinions(dataset.info)
    counts = {"recorded": 0, "same": 0, "kept": 0}
    pending: list[Decision] = []
    for sample, labels in opinions.items():
        if sample not in known:
            continue
        shared = states.get((sample, SHARED), UNTOUCHED)
        if shared.decision not in {"", "skip", "import"} and not replace:
            counts["kept"] += 1
            continue
        new = _decisions(labels, states, foreign.program)
        counts["recorded" if new else "same"] += 1
        pending += new
        if len(pending) >= AT_ONCE:
            store.record(pending, by=by, dataset=dataset.info, key=new_key())
            pending = []
    if pending:
        store.record(pending, by=by, dataset=dataset.info, key=new_key())
    return Imported(**counts, unknown=tuple(sorted(opinions.keys() - known)))


def _decisions(
    labels: Sequence[ForeignLabel], states: dict[Place, SampleState], program: str
) -> list[Decision]:
    """Return what is new of one sample: its label, and everybody's opinion where there are more."""
    wanted = {SHARED: labels[-1]}
    if len(labels) > 1:
        wanted |= {blind_track(_person(program, label.author)): label for label in labels}
    return [
        Decision(
            sample=label.sample,
            base=state.version,
            kind="import",
            labels=label.labels,
            note=f"from {program}",
            track=track,
        )
        for track, label in wanted.items()
        for state in [states.get((label.sample, track), UNTOUCHED)]
        if state.labels != label.labels
    ]


def _person(program: str, author: str) -> str:
    """Name a person of another program so that nobody here is taken for her."""
    safe = re.sub(r"[\x00-\x1f\x7f#]", " ", author)[:60]
    return checked_annotator(f"{program} {safe}")
