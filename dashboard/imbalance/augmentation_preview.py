"""A preview of augmentation: its progress while it is made, then its pictures and mixed labels."""

import pandas as pd
import streamlit as st

from dashboard import cache
from dashboard.components.channel_viewer import Tile, picture_viewer
from dashboard.guard import guarded
from dashboard.imbalance.augmentation_jobs import Request
from dashboard.jobs import NOTHING_KEPT, offer_again
from dashboard.synthetic import synthetic_note
from hpa_core.classes import CLASS_NAMES
from hpa_core.data.dataset import Dataset
from hpa_core.data.previews import FILE, Picture, Preview, StoredPreview, labels_of
from hpa_core.errors import JobError
from hpa_core.jobs import JobStatus, open_backend
from hpa_core.progress import read_progress

REFRESH_SECONDS = 0.5


def watch_preview(job_id: str, request: Request, dataset: Dataset) -> None:
    """Show a preview, or how far the job is that makes it.

    Args:
        job_id: the job, perhaps of a link.
        request: what the form asks for now.
        dataset: the one that the page shows.
    """
    job = _job(job_id)
    if job and not job.ended:
        st.fragment(_draw_progress, run_every=REFRESH_SECONDS)(job_id)
    elif (cache.workspace().job(job_id) / FILE).exists():
        _draw(job_id, cache.preview(job_id), request, dataset)
    elif job and job.state == "failed":
        st.error(job.message, icon=":material/error:")
    elif job and job.state == "stopped":
        offer_again(job, NOTHING_KEPT)
    else:
        st.info("This preview is gone. Press Show variants to make one.")


def _job(job_id: str) -> JobStatus | None:
    try:
        return open_backend(cache.workspace()).status(job_id)
    except JobError:
        return None


def _draw_progress(job_id: str) -> None:
    with guarded():
        job = _job(job_id)
        if job is None or job.ended:
            st.rerun()
        report = read_progress(cache.workspace().job(job_id))
        bar, stop = st.columns([6, 1], vertical_alignment="center")
        if report and report.total:
            bar.progress(report.done / report.total, f"{report.done} of {report.total} epochs")
        else:
            bar.progress(0.0, "Starting a process with torch, some seconds")
        if stop.button("Stop", key="augment-stop", width="stretch"):
            open_backend(cache.workspace()).stop(job_id)


def _draw(job_id: str, stored: StoredPreview, request: Request, dataset: Dataset) -> None:
    preview = stored.preview
    if preview.dataset_hash != dataset.info.hash:
        st.info(
            f"The last preview was of dataset {preview.dataset!r}, or of it before a change. "
            "Press Show variants."
        )
        return
    if job_id != request.job_id:
        st.info("These pictures are of other settings than those above.", icon=":material/info:")
    st.caption(_about(preview, dataset))
    picture_viewer(
        f"hpa/previews/{job_id}/{stored.written}",
        preview.images.shape[-1],
        [_tile(row, picture, preview) for row, picture in enumerate(preview.pictures)],
        key="augment-viewer",
    )
    _draw_mixed(preview)


def _about(preview: Preview, dataset: Dataset) -> str:
    settings = preview.settings
    source = f"split {settings['train_split']} of dataset {preview.dataset}"
    plan = f" under plan {settings['plan']!r}" if settings.get("plan") else ""
    times = f", {preview.copies} times each" if preview.copies > 1 else ""
    return (
        f"Sample {preview.sample} of {source}{plan}: as stored, then as epochs 1 to "
        f"{preview.epochs} of a training with seed {settings['seed']} at "
        f"{settings['image_size']} px show it{times}, then the samples mixed into it. Brightness "
        f"beyond 255 is cut for the screen alone.{synthetic_note(None, dataset.info)}"
    )


def _tile(row: int, picture: Picture, preview: Preview) -> Tile:
    return Tile(
        row=row,
        id=_name(picture, preview),
        truth=list(labels_of(picture.targets)),
        shares=list(picture.targets),
    )


def _name(picture: Picture, preview: Preview) -> str:
    if not picture.epoch:
        return "as stored" if picture.sample == preview.sample else picture.sample
    copy = f", copy {picture.copy}" if preview.copies > 1 else ""
    return f"epoch {picture.epoch}{copy}"


def _draw_mixed(preview: Preview) -> None:
    mixed = [picture for picture in preview.variants if picture.partner]
    if not mixed:
        st.caption("No variant is mixed with another sample: the labels stay as they are.")
        return
    st.markdown("**Mixed variants, and what the network is told of them**")
    st.dataframe(
        pd.DataFrame(
            {
                "variant": [_name(picture, preview) for picture in mixed],
                "mixed with": [
                    f"{picture.partner}, {'pasted' if picture.pasted else 'blended'}"
                    for picture in mixed
                ],
                "labels": [_told(picture) for picture in mixed],
            }
        ),
        hide_index=True,
        key="augment-mixed",
        column_config={
            "variant": st.column_config.TextColumn(width=90),
            "mixed with": st.column_config.TextColumn(width=190),
            "labels": st.column_config.TextColumn(
                width=620, help="Shares are those of the pixels: what the loss compares with."
            ),
        },
    )


def _told(picture: Picture) -> str:
    """Say the labels by how true they are: `70 %: Nucleoplasm, Cytosol; 30 %: Mitochondria`."""
    by_share: dict[str, list[str]] = {}
    for number, share in sorted(labels_of(picture.targets).items(), key=lambda item: -item[1]):
        by_share.setdefault(f"{100 * share:.0f} %", []).append(CLASS_NAMES[number])
    return "; ".join(f"{share}: {', '.join(names)}" for share, names in by_share.items())
