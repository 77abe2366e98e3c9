"""Run and care for one service: `python -m harmonic_chassis COMMAND SERVICE`. The composition for distributed use.

`serve` answers HTTP and handles messages, `work` runs jobs; `migrate`, `downgrade`, `verify`, `drift`, `cleanup` and
`rebuild` care for its database; `health` asks whether a process lives. All read the same settings, so a service scales
by starting more of `serve` or `work`.
"""

import argparse
import asyncio
import contextlib
import importlib
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from harmonic_chassis import garbage, heartbeat, settings, telemetry, upkeep
from harmonic_chassis.service import Chassis, Service
from harmonic_chassis.settings import ServiceSettings, SettingsError
from harmonic_chassis.transport.base import Transport

if TYPE_CHECKING:
    import uvicorn

log = logging.getLogger(__name__)
NAMES = ("physics", "audio", "ai", "export", "organization", "gateway")
SERVICE_VARIABLE = "HARMONIC_SERVICE"
"""Names the service where the command line does not: an image is of one service."""
KEEP_ALIVE_S = 75
DRAIN_S = 8
"""Requests under way get so long at a stop; messages and jobs have their share of the 25 s after it."""


def load_service(name: str) -> Service:
    """The service `harmonic_<name>.service:service`."""
    module = importlib.import_module(f"harmonic_{name}.service")
    service = module.service
    assert isinstance(service, Service)
    return service


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.command == "health":
        return heartbeat.main(options.service)
    if options.reload:
        return _reloading(options.command, options.service)
    service = load_service(options.service)
    try:
        chosen = settings.load(service.settings)
        if options.command in {"serve", "work"} and chosen.amqp_url is None:
            raise SettingsError(_needs_broker(service))
    except SettingsError as error:
        print(error, file=sys.stderr)  # noqa: T201  # before there is a log
        return 78  # EX_CONFIG
    telemetry.configure(chosen.log_level, chosen.log_format, service=service.name)
    if options.command in upkeep.COMMANDS:
        return asyncio.run(upkeep.run(options.command, service, chosen, options.revision))
    garbage.rest()
    import uvloop

    fault = asyncio.run(_unmigrated(service, chosen))
    if fault:
        log.error(fault)
        return 78
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(service, chosen) if options.command == "serve" else work(service, chosen))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m harmonic_chassis", description=__doc__)
    parser.add_argument("command", choices=["serve", "work", "health", *upkeep.COMMANDS])
    known = os.environ.get(SERVICE_VARIABLE)
    parser.add_argument("service", choices=NAMES, nargs="?" if known else None, default=known)
    parser.add_argument("--reload", action="store_true", help="start anew when a source file changes (development)")
    parser.add_argument("--revision", help="the version to migrate (default: head) or downgrade (default: base) to")
    return parser


def _reloading(command: str, service: str) -> int:
    """Run the command in a process of its own, and again whenever a source of the house changes."""
    from watchfiles import PythonFilter, run_process

    sources = {Path(importlib.import_module(name).__path__[0]) for name in ("harmonic_chassis", f"harmonic_{service}")}
    run_process(*sources, target=main, args=([command, service],), watch_filter=PythonFilter())
    return 0


def _needs_broker(service: Service) -> str:
    doc = settings.document(service.settings, "amqp_url")
    return (
        f"{service.name} cannot start alone without a broker: set {' or '.join(doc.variables)}, "
        f"e.g. {doc.example}, or run everything in one process with `harmonic serve`"
    )


async def _unmigrated(service: Service, chosen: ServiceSettings) -> str | None:
    """Why the service cannot run on its database as it is. A newer one is fine: replicas are replaced one by one."""
    from harmonic_chassis import migrate

    url = chosen.database_url.get_secret_value()
    try:
        await migrate.verify(url, service)
    except migrate.NotMigrated as error:
        if await migrate.ahead(url, service):
            log.warning("the database is newer than the code")
            return None
        return f"{error} or `python -m harmonic_chassis migrate {service.name}`"
    except (OSError, SQLAlchemyError) as error:
        log.warning("the database does not answer yet", extra={"reason": repr(error)[:200]})
    return None


async def serve(service: Service, chosen: ServiceSettings) -> None:
    """Answer HTTP and handle messages until SIGTERM or SIGINT."""
    async with (
        _transport(chosen) as transport,
        Chassis.run(service, chosen, transport, roles={"serve"}) as chassis,
        heartbeat.beating(service.name, "serve"),
    ):
        server = _server(chassis.front, chosen.host, chosen.port)
        garbage.resume()
        with stop_signals(chassis) as stopped:
            serving = asyncio.create_task(server.serve())
            await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
            server.should_exit = True
            await serving


async def work(service: Service, chosen: ServiceSettings) -> None:
    """Run jobs until SIGTERM or SIGINT; what is running then is checkpointed and goes on elsewhere."""
    async with (
        _transport(chosen) as transport,
        Chassis.run(service, chosen, transport, roles={"work"}) as chassis,
        heartbeat.beating(service.name, "work"),
        _asked(chassis, chosen),
    ):
        garbage.resume()
        with stop_signals(chassis) as stopped:
            await stopped


@contextlib.asynccontextmanager
async def _asked(worker: Chassis, chosen: ServiceSettings) -> AsyncIterator[None]:
    """Answer what an operator asks of a worker, where it was given a port for that."""
    if chosen.metrics_port is None:
        yield
        return
    from harmonic_chassis.http import ops

    server = _server(ops.application(worker), chosen.host, chosen.metrics_port)
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _server(app: Any, host: str, port: int) -> "uvicorn.Server":
    import uvicorn

    class _Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None, None, None]:
            yield  # stop_signals below has them

    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        loop="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S,
    )
    return _Server(config)


@contextlib.contextmanager
def stop_signals(*running: Chassis) -> Iterator["asyncio.Future[None]"]:
    """Yields a future that ends at the first SIGTERM or SIGINT, after every chassis was told."""
    loop = asyncio.get_running_loop()
    stopped: asyncio.Future[None] = loop.create_future()

    def stop() -> None:
        for chassis in running:
            chassis.begin_stop()
        if not stopped.done():
            stopped.set_result(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield stopped
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


@contextlib.asynccontextmanager
async def _transport(chosen: ServiceSettings) -> AsyncIterator[Transport]:
    from harmonic_chassis.transport.rabbit import RabbitTransport

    assert chosen.amqp_url is not None
    transport: Transport = RabbitTransport(chosen.amqp_url.get_secret_value())
    await transport.start()
    try:
        yield transport
    finally:
        await transport.stop()
