"""A folder of images without labels becomes a dataset, all of it in the split `test`."""

import csv
from io import BytesIO, StringIO
from pathlib import Path

from hpa_core.data.channels import Layout
from hpa_core.data.dataset import Dataset
from hpa_core.data.false_colour import EXTERNAL
from hpa_core.data.images import KAGGLE
from hpa_core.data.importing import EXTERNAL_SIDE, import_external, import_kaggle
from hpa_core.errors import DatasetError
from hpa_core.progress import Progress, quiet
from hpa_core.workspace import Workspace


def import_unlabelled(
    workspace: Workspace, folder: Path, *, name: str, progress: Progress = quiet
) -> Dataset:
    """Import every sample of a folder: `<id>_{red,green,blue,yellow}.png`, or .jpg of the atlas.

    Incomplete samples and unsafe ids are refused and listed, as in any import.

    Raises:
        DatasetError: there is no such folder, it holds both kinds or none, or the name is taken.
        WorkspaceError: the name is not safe, the disk is full or the folder cannot be written.
    """
    found = {layout.suffix: _ids(folder, layout) for layout in (KAGGLE, EXTERNAL)}
    kinds = [suffix for suffix, ids in found.items() if ids]
    if len(kinds) != 1:
        what = "both .png and .jpg images" if kinds else "no image"
        raise DatasetError(
            f"{folder} holds {what} of four channels; expected <id>_{{red,green,blue,yellow}}.png, "
            "or .jpg as the Human Protein Atlas has them."
        )
    labels = _without_targets(found[kinds[0]])
    if kinds[0] == KAGGLE.suffix:
        return import_kaggle(
            workspace, folder, labels, name=name, allow_unlabelled=True, progress=progress
        )
    return import_external(
        workspace,
        folder,
        labels,
        name=name,
        size=EXTERNAL_SIDE,
        allow_unlabelled=True,
        progress=progress,
    )


def _ids(folder: Path, layout: Layout) -> list[str]:
    """Return the ids that any file of the folder names."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError as error:
        raise DatasetError(f"{folder} cannot be read ({error.strerror}); check the path.") from None
    ends = layout.files("")
    return sorted({name.removesuffix(end) for name in names for end in ends if name.endswith(end)})


def _without_targets(ids: list[str]) -> BytesIO:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["Id", "Target"])
    writer.writerows([sample_id, ""] for sample_id in ids)
    return BytesIO(text.getvalue().encode(errors="surrogateescape"))
