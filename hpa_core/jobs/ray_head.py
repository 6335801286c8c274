"""What is said to the head of a Ray cluster; the only module that imports ray.

The token comes from Ray's own variables (`RAY_AUTH_MODE=token` with `RAY_AUTH_TOKEN` or
`RAY_AUTH_TOKEN_PATH`) and is sent as a header: it stands in no argument list, record or log.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import ray
import requests
from ray.exceptions import AuthenticationError
from ray.job_submission import JobSubmissionClient

from hpa_core.errors import ConfigError, JobError
from hpa_core.jobs import RAY_VARIABLE

ANSWER_SECONDS = 20.0
Word = Literal["PENDING", "RUNNING", "STOPPED", "SUCCEEDED", "FAILED", "UNKNOWN"]


class HeadUnreachableError(JobError):
    """The head does not answer, or not as one of ours."""


class RayHead:
    """The job server of one cluster; the first question connects."""

    def __init__(self, address: str) -> None:
        """Talk to the head at `address`.

        Raises:
            ConfigError: that is no http address, or Ray would be sent to another one.
        """
        self.address = address.rstrip("/")
        if not self.address.startswith(("http://", "https://")):
            raise ConfigError(
                f"{RAY_VARIABLE} must be the address of Ray's dashboard, as "
                f"http://127.0.0.1:8265; found {address!r}."
            )
        for name in ("RAY_ADDRESS", "RAY_API_SERVER_ADDRESS"):
            if os.environ.get(name, self.address) != self.address:
                raise ConfigError(f"{name} would take the place of {RAY_VARIABLE}; unset it.")
        self._connected: _Client | None = None

    def submit(
        self, submission: str, entrypoint: str, *, environment: Mapping[str, str], gpus: int
    ) -> None:
        """Give a job to the cluster.

        Raises:
            HeadUnreachableError: it did not take it.
        """
        with self._explained():
            self._client().submit_job(
                entrypoint=entrypoint,
                submission_id=submission,
                runtime_env={"env_vars": dict(environment)},
                entrypoint_num_gpus=gpus,
            )

    def word(self, submission: str) -> tuple[Word, str]:
        """Return what Ray says of a job, and its reason.

        Raises:
            HeadUnreachableError: it says nothing.
        """
        with self._explained():
            try:
                details = self._client().get_job_info(submission)
            except RuntimeError as error:
                if "status code 404" not in str(error):
                    raise
                return "UNKNOWN", ""
        return details.status.value, details.message or ""

    def _client(self) -> "_Client":
        if self._connected is None:
            self._connected = _Client(self.address)
            version = self._connected.get_version()
            if version != ray.__version__:
                self._connected = None
                raise HeadUnreachableError(
                    f"The Ray head at {self.address} runs Ray {version}, this program "
                    f"{ray.__version__}; install the same version on both."
                )
        return self._connected

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except AuthenticationError:
            raise HeadUnreachableError(
                f"The Ray head at {self.address} refuses the token; set RAY_AUTH_MODE=token and "
                "RAY_AUTH_TOKEN_PATH to the file with the head's token."
            ) from None
        except (requests.RequestException, ConnectionError):
            raise HeadUnreachableError(
                f"The Ray head at {self.address} does not answer; start it, or unset "
                f"{RAY_VARIABLE} to run jobs on this machine."
            ) from None
        except (RuntimeError, ValueError) as error:
            reason = " ".join(str(error).split())[:200]
            raise HeadUnreachableError(
                f"The Ray head at {self.address} refuses: {reason}"
            ) from None


class _Client(JobSubmissionClient):
    """Ray's client, which would wait for ever for a head that hangs."""

    def _do_request(self, method: str, endpoint: str, **options: Any) -> requests.Response:
        response: requests.Response = super()._do_request(
            method, endpoint, timeout=ANSWER_SECONDS, **options
        )
        return response

    def get_version(self) -> str:
        """Return the version of the head, which the constructor has asked for."""
        return str(self._server_ray_version)
