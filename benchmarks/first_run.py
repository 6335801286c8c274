"""The newcomer's path, timed: a fresh clone, `make run`, every page, `make run` again, `make test`.

    python benchmarks/first_run.py [--screenshots DIR] [--skip-tests]

Needs the development packages and a Chromium. Prints seconds a step, and the machine.
"""

import argparse
import os
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[1]
PAGES = {
    "overview": "",
    "imbalance": "imbalance",
    "train": "train",
    "experiments": "experiments",
    "images": "images",
    "thresholds": "thresholds",
    "errors": "errors",
    "label": "label?annotator=newcomer",
}
SIZES = (1280, 1920)
SCHEMES = ("light", "dark")


def main() -> None:
    """Run every step and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screenshots", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--skip-tests", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "hpa-workbench"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first = time_run(clone, options.screenshots)
        print(f"install {first['installed']:.0f} s, then demo and start {first['started']:.0f} s")
        print(f"every page shown {first['shown']:.0f} s after that")
        print(f"second make run: {time_run(clone, None)['started']:.1f} s")
        if not options.skip_tests:
            print(f"make test: {time_tests(clone):.0f} s")
    print(f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}")


def time_run(clone: Path, screenshots: Path | None) -> dict[str, float]:
    """Start the dashboard by `make run`; return seconds to installed, started and shown."""
    port = free_port()
    environment = {
        **os.environ,
        "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_HEADLESS": "true",
    }
    environment.pop("HPA_WORKSPACE", None)
    began = monotonic()
    process = subprocess.Popen(["make", "run"], cwd=clone, env=environment, start_new_session=True)
    try:
        wait_for((clone / ".venv" / "installed").exists, process)
        installed = monotonic()
        wait_for(lambda: answers(port), process)
        started = monotonic()
        if screenshots:
            visit(f"http://127.0.0.1:{port}", screenshots)
        return {
            "installed": installed - began,
            "started": started - installed,
            "shown": monotonic() - started,
        }
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def time_tests(clone: Path) -> float:
    """Run `make test` in the clone; return seconds."""
    began = monotonic()
    subprocess.run(["make", "test"], cwd=clone, check=True)
    return monotonic() - began


def visit(url: str, folder: Path) -> None:
    """Open every page at every size and scheme and keep a picture of each."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for width in SIZES:
            for scheme in SCHEMES:
                visit_as(browser, url, folder, width=width, scheme=scheme)
        browser.close()


def visit_as(browser: Browser, url: str, folder: Path, *, width: int, scheme: str) -> None:
    """Open every page in one window size and colour scheme."""
    context = browser.new_context(
        viewport={"width": width, "height": 1000}, color_scheme="dark" if scheme == "dark" else None
    )
    page = context.new_page()
    for name, address in PAGES.items():
        page.goto(f"{url}/{address}")
        page.locator("h1").first.wait_for()
        page.locator("[data-testid=stSkeleton]").first.wait_for(state="detached")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}-{width}-{scheme}.png")
    context.close()


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait until `condition()` holds while the process lives."""
    while not condition():
        try:
            process.wait(timeout=0.1)
        except subprocess.TimeoutExpired:
            continue
        raise SystemExit("make run ended early")


def answers(port: int) -> bool:
    """Whether the dashboard on `port` is healthy."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    main()
