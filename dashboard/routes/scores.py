"""`/hpa/scores/<run>/<split>`: probabilities and truth as bytes, for the threshold board.

With `?part=...` they are of what a filter found, which the page has made ready.
"""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.thresholds.score_file import kept_part, score_file
from hpa_core.errors import HpaError

FOR_GOOD = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"


def answer_scores(request: Request) -> Response:
    """Send one split's score file; the address with its version may be kept for good."""
    part = request.query_params.get("part")
    try:
        file = (
            kept_part(part)
            if part
            else score_file(request.path_params["run"], request.path_params["split"])
        )
    except HpaError as error:
        return PlainTextResponse(str(error), status_code=404)
    headers = {
        "ETag": f'"{file.digest}"',
        "Cache-Control": FOR_GOOD
        if file.digest in (part, request.query_params.get("version"))
        else ASK_AGAIN,
        # Scores hardly shrink, and the server would compress them anew on each request.
        "Content-Encoding": "identity",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type="application/octet-stream", headers=headers)


routes: list[BaseRoute] = [Route("/hpa/scores/{run}/{split}", answer_scores)]
