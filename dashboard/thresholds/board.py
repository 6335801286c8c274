"""What passes between the session and the threshold board, so that neither undoes the other.

The board owns the thresholds while they move; the session owns them for all other pages. The
session's set goes to the board only when somebody else changed it: `BoardMemory.revision` says so.
"""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard import cache
from dashboard.components.threshold_board import BoardInput, threshold_board
from dashboard.guard import guarded
from dashboard.session import note_link, session
from dashboard.threshold_link import threshold_word
from dashboard.thresholds.active import remember_stand, unsaved_set
from dashboard.thresholds.measured import Measured
from hpa_core.evaluation.metrics import Scores
from hpa_core.runs.thresholds import Rule, ThresholdSet, known_thresholds

WIDGET = "threshold-board"
MEMORY = "hpa-board"


@dataclass(frozen=True)
class BoardMemory:
    """What the board of this visitor holds.

    Attributes:
        measured: the images whose scores it shows; None before it was drawn.
        address: of these scores.
        held: what its calls follow; None before it was drawn.
        before: what it held before the last change on the same scores; None if there was none.
        revision: grows with each change from elsewhere.
        sequence: number of its last result taken over.
    """

    measured: Measured | None = None
    address: str = ""
    held: Rule | None = None
    before: Rule | None = None
    revision: int = 0
    sequence: int = 0


def draw_board(measured: Measured, scores: Scores | None) -> None:
    """Draw the board over images of one split of a run; its moves become the active set.

    Args:
        measured: images of the session's run and split.
        scores: the exact figures of the active set; None where the truth is not known.
    """
    chosen = session()
    address = measured.address
    measured.make_ready()
    held = chosen.thresholds.rule
    memory: BoardMemory = st.session_state.get(MEMORY, BoardMemory())
    if (address, held) != (memory.address, memory.held):
        before = memory.held if address == memory.address else None
        memory = BoardMemory(measured, address, held, before, memory.revision + 1, memory.sequence)
        st.session_state[MEMORY] = memory
    shown = BoardInput(
        address=address,
        split=measured.split,
        thresholds=held.thresholds,
        fallback=held.fallback,
        revision=memory.revision,
        sequence=memory.sequence,
        server=scores,
        part=measured.rows is not None,
    )
    threshold_board(shown, key=WIDGET, on_result=_take_result)


def held_before() -> Rule | None:
    """What the board held before the last change on the scores it shows; None if there was none."""
    memory: BoardMemory = st.session_state.get(MEMORY, BoardMemory())
    return memory.before


def _take_result() -> None:
    """Make the board's thresholds the active set, unless they are of scores no longer shown."""
    result = st.session_state[WIDGET]["result"]
    chosen = session()
    if chosen.run is None or chosen.split is None:
        return
    with guarded():
        if not _is_shown(result["address"], chosen.run, chosen.split):
            return
        moved = _moved(chosen.run, chosen.split, result)
        note_link(thresholds=threshold_word(moved, chosen.run))
        remember_stand(moved)
        chosen.thresholds = _recognised(moved)
        chosen.thresholds_owner = chosen.run
        memory: BoardMemory = st.session_state[MEMORY]
        st.session_state[MEMORY] = replace(
            memory, held=moved.rule, before=memory.held, sequence=result["sequence"]
        )


def _is_shown(address: str, run_id: str, split: str) -> bool:
    """Whether a result is of the images last shown, and these of the run and split in force."""
    memory: BoardMemory = st.session_state.get(MEMORY, BoardMemory())
    shown = memory.measured
    if shown is None or (shown.run.id, shown.split) != (run_id, split):
        return False
    return address == shown.address


def _moved(run_id: str, split: str, result: dict[str, Any]) -> ThresholdSet:
    moved = unsaved_set(cache.run(run_id), split, result["thresholds"], result["strategy"])
    return replace(moved, fallback="top1" if result["fallback"] else "none")


def _recognised(moved: ThresholdSet) -> ThresholdSet:
    """Return the known set with the same thresholds: an undo may lead back to one."""
    known = known_thresholds(cache.run(moved.run))
    return next((item for item in known if item.rule == moved.rule), moved)
