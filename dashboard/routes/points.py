"""`/hpa/points/<run>/<split>/<method>`: a projection's points as bytes, for the point map.

A little-endian uint32, their number, then x and y of each as float32.
"""

import numpy as np
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import cache
from dashboard.routes.scores import FOR_GOOD
from hpa_core.errors import HpaError, RunError
from hpa_core.projection.store import METHODS


def answer_points(request: Request) -> Response:
    """Send the points of one projection; the address names the version."""
    names = request.path_params
    try:
        content = _points(names["run"], names["split"], names["method"], names["key"])
    except HpaError as error:
        return PlainTextResponse(str(error), status_code=404)
    headers = {
        "Cache-Control": FOR_GOOD,
        # Coordinates hardly shrink, and the server would compress them anew on each request.
        "Content-Encoding": "identity",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)


def _points(run: str, split: str, method: str, key: str) -> bytes:
    known = next((name for name in METHODS if name == method), None)
    made = cache.projection(run, split, known) if known else None
    if made is None or made.key != key:
        raise RunError("These points are gone, or were made again; reload the page.")
    count = np.array([len(made.points)], dtype="<u4")
    return bytes(count.tobytes() + made.points.astype("<f4").tobytes())


routes: list[BaseRoute] = [Route("/hpa/points/{run}/{split}/{method}/{key}", answer_points)]
"""Of the point map."""
