"""`/hpa/points/<run>/<split>/<method>/<key>/<dataset's hash>`: a projection, for the point map.

A little-endian uint32, the number of points; x and y of each as float32; then the row of each in
the run's dataset as int32, -1 where it is not there. The hash is `none` without a dataset.
"""

import numpy as np
from jaxtyping import Int
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import cache
from dashboard.routes.scores import FOR_GOOD
from hpa_core.errors import HpaError, RunError
from hpa_core.projection.store import METHODS, Projection
from hpa_core.targets import rows_of

NO_DATASET = "none"


def answer_points(request: Request) -> Response:
    """Send the points of one projection; the address names the version."""
    names = request.path_params
    try:
        made = _projection(names["run"], names["split"], names["method"], names["key"])
        content = _content(made, _rows(names["run"], names["content"], made.ids))
    except HpaError as error:
        return PlainTextResponse(str(error), status_code=404)
    headers = {
        "Cache-Control": FOR_GOOD,
        # Coordinates hardly shrink, and the server would compress them anew on each request.
        "Content-Encoding": "identity",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _projection(run: str, split: str, method: str, key: str) -> Projection:
    known = next((name for name in METHODS if name == method), None)
    made = cache.projection(run, split, known) if known else None
    if made is None or made.key != key:
        raise RunError("These points are gone, or were made again; reload the page.")
    return made


def _rows(run: str, content: str, ids: np.ndarray) -> Int[np.ndarray, " N"]:
    """Return the row of each id in the run's dataset, where that is what the address says."""
    name = cache.run(run).info.dataset
    if content == NO_DATASET or not name:
        return np.full(len(ids), -1)
    dataset = cache.dataset(name)
    if dataset.info.hash != content:
        raise RunError(f"Dataset {name!r} has changed since this page was drawn; reload it.")
    return rows_of(dataset.ids, ids)


def _content(made: Projection, rows: np.ndarray) -> bytes:
    count = np.array([len(rows)], dtype="<u4")
    parts = (count, made.points.astype("<f4"), rows.astype("<i4"))
    return b"".join(part.tobytes() for part in parts)


routes: list[BaseRoute] = [
    Route("/hpa/points/{run}/{split}/{method}/{key}/{content}", answer_points)
]
"""Of the point map."""
