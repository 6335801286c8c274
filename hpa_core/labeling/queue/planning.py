"""What a person is asked next: a queue's order, less what needs no answer, with controls mixed in.

Three things are mixed into any order. **Second opinions**: a sample that somebody else has
decided, asked blind. **Random control**: samples drawn at random, so that the share of wrong labels
can be told of the whole and not of the suspicious ones alone. **Hidden repeats**: what the person
decided some time ago, asked blind again, to see how far the person agrees with herself.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count as count_from
from itertools import islice

from hpa_core.labeling.events import SHARED, blind_track, track_owner
from hpa_core.labeling.queue.ordering import draws
from hpa_core.labeling.state import UNTOUCHED, SampleState
from hpa_core.labeling.store.leases import Candidate
from hpa_core.labeling.store.watching import Tracks
from hpa_core.settings import check_settings, setting

CONTROL, SECOND, REPEAT = "random control", "second opinion", "hidden repeat"
HORIZON = 500
"""Samples looked ahead: far more than others can hold at the same time."""

WAITING = ("", "skip", "unsure")
"""Decisions after which a sample still wants an answer, from somebody else than who took them."""


@dataclass(frozen=True, kw_only=True)
class QueueSettings:
    """How a queue asks."""

    opinions: int = setting(
        1,
        help="How many people give an opinion on each sample, blind after the first.",
        low=1,
        high=5,
    )
    control_share: float = setting(
        0.0, help="Share of samples drawn at random among those asked.", low=0.0, high=1.0
    )
    repeat_share: float = setting(
        0.0,
        help="Share of samples that the person decided before, asked again unmarked.",
        low=0.0,
        high=0.5,
    )
    repeat_after: int = setting(
        20,
        help="How many decisions lie at least between a sample and its repeat.",
        low=1,
        high=10_000,
    )
    decided: bool = setting(
        False, help="Whether samples that were decided are asked again, to be reviewed."
    )
    seed: int = setting(0, help="Of what is drawn.", low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        check_settings(self)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Which samples are asked about, in which order.

    Attributes:
        order: sample ids, best first (`ordering`, a ranking, a saved selection).
        reason: what the order is called; kept with the answers.
        control: sample ids in random order, for `control_share`.
        settings: how it asks.
    """

    order: Sequence[str]
    reason: str
    control: Sequence[str] = ()
    settings: QueueSettings = field(default_factory=QueueSettings)


def plan_queue(queue: Queue, tracks: Tracks, *, by: str) -> list[Candidate]:
    """Return the next `HORIZON` samples that a person may be asked, controls and repeats mixed in.

    The same person in the same state of things gets the same plan.
    """
    settings = queue.settings
    own = _own_decisions(tracks, by)
    sources = {
        queue.reason: _open(queue.order, tracks, reason=queue.reason, by=by, settings=settings),
        CONTROL: _open(queue.control, tracks, reason=CONTROL, by=by, settings=settings),
        REPEAT: _repeats(own, tracks, by=by, settings=settings),
    }
    places = _places(queue, by=by, first=len(own))
    return list(islice(_mixed(sources, places, otherwise=queue.reason), HORIZON))


def _open(
    order: Iterable[str],
    tracks: Tracks,
    *,
    reason: str,
    by: str,
    settings: QueueSettings,
) -> Iterator[Candidate]:
    for sample in order:
        states = tracks.get(sample, {})
        candidate = _candidate(sample, states, reason=reason, by=by, settings=settings)
        if candidate:
            yield candidate


def _candidate(
    sample: str,
    states: Mapping[str, SampleState],
    *,
    reason: str,
    by: str,
    settings: QueueSettings,
) -> Candidate | None:
    """Return what to ask about a sample; None where nothing of this person is wanted."""
    shared = states.get(SHARED, UNTOUCHED)
    if settings.decided:
        return Candidate(sample=sample, version=shared.version, reason=reason)
    authors = {track_owner(track) for track, state in states.items() if track and state.decision}
    authors |= {shared.annotator} - {""}
    if by in authors or shared.decision == "adjudicate":
        return None
    if shared.decision in WAITING:
        blind = blind_track(by) if settings.opinions > 1 else ""
        return Candidate(
            sample=sample,
            version=shared.version,
            reason=reason,
            slots=settings.opinions,
            blind_track=blind,
        )
    if (wanted := settings.opinions - len(authors)) <= 0:
        return None
    return Candidate(
        sample=sample,
        version=shared.version,
        track=blind_track(by),
        reason=SECOND,
        slots=wanted,
    )


def _own_decisions(tracks: Tracks, by: str) -> list[tuple[int, str]]:
    """Return event and sample of what a person labelled and nobody has replaced, oldest first."""
    return sorted(
        (state.event, sample)
        for sample, states in tracks.items()
        for track, state in states.items()
        if state.annotator == by and track in {SHARED, blind_track(by)} and state.decision != "skip"
    )


def _repeats(
    own: Sequence[tuple[int, str]],
    tracks: Tracks,
    *,
    by: str,
    settings: QueueSettings,
) -> Iterator[Candidate]:
    again = blind_track(by, 2)
    old = [sample for _, sample in own[: max(len(own) - settings.repeat_after, 0)]]
    for sample in sorted(old, key=draws(settings.seed)):
        if again not in tracks[sample]:
            version = tracks[sample].get(SHARED, UNTOUCHED).version
            yield Candidate(sample=sample, version=version, track=again, reason=REPEAT)


def _places(queue: Queue, *, by: str, first: int) -> Iterator[str]:
    """Draw where each sample comes from, by its place in all of the person's work."""
    settings, draw = queue.settings, draws(queue.settings.seed)
    for place in count_from(first):
        chance = draw(f"{by} {place}")
        if chance < settings.repeat_share:
            yield REPEAT
        elif chance < settings.repeat_share + settings.control_share:
            yield CONTROL
        else:
            yield queue.reason


def _mixed(
    sources: Mapping[str, Iterator[Candidate]], places: Iterator[str], *, otherwise: str
) -> Iterator[Candidate]:
    """Take each place's sample from its source, or, where that is dry, from `otherwise`."""
    used: set[str] = set()
    for place in places:
        fresh = (
            one
            for source in (sources[place], sources[otherwise])
            for one in source
            if one.sample not in used
        )
        if (candidate := next(fresh, None)) is None:
            return
        used.add(candidate.sample)
        yield candidate
