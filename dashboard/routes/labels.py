"""Routes: images to label, and decisions about them, as JSON, for the label pad.

    POST /hpa/labels/<dataset>/tasks    {queue, want, holding} -> {tasks, left}
    POST /hpa/labels/<dataset>/acts     {key, kind, decisions | of} -> {acked, conflicts}

An answer of `acts` is given only once the act is on the disk. A key sent again is recorded once.
Whose act it is says the ticket in `X-HPA-Annotator`; without a valid one nothing is done. Status
400: the request will never be taken as it is; 403: ask for a new ticket; 503: try again later.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.labeling import acts, tasks
from dashboard.labeling.messages import read_body
from dashboard.labeling.tickets import ticket_holder
from hpa_core.errors import HpaError, LabelsUnavailableError

MAX_BYTES = 2**20
TICKET = "x-hpa-annotator"
Work = Callable[[str, str, dict[str, Any]], dict[str, Any]]


async def answer_acts(request: Request) -> Response:
    """Record what one person decided at once."""
    return await answer_holder(request, acts.record_act)


async def answer_tasks(request: Request) -> Response:
    """Hand out the next images of a queue."""
    return await answer_holder(request, tasks.next_tasks)


async def answer_holder(request: Request, work: Work) -> Response:
    """Do `work(dataset, annotator, body)` for whoever holds a ticket; an error is one sentence."""
    try:
        annotator = ticket_holder(request.headers.get(TICKET, ""))
        if not from_own_page(request):
            return PlainTextResponse(_foreign_page(request), 403)
        if annotator is None:
            return PlainTextResponse("This page is too old; reload it.", 403)
        body = read_body(await _bounded(request))
        return JSONResponse(
            await run_in_threadpool(work, request.path_params["dataset"], annotator, body)
        )
    except LabelsUnavailableError as error:
        return PlainTextResponse(str(error), 503)
    except HpaError as error:
        return PlainTextResponse(str(error), 400)


def from_own_page(request: Request) -> bool:
    """Whether the request comes from a page of this very server.

    A proxy may give the server another `Host` than the browser's. Then the browser's address must
    be among `server.corsAllowedOrigins`, which Streamlit's own WebSocket asks for as well. What a
    proxy says of itself (`X-Forwarded-Host`) counts for nothing: anybody may send it.
    """
    origin = request.headers.get("origin", "")
    if origin.partition("://")[2] == request.headers.get("host"):
        return True
    allowed = {each.strip().rstrip("/") for each in st.get_option("server.corsAllowedOrigins")}
    return origin in allowed or not st.get_option("server.enableCORS")


def _foreign_page(request: Request) -> str:
    origin, host = (request.headers.get(name, "nowhere")[:100] for name in ("origin", "host"))
    return (
        f"Labels are taken from pages of {host} only, and this page came from {origin}. Behind a "
        f"proxy, start the dashboard with --server.corsAllowedOrigins {origin}."
    )


async def _bounded(request: Request) -> bytes:
    """Read the body, and stop where it becomes larger than any act of the pad."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BYTES:
            raise HpaError(f"A request has at most {MAX_BYTES} bytes; send fewer decisions.")
        parts.append(part)
    return b"".join(parts)


routes: list[BaseRoute] = [
    Route("/hpa/labels/{dataset}/acts", answer_acts, methods=["POST"]),
    Route("/hpa/labels/{dataset}/tasks", answer_tasks, methods=["POST"]),
]
