"""Progress bars: one a step of an operation, and one for downloads. On standard error, so that output stays clean."""

from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from harmonic_contracts.operations import OperationState

if TYPE_CHECKING:
    from harmonic_contracts.operations import Operation

MARKS = {
    OperationState.QUEUED: "waiting",
    OperationState.RUNNING: "",
    OperationState.SUCCEEDED: "done",
    OperationState.FAILED: "failed",
    OperationState.CANCELLED: "cancelled",
}


class Bars:
    """Bars while the block runs. Without a terminal, a line for each step that ends."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self._console = Console(stderr=True, quiet=quiet)
        columns = (TextColumn("{task.description:<10}"), BarColumn(), TextColumn("{task.percentage:>4.0f} %"))
        self._progress = Progress(
            *columns, TimeElapsedColumn(), TextColumn("{task.fields[mark]}"), console=self._console
        )
        self._tasks: dict[str, TaskID] = {}
        self._ended: set[str] = set()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, operation: "Operation") -> None:
        """Show where the operation stands."""
        if not operation.steps:
            self._move(operation.kind, operation.progress, operation.state)
        for step in operation.steps:
            self._move(step.name, step.progress, step.state)

    def download(self, done: int, total: int) -> None:
        """Show how far the download is."""
        state = OperationState.SUCCEEDED if done >= total else OperationState.RUNNING
        self._move("download", done / total if total else 1.0, state)

    def _move(self, name: str, share: float, state: OperationState) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=1.0, start=False, mark="")
        task = self._tasks[name]
        if state is not OperationState.QUEUED and not self._progress.tasks[task].started:
            self._progress.start_task(task)
        done = 1.0 if state is OperationState.SUCCEEDED else share
        self._progress.update(task, completed=done, mark=MARKS[state])
        if state.final and name not in self._ended:
            self._ended.add(name)
            self._progress.stop_task(task)
            if not self._console.is_terminal:
                self._console.print(f"{name}: {MARKS[state]}")
