"""Route: packed images and thumbnails as raw bytes, straight from the memory map.

    GET /hpa/tiles/<dataset>/<hash>/thumbnails?rows=1,5,9
    GET /hpa/tiles/<dataset>/<hash>/images?rows=5

The body is two little-endian uint32, n and S, then n * 4 * S * S bytes: sample, channel, row,
column. The dataset's hash is in the path, so that a browser may keep an answer for ever. Bytes are
sent as they are: 48 thumbnails take 4 ms, and compressing them first would take 20 ms at gzip's
quickest and 60 ms or more at the level of the server's own layer (`python -m benchmarks.gallery`).
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import UInt8
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard import cache
from hpa_core.errors import DatasetError, HpaError

KINDS = ("thumbnails", "images")
MAX_BYTES = 64 * 2**20
"""The largest answer: 64 images of 512 px, or 4 of 2048 px."""
MAX_ROWS = 256
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    # Anything said here keeps the server's gzip layer away; identity is what it is.
    "Content-Encoding": "identity",
}


class TilesRefusedError(HpaError):
    """A request for tiles that cannot be meant; `status` is the HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def answer_tiles(request: Request) -> Response:
    """Answer a request for a dataset's pictures."""
    return answer_rows(request, _array)


def answer_rows(request: Request, find: Callable[..., UInt8[np.ndarray, "N 4 S S"]]) -> Response:
    """Answer one request with rows of an array; an error is one sentence of plain text.

    Args:
        request: asks for `rows`.
        find: gives the array, from the parameters in the path.
    """
    try:
        array = find(**request.path_params)
        rows = parse_rows(request.query_params.get("rows", ""), samples=len(array))
        return Response(pack_rows(array, rows), 200, _HEADERS, "application/octet-stream")
    except TilesRefusedError as error:
        return PlainTextResponse(str(error), error.status)
    except HpaError as error:
        return PlainTextResponse(str(error), 404)


def parse_rows(text: str, *, samples: int) -> list[int]:
    """Read `1,5,9`.

    Raises:
        TilesRefusedError: not such a list, too many rows, or a row that the dataset does not have.
    """
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and len(part) <= 9 for part in parts):
        raise TilesRefusedError(
            400, "rows must be numbers with commas between, such as rows=1,5,9."
        )
    if len(parts) > MAX_ROWS:
        raise TilesRefusedError(
            413, f"At most {MAX_ROWS} rows a request, found {len(parts)}; ask for fewer."
        )
    rows = [int(part) for part in parts]
    if max(rows) >= samples:
        raise TilesRefusedError(404, f"There is no row {max(rows)}; there are {samples}.")
    return rows


def pack_rows(array: UInt8[np.ndarray, "N 4 S S"], rows: list[int]) -> bytes:
    """Copy the rows out of the memory map, behind their header.

    Raises:
        TilesRefusedError: the answer would be larger than `MAX_BYTES`.
    """
    size = array.shape[-1]
    if (wanted := len(rows) * array[0].nbytes) > MAX_BYTES:
        raise TilesRefusedError(
            413, f"{wanted} bytes asked for, at most {MAX_BYTES} a request; ask for fewer rows."
        )
    header = np.array([len(rows), size], dtype="<u4")
    return header.tobytes() + array[rows].tobytes()


def check_kind(kind: str) -> None:
    """Refuse what is neither.

    Raises:
        TilesRefusedError: it is neither thumbnails nor images.
    """
    if kind not in KINDS:
        raise TilesRefusedError(404, f"There are {' and '.join(KINDS)}; found {kind[:80]!r}.")


def _array(dataset: str, data_hash: str, kind: str) -> UInt8[np.ndarray, "N 4 S S"]:
    """Return the memory map, if the dataset still is the one that the address names."""
    opened = cache.dataset(dataset)
    if opened.info.hash != data_hash:
        raise DatasetError(f"Dataset {dataset!r} has changed since this page was drawn; reload it.")
    check_kind(kind)
    return opened.thumbnails if kind == "thumbnails" else opened.images


routes: list[BaseRoute] = [Route("/hpa/tiles/{dataset}/{data_hash}/{kind}", answer_tiles)]
