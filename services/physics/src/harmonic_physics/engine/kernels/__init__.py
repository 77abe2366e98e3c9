"""Compiled kernels: strict IEEE numba, imported only by a run.

The compiler's disk cache knows a kernel by its own file alone, and would go on using a kernel compiled with an older
version of what it calls. So the cache is dropped here whenever any of the kernels' sources has changed.
"""

import contextlib
import hashlib
from pathlib import Path

_HERE = Path(__file__).parent


def forget_stale(folder: Path) -> bool:
    """Delete the compiled kernels in `folder` unless they were made from the sources there now. Whether it did."""
    whole = hashlib.sha256()
    for source in sorted(folder.glob("*.py")):
        whole.update(source.read_bytes())
    mark = folder / "__pycache__" / "kernels.sha256"
    if mark.is_file() and mark.read_text() == whole.hexdigest():
        return False
    with contextlib.suppress(OSError):  # a read-only installation was warmed when it was made
        for compiled in [*mark.parent.glob("*.nbi"), *mark.parent.glob("*.nbc")]:
            compiled.unlink(missing_ok=True)
        mark.parent.mkdir(exist_ok=True)
        mark.write_text(whole.hexdigest())
    return True


forget_stale(_HERE)
