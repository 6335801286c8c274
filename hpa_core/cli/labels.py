"""Commands: what is labelled, by whom; label, take back, settle; give roles."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.data.dataset import Dataset, open_dataset
from hpa_core.errors import DatasetError
from hpa_core.labeling import Decision, LabelStore, Receipt, new_key, open_store
from hpa_core.labeling.current import CurrentLabels, current_labels
from hpa_core.labeling.events import GIVES_LABELS, SHARED, Event
from hpa_core.labeling.people import MAY
from hpa_core.labeling.quality.noise import RANDOM, noise_share
from hpa_core.labeling.store.deciding import stands_on
from hpa_core.targets import format_target, parse_target

labels_app = typer.Typer(no_args_is_help=True, help="Label, export, publish, import, compare.")
app.add_typer(labels_app, name="labels")

DatasetName = Annotated[str, typer.Argument(metavar="DATASET")]
SampleId = Annotated[str, typer.Argument(metavar="ID", help="The sample.")]
By = Annotated[str, typer.Option(help="Your name, as it stands in the history.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Act = Annotated[int | None, typer.Option(help="This act; your last one by default.")]


def opened(name: str) -> tuple[LabelStore, Dataset]:
    """Open the labels of the workspace and one of its datasets."""
    workspace = workspace_of()
    dataset = open_dataset(workspace, name)
    return open_store(workspace), dataset


@labels_app.command("status")
def status(dataset: DatasetName, as_json: AsJson = False) -> None:
    """Say how much of DATASET is labelled, by whom, what changed and what is disputed."""
    store, data = opened(dataset)
    current = current_labels(store, data)
    counts, noise = _counts(current), noise_share(current, store.history(data.info, reasons=RANDOM))
    events, earlier = store.counts(data.info)
    if as_json:
        about = {"dataset": dataset, "hash": data.info.hash, "events": events}
        print_json({**about, **counts, "earlier_content": earlier, "noise": asdict(noise)})
        return
    typer.echo(
        f"Dataset {dataset!r}: {counts['decided']} of {counts['samples']} samples decided, "
        f"{counts['changed']} with other labels than before, {len(counts['disputed'])} disputed, "
        f"{counts['unsure']} unsure; {events} events."
    )
    for person, samples in counts["by_annotator"].items():
        typer.echo(f"  {person}: {samples} samples stand by {person}'s decision")
    if noise.low is not None and noise.high is not None:
        typer.echo(
            f"Of {noise.asked} samples asked at random {noise.changed} had other labels "
            f"(95 %: {100 * noise.low:.0f} to {100 * noise.high:.0f} %)."
        )
    if earlier:
        typer.echo(f"{earlier} samples were decided when the dataset had other content.")
    if counts["strangers"]:
        typer.echo(f"{counts['strangers']} labelled samples are not in the dataset any more.")


@labels_app.command("check")
def check(dataset: DatasetName, as_json: AsJson = False) -> None:
    """Read every event of DATASET and compare what they come to with what is kept to be read."""
    store, data = opened(dataset)
    events = store.check(data.info)
    if as_json:
        print_json({"dataset": dataset, "events": events})
        return
    typer.echo(f"Dataset {dataset!r}: {events} events, all consistent.")


@labels_app.command("history")
def history_command(
    dataset: DatasetName,
    *,
    sample: Annotated[str, typer.Option("--id", help="Of this sample only.")] = "",
    by: Annotated[str, typer.Option(help="Of this person only.")] = "",
    last: Annotated[
        int | None, typer.Option(min=1, help="The newest so many only; all by default.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List what happened to DATASET's labels, oldest first."""
    store, data = opened(dataset)
    samples = [sample] if sample else None
    events = store.history(data.info, samples=samples, annotator=by, last=last)
    if as_json:
        print_json({"dataset": dataset, "events": [asdict(event) for event in events]})
        return
    _print_events(events)


@labels_app.command("set")
def set_labels(  # noqa: PLR0913 - one parameter for each option
    dataset: DatasetName,
    sample: SampleId,
    labels: Annotated[str, typer.Argument(help="All class numbers of the sample, as '0 25'.")] = "",
    *,
    by: By,
    kind: Annotated[
        Literal["label", "accept", "adjudicate", "unsure", "skip", "note"],
        typer.Option(help="What is decided; adjudicate settles a dispute and takes a reviewer."),
    ] = "label",
    note: Annotated[str, typer.Option(help="A remark that is kept with it.")] = "",
    base: Annotated[
        int, typer.Option(help="The version you have seen; the present one by default.")
    ] = -1,
    key: Annotated[
        str, typer.Option(help="The same for every retry, so that it counts once.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Decide on one sample of DATASET."""
    store, data = opened(dataset)
    if sample not in set(data.ids.tolist()):
        raise DatasetError(f"Dataset {dataset!r} has no sample {sample[:60]!r}; check the id.")
    seen = store.state(data.info, sample).version if base < 0 else base
    given = parse_target(labels) if kind in GIVES_LABELS else None
    decision = Decision(sample=sample, base=seen, kind=kind, labels=given, note=note)
    receipt = store.record([decision], by=by, dataset=data.info, key=key or new_key())
    _report(receipt, as_json=as_json)


@labels_app.command("undo")
def undo(
    dataset: DatasetName,
    *,
    by: By,
    act: Act = None,
    as_json: AsJson = False,
) -> None:
    """Take back your last act in DATASET, as a new act."""
    store, data = opened(dataset)
    passed = store.undoable(data.info, by).passed if act is None else ()
    receipt = store.undo(by=by, dataset=data.info, key=new_key(), act=act)
    _report(receipt, as_json=as_json, passed=passed)


@labels_app.command("redo")
def redo(
    dataset: DatasetName,
    *,
    by: By,
    act: Act = None,
    as_json: AsJson = False,
) -> None:
    """Bring back what you took back last in DATASET, as a new act."""
    store, data = opened(dataset)
    passed = store.undoable(data.info, by).passed_redo if act is None else ()
    receipt = store.redo(by=by, dataset=data.info, key=new_key(), act=act)
    _report(receipt, as_json=as_json, passed=passed)


@labels_app.command("disputes")
def disputes(dataset: DatasetName, as_json: AsJson = False) -> None:
    """List what people see differently in DATASET; `labels set --kind adjudicate` settles it."""
    store, data = opened(dataset)
    current = current_labels(store, data)
    if as_json:
        rows = [
            {"id": sample, "opinions": [asdict(one) for one in current.said_of(sample)]}
            for sample in current.disputed
        ]
        print_json({"dataset": dataset, "disputes": rows})
        return
    for sample in current.disputed:
        said = [f"{one.annotator}: {format_target(one.labels)}" for one in current.said_of(sample)]
        typer.echo(f"{sample}  {'; '.join(said)}")
    if not current.disputed:
        typer.echo("Nobody disagrees.")


@labels_app.command("role")
def role(
    name: Annotated[str, typer.Argument(help="Who gets the role.")] = "",
    role: Annotated[str, typer.Argument(help="annotator, reviewer or admin.")] = "",
    *,
    by: Annotated[str, typer.Option(help="The admin who gives it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Give NAME a role, or list all roles. The first admin makes herself one."""
    store = open_store(workspace_of())
    if name:
        store.give_role(name, role, by=by)
    roles = store.roles()
    if as_json:
        print_json({"roles": roles})
        return
    for person, given in roles.items():
        typer.echo(f"{person}: {given}, may {MAY[given]}")
    if not roles:
        typer.echo("Everybody is an annotator. `labels role NAME admin --by NAME` makes an admin.")


def _counts(current: CurrentLabels) -> dict[str, Any]:
    people: dict[str, int] = {}
    for row in current.decided.tolist():
        person = current.states[row].annotator
        people[person] = people.get(person, 0) + 1
    return {
        "samples": len(current.states),
        "decided": len(current.decided),
        "changed": len(current.changed),
        "unsure": sum(state.decision == "unsure" for state in current.states),
        "disputed": current.disputed,
        "strangers": len(current.strangers),
        "by_annotator": dict(sorted(people.items(), key=lambda item: -item[1])),
    }


def _report(receipt: Receipt, *, as_json: bool, passed: Sequence[Event] = ()) -> None:
    """Say what was recorded; `passed` is what others did that undo or redo passed over."""
    told = [stands_on(event) for event in passed]
    if as_json:
        print_json({**asdict(receipt), "passed": told})
        return
    for sentence in told:
        typer.echo(sentence)
    event = receipt.events[0]
    more = f" and {len(receipt.events) - 1} more" if len(receipt.events) > 1 else ""
    repeated = " (had been recorded before)" if receipt.repeated else ""
    typer.echo(
        f"Act {receipt.act}: {event.kind} of {event.sample}{more}, now version "
        f"{event.version}{repeated}."
    )


def _print_events(events: list[Event]) -> None:
    table = Table("event", "at (UTC)", "who", "sample", "version", "what", "note", box=None)
    for event in events:
        what = event.kind if event.labels is None else f"{event.kind} {format_target(event.labels)}"
        refers = f" of {event.refers_to}" if event.refers_to else ""
        sample = event.sample if event.track == SHARED else f"{event.sample} (blind)"
        cells = (str(event.id), event.at[:19], event.annotator, sample, str(event.version))
        table.add_row(*map(_plain, (*cells, what + refers, event.note)))
    Console().print(table)


def _plain(text: str) -> str:
    """Keep what people wrote from being taken for the table's own markup."""
    return text.replace("[", "\\[")
