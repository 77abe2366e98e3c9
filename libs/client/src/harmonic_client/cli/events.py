"""`harmonic events`: what the services say to each other, one message's whole life, and the dead letters."""

from typing import TYPE_CHECKING, Annotated

import typer

from harmonic_client.cli import output
from harmonic_client.cli.run import LOCAL, Gateway, Json, run

if TYPE_CHECKING:
    from harmonic_client.client import Harmonic
    from harmonic_client.resources.events import Events
    from harmonic_contracts.event_path import Dead, Life, MessageLife, Said

OPERATOR_VARIABLE = "HARMONIC_OPERATOR_SECRET"
Organization = Annotated[str | None, typer.Option("--organization", help="Another organization that you govern.")]
Operator = Annotated[
    bool,
    typer.Option("--operator", help=f"As an operator, by the secret in {OPERATOR_VARIABLE}: of all."),
]
Message = Annotated[str, typer.Argument(metavar="EVENT_ID", help="Id of an event or a command.")]

events = typer.Typer(help="What the services say to each other, and what became of it.", no_args_is_help=True)


@events.command()
def tail(
    follow: Annotated[bool, typer.Option("--follow/--once", help="Go on as more is said, until Ctrl-C.")] = True,
    organization: Organization = None,
    operator: Operator = False,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """The newest messages, a line each."""

    async def work(harmonic: "Harmonic") -> None:
        asked = _events(harmonic, organization, operator)
        if not follow:
            for each in (await asked.recent()).items:
                _line(each, as_json)
            return
        async for each in asked.tail():
            _line(each, as_json)

    run(gateway, as_json, work)


@events.command()
def explain(
    event_id: Message,
    organization: Organization = None,
    operator: Operator = False,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """One message's whole life: outbox, broker, inboxes, handlers, and the messages and jobs that it caused."""

    async def work(harmonic: "Harmonic") -> None:
        found = await _events(harmonic, organization, operator).explain(event_id)
        output.emit(found) if as_json else _tell(found)

    run(gateway, as_json, work)


@events.command("dead-letters")
def dead_letters(
    organization: Organization = None, operator: Operator = False, gateway: Gateway = LOCAL, as_json: Json = False
) -> None:
    """The messages whose handler failed for good."""

    async def work(harmonic: "Harmonic") -> None:
        found = await _events(harmonic, organization, operator).dead_letters()
        if as_json:
            output.emit([each.model_dump(mode="json") for each in found])
            return
        rows = [(each.service, each.id, each.type, each.attempts, each.failed_at, _last(each.error)) for each in found]
        output.table("", ("service", "id", "type", "attempts", "failed at", "error"), rows)

    run(gateway, as_json, work)


@events.command()
def inspect(
    event_id: Message,
    organization: Organization = None,
    operator: Operator = False,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """A dead letter with its message and, for operators, its traceback."""

    async def work(harmonic: "Harmonic") -> None:
        for each in await _dead(_events(harmonic, organization, operator), event_id):
            output.emit(each) if as_json else output.facts(each.id, _facts(each))

    run(gateway, as_json, work)


@events.command()
def replay(
    event_id: Message,
    service: Annotated[str | None, typer.Option(help="Only there, where several services failed.")] = None,
    organization: Organization = None,
    operator: Operator = False,
    gateway: Gateway = LOCAL,
    as_json: Json = False,
) -> None:
    """Handle a dead letter again, with all its attempts."""

    async def work(harmonic: "Harmonic") -> None:
        asked = _events(harmonic, organization, operator)
        services = [service] if service else sorted({each.service for each in await _dead(asked, event_id)})
        for name in services:
            await asked.replay(name, event_id)
        if as_json:
            output.emit({"message_id": event_id, "services": services})
        else:
            typer.echo(f"{event_id} is handled again by {', '.join(services)}.")

    run(gateway, as_json, work)


def _events(harmonic: "Harmonic", organization: str | None, operator: bool) -> "Events":
    import os

    from harmonic_client.cli import exits

    secret = os.environ.get(OPERATOR_VARIABLE) if operator else None
    if operator and not secret:
        typer.echo(f"--operator needs the secret in {OPERATOR_VARIABLE}.", err=True)
        raise typer.Exit(exits.USAGE)
    return harmonic.events.of(organization, operator=secret)


async def _dead(asked: "Events", event_id: str) -> "list[Dead]":
    """The dead letters of one message: one in each service where it failed. Raises NotFound."""
    from harmonic_client.errors import NotFound
    from harmonic_contracts import problems

    found = [each for each in await asked.dead_letters() if each.id == event_id]
    if not found:
        raise NotFound(problems.NOT_FOUND.document("There is no such dead letter."))
    return found


def _line(each: "Said", as_json: bool) -> None:
    if as_json:
        output.emit(each)
    else:
        number = "-" if each.number is None else each.number
        typer.echo(f"{each.written_at:%H:%M:%S.%f}  {each.id}  {each.type}  {each.subject}  #{number}  {each.state}")


def _tell(found: "MessageLife") -> None:
    said = found.message
    typer.echo(f"{said.type}  {said.subject}, its {said.sequence}.")
    output.facts("", {"trace": said.trace_id, "caused by": said.caused_by, "organization": said.organization_id})
    rows: list[tuple[object, ...]] = [(said.written_at, said.service, "outbox", said.state, f"number {said.number}")]
    for life in found.services:
        rows += _rows(life)
    rows.sort(key=lambda row: str(row[0] or said.written_at))
    output.table("", ("at", "service", "where", "state", ""), rows)
    if found.silent:
        typer.echo(f"These did not answer: {', '.join(found.silent)}.", err=True)


def _rows(life: "Life") -> "list[tuple[object, ...]]":
    taken = [
        (each.failed_at or each.received_at, each.service, f"inbox {each.consumer}", each.state, _last(each.error))
        for each in life.taken
    ]
    caused = [(each.written_at, each.service, "said", each.state, f"{each.type} {each.id}") for each in life.caused]
    jobs = [
        (each.ended_at or each.started_at or each.created_at, each.service, f"job {each.kind}", each.state, each.job_id)
        for each in life.jobs
    ]
    return [*taken, *caused, *jobs]


def _facts(each: "Dead") -> dict[str, object]:
    return {name: value for name, value in each.model_dump(mode="json").items() if name != "id"}


def _last(error: str | None) -> str:
    return (error or "").strip().rpartition("\n")[2][:200]
