"""Front-end sources as Streamlit takes them: one string of JavaScript, one of CSS.

Components without a build step get their code as one module, while ours is written as several, so
that the numeric ones run under Node alone. Joining drops the import lines between them, no more.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import\s[^;]*?from\s+"(?P<name>\.{1,2}/[^"]+)";\n', re.MULTILINE)


def module_source(folder: Path, *names: str) -> str:
    """Join the ES modules `names` of `folder` into one, each after those it imports.

    A component that builds on another one names its modules as `../other/module.js`. The joined
    modules share one scope: no two may declare the same name at their top level.

    Raises:
        ValueError: a module imports one that is not among those before it.
    """
    parts: list[str] = []
    joined: set[Path] = set()
    for name in names:
        path = (folder / name).resolve()
        source = path.read_text(encoding="utf-8")
        imported = {(path.parent / match["name"]).resolve() for match in _IMPORT.finditer(source)}
        if missing := imported - joined:
            files = ", ".join(sorted(module.name for module in missing))
            raise ValueError(f"{name} imports {files}: list it before {name}")
        parts.append(_IMPORT.sub("", source))
        joined.add(path)
    return "\n".join(parts)


def style_source(folder: Path, *names: str) -> str:
    """Join the style sheets `names` of `folder`."""
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in names)
