"""The network that a run's scores are of: its own, or the one network that predicted them."""

from pathlib import Path

from hpa_core.errors import CheckpointError
from hpa_core.files import checked_name
from hpa_core.runs.folder import RunFolder


def network_of(run: RunFolder) -> Path:
    """Return the weights file that gives a run's scores again.

    That of a run of kind `predictions` is its member's, in the run beside it.

    Raises:
        CheckpointError: scores made elsewhere, of several networks or views, or of weights that are
            not there.
        WorkspaceError: a member's name cannot be a run's.
    """
    if run.has_network:
        return run.best_weights
    if run.info.kind == "predictions":
        return _members_network(run)
    if run.info.kind == "scores":
        raise CheckpointError(
            f"Run {run.id!r} has scores that were made elsewhere and no network to ask; predict "
            "these images by a run that was trained here (page Train, Predict), and choose what "
            "that makes."
        )
    raise CheckpointError(f"Run {run.id!r} has no network yet; train it for an epoch first.")


def _members_network(run: RunFolder) -> Path:
    members, views = run.info.settings.get("members", []), run.info.settings.get("views", "none")
    if len(members) != 1 or views != "none":
        told = ", ".join(map(str, members)) or "networks that it does not name"
        raise CheckpointError(
            f"The scores of run {run.id!r} are means over several networks or views ({told}); "
            "predict by one network without views, and choose what that makes."
        )
    name, _, checkpoint = str(members[0]).partition(":")
    beside = run.path.with_name(checked_name(name, what="run"))
    file = f"{checked_name(checkpoint or 'best', what='checkpoint')}.safetensors"
    path = RunFolder(beside, run.info).checkpoints / file
    if not path.is_file():
        raise CheckpointError(
            f"Run {run.id!r} was predicted by {members[0]}, whose weights are no longer here; "
            "predict by a network that is, and choose what that makes."
        )
    return path
