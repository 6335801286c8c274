"""Commands: find duplicates, take in published lists, judge them, put them to use."""

from itertools import permutations
from pathlib import Path
from typing import Annotated, Any

import typer

from hpa_core.classes import CLASS_NAMES
from hpa_core.cli.app import app, print_json, workspace_of
from hpa_core.data.dataset import open_dataset
from hpa_core.data.duplicates.applying import apply_groups, split_anew
from hpa_core.data.duplicates.finding import LEAST_SIMILARITY
from hpa_core.data.duplicates.gathering import import_list, review_samples, search_duplicates
from hpa_core.data.duplicates.known import Duplicates, Group, known_duplicates
from hpa_core.data.duplicates.leaks import Leaks, find_leaks
from hpa_core.data.duplicates.store import Verdict
from hpa_core.data.manifest import SPLIT_SEED
from hpa_core.progress import terminal_progress

duplicates_app = typer.Typer(no_args_is_help=True, help="Find copies of images, and what leaks.")
app.add_typer(duplicates_app, name="duplicates")

DatasetName = Annotated[str, typer.Argument(metavar="DATASET")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
SHOWN = 20
"""Groups that `list` prints; `--json` has all."""


@duplicates_app.command("find")
def find(
    dataset: DatasetName,
    *,
    similarity: Annotated[
        float, typer.Option(help="From here a pair counts as copies, 0.5 to 1.")
    ] = LEAST_SIMILARITY,
    as_json: Json = False,
) -> None:
    """Compare every image of DATASET with every other one and keep the pairs that are copies."""
    opened = open_dataset(workspace_of(), dataset)
    with terminal_progress() as progress:
        search_duplicates(opened, least=similarity, progress=progress)
    _report(known_duplicates(opened), as_json=as_json)


@duplicates_app.command("import")
def import_duplicates(
    dataset: DatasetName,
    file: Annotated[Path, typer.Argument(help="Lines id,id; or a table with Extra and Test.")],
    *,
    name: Annotated[str, typer.Option(help="Of the list; its file's by default.")] = "",
    as_json: Json = False,
) -> None:
    """Take in a published list of duplicates; ids that DATASET lacks are counted and left out."""
    opened = open_dataset(workspace_of(), dataset)
    added = import_list(opened, file, name=name)
    if not as_json:
        typer.echo(
            f"{added.name}: {added.rows} lines, {added.known} of {added.ids} ids are in "
            f"{dataset!r}, {len(added.pairs)} pairs."
        )
    _report(known_duplicates(opened), as_json=as_json)


@duplicates_app.command("list")
def list_duplicates(dataset: DatasetName, as_json: Json = False) -> None:
    """List what is known of DATASET's duplicates, and what leaks between its splits."""
    _report(known_duplicates(open_dataset(workspace_of(), dataset)), as_json=as_json)


@duplicates_app.command("review")
def review(
    dataset: DatasetName,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Samples of one group.")],
    *,
    verdict: Annotated[
        str, typer.Option(help="accepted, rejected, or none to take it back.")
    ] = "rejected",
) -> None:
    """Say whether samples are copies of each other; rejected pairs stay rejected."""
    verdicts: dict[str, Verdict | None] = {
        "accepted": "accepted",
        "rejected": "rejected",
        "none": None,
    }
    if verdict not in verdicts:
        raise typer.BadParameter(f"--verdict is one of {', '.join(verdicts)}.")
    known = known_duplicates(open_dataset(workspace_of(), dataset))
    pairs = review_samples(known, ids, verdicts[verdict])
    typer.echo(f"{pairs} {'pair is' if pairs == 1 else 'pairs are'} now {verdict}.")


@duplicates_app.command("apply")
def apply(
    dataset: DatasetName,
    *,
    name: Annotated[
        str, typer.Option("--as", help="Split anew, no group on two sides, as this new dataset.")
    ] = "",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the new split.")] = SPLIT_SEED,
    as_json: Json = False,
) -> None:
    """Write the groups into DATASET, so that folds keep them together; with --as split it anew."""
    workspace = workspace_of()
    known = known_duplicates(open_dataset(workspace, dataset))
    if name:
        fresh = split_anew(workspace, known, name=name, seed=seed)
        _report(known_duplicates(fresh), as_json=as_json)
        return
    applied = apply_groups(workspace, known)
    if as_json:
        print_json({"dataset": dataset, **vars(applied)})
        return
    typer.echo(
        f"Dataset {dataset!r} has {applied.groups} groups with {applied.samples} samples; "
        f"{applied.changed} samples changed their group. Its splits are as before."
    )


def _report(known: Duplicates, *, as_json: bool) -> None:
    splits = known.dataset.splits
    leaks = [find_leaks(known, learnt, scored) for learnt, scored in permutations(splits, 2)]
    if as_json:
        print_json(_plain(known, leaks))
        return
    typer.echo(_summary(known))
    for found in leaks:
        if found.leaks:
            typer.echo(found.sentence.replace(": these scores are too high", ""))
    for group in known.groups[:SHOWN]:
        typer.echo(_line(known, group))
    if len(known.groups) > SHOWN:
        typer.echo(f"... and {len(known.groups) - SHOWN} groups more; --json has all.")


def _summary(known: Duplicates) -> str:
    samples = sum(len(group.rows) for group in known.groups)
    differing = sum(not group.agree for group in known.groups)
    name = known.dataset.info.name
    unsearched = known.dataset.info.has_images and not known.search
    searched = " Its images were not searched yet: `duplicates find`." * unsearched
    return (
        f"Dataset {name!r}: {len(known.groups)} groups with {samples} samples; the labels differ "
        f"within {differing}.{searched}"
    )


def _line(known: Duplicates, group: Group) -> str:
    similarity = "listed" if group.weakest is None else f"{group.weakest:.3f} "
    ids = ", ".join(known.dataset.ids[list(group.rows)])
    return f"{similarity}  {ids}{'' if group.agree else '  (labels differ)'}"


def _plain(known: Duplicates, leaks: list[Leaks]) -> dict[str, Any]:
    search = known.search
    return {
        "dataset": known.dataset.info.name,
        "dataset_hash": known.dataset.info.hash,
        "search": search
        and {key: value for key, value in vars(search).items() if key != "pairs"}
        | {"pairs": len(search.pairs)},
        "lists": [vars(item) | {"pairs": len(item.pairs)} for item in known.lists],
        "groups": [_plain_group(known, group) for group in known.groups],
        "class_disagreements": known.class_disagreements().tolist(),
        "leaks": [plain_leaks(found) for found in leaks],
    }


def _plain_group(known: Duplicates, group: Group) -> dict[str, Any]:
    rows = list(group.rows)
    manifest = known.dataset.manifest
    pairs = known.pairs.loc[list(group.pairs)]
    return {
        "ids": known.dataset.ids[rows].tolist(),
        "splits": manifest["split"].iloc[rows].tolist(),
        "sources": manifest["source"].iloc[rows].tolist(),
        "labels": [list(map(int, labels)) for labels in manifest["targets"].iloc[rows]],
        "labels_agree": group.agree,
        "weakest": group.weakest,
        "kinds": sorted(set(pairs["kind"])),
        "accepted": bool((pairs["verdict"] == "accepted").all()),
    }


def plain_leaks(found: Leaks | None) -> dict[str, Any] | None:
    """Return leaks as plain values for `--json`."""
    if found is None:
        return None
    return {
        "learnt": found.learnt,
        "scored": found.scored,
        "samples": found.samples,
        "leaking": len(found.leaks),
        "share": found.share,
        "exact": len(found.of_kind("exact")) + len(found.of_kind("same")),
        "near": len(found.of_kind("near")),
        "searched": found.searched,
        "sentence": found.sentence,
        "per_class": [
            {"id": number, "name": name, "leaking": int(leaking), "positives": int(positives)}
            for number, (name, leaking, positives) in enumerate(
                zip(CLASS_NAMES, found.per_class, found.positives, strict=True)
            )
        ],
    }
