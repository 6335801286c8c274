"""Route: the pictures of a preview of augmentation, as the tiles route gives a dataset's.

    GET /hpa/previews/<job>/<written>/thumbnails?rows=0,1,2
    GET /hpa/previews/<job>/<written>/images?rows=5

`written` is the time of the preview's file, so that a browser may keep an answer for ever.
"""

import numpy as np
from jaxtyping import UInt8
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard import cache
from dashboard.routes.tiles import answer_rows, check_kind
from hpa_core.errors import WorkspaceError


def answer_previews(request: Request) -> Response:
    """Answer a request for a preview's pictures."""
    return answer_rows(request, _array)


def _array(job: str, written: str, kind: str) -> UInt8[np.ndarray, "N 4 S S"]:
    check_kind(kind)
    found = cache.preview(job)
    if written != str(found.written):
        raise WorkspaceError(f"Preview {job!r} was made again; reload the page.")
    return found.thumbnails if kind == "thumbnails" else found.preview.images


routes: list[BaseRoute] = [Route("/hpa/previews/{job}/{written}/{kind}", answer_previews)]
