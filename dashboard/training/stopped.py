"""What is said of a training that was stopped."""

from dashboard.jobs import NOTHING_KEPT, say_stopped
from hpa_core.jobs.trainings import Training
from hpa_core.runs.folder import STATES


def say_training_stopped(training: Training) -> None:
    """Say how far a training came that was stopped as a job, and whether it can go on."""
    if training.job is None:
        return
    status, kept = training.status, NOTHING_KEPT
    if any(training.run.checkpoints.glob(STATES)):
        kept = "Its last checkpoint was kept: resumed, it goes on from there."
    epoch = f"That was epoch {status.epoch} of {status.epochs}. " if status else ""
    say_stopped(training.job, f"{epoch}{kept}")
