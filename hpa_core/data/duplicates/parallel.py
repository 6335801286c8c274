"""The same work on many chunks, on every core, in order."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from threadpoolctl import threadpool_limits

from hpa_core.data.packing import core_count

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


def on_every_core(work: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
    """Yield what `work` makes of every chunk, in the order of the chunks.

    Threads: NumPy releases the interpreter's lock. Each computes by itself; a matrix product that
    uses every core too would only wait for the others.
    """
    with threadpool_limits(1), ThreadPoolExecutor(core_count()) as pool:
        try:
            yield from pool.map(work, chunks)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
