"""A RabbitMQ to test against, and vhosts in it."""

import contextlib
import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from harmonic_chassis.ids import new_id
from harmonic_chassis.testing.own import OwnServer
from harmonic_chassis.testing.servers import (
    AMQP_VARIABLE,
    Server,
    ServerMissing,
    binary,
    blocking,
    first_found,
    free_port,
    listening,
    run,
    scratch_folder,
)
from harmonic_chassis.transport import rabbit

MANAGEMENT_VARIABLE = "HARMONIC_TEST_RABBIT_MANAGEMENT_PORT"
STANDARD_PORT = 5672
PACKAGED = ("/usr/lib/rabbitmq/bin", "/usr/sbin", "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin", "/opt/homebrew/sbin")


@dataclass(frozen=True)
class Broker:
    """Where a test may work: a URL, and the prefix of its names where it shares the vhost."""

    url: str
    prefix: str


def find() -> Server:
    """A server whose URL names a user that may use its vhost. Raises ServerMissing."""
    return first_found("RabbitMQ", [_from_environment, _on_standard_port, _from_binaries, _from_container])


@contextmanager
def vhost(server: Server) -> Iterator[Broker]:
    """A fresh vhost, removed at the end: by the control program or the management API. Where neither may, the server's
    own vhost and a unique prefix; the queues of that prefix are deleted at the end."""
    name = f"hu_test_{new_id().replace('-', '')}"
    for make, remove in ((_ctl_add, _ctl_delete), (_api_add, _api_delete)):
        try:
            make(server, name)
        except (RuntimeError, OSError, subprocess.SubprocessError):
            continue
        try:
            yield Broker(_with_vhost(server.url, name), "")
        finally:
            remove(server, name)
        return
    prefix = f"{name}."
    try:
        yield Broker(server.url, prefix)
    finally:
        blocking(rabbit.remove(server.url, prefix))


def _with_vhost(url: str, name: str) -> str:
    parts = urlsplit(url)
    return parts._replace(path=f"/{quote(name, safe='')}").geturl()


def _ctl(*arguments: str) -> None:
    # The one in PATH first: it may be a wrapper that becomes the broker's user, who has the cookie.
    program = shutil.which("rabbitmqctl") or binary("rabbitmqctl", *PACKAGED)
    if program is None:
        raise RuntimeError("no rabbitmqctl here")
    run(program, "-q", *arguments)


def _is_local(server: Server) -> bool:
    return urlsplit(server.url).hostname in ("127.0.0.1", "localhost") and urlsplit(server.url).port in (
        None,
        STANDARD_PORT,
    )


def _ctl_add(server: Server, name: str) -> None:
    if not _is_local(server):
        raise RuntimeError("rabbitmqctl controls the local server only")
    _ctl("add_vhost", name)
    _ctl("set_permissions", "-p", name, urlsplit(server.url).username or "guest", ".*", ".*", ".*")


def _ctl_delete(_server: Server, name: str) -> None:
    _ctl("delete_vhost", name)


def _api(server: Server, method: str, path: str, body: object = None) -> None:
    parts = urlsplit(server.url)
    login = b64encode(f"{parts.username or 'guest'}:{parts.password or 'guest'}".encode()).decode()
    port = os.environ.get(MANAGEMENT_VARIABLE, "15672")
    if parts.port not in (None, STANDARD_PORT) and MANAGEMENT_VARIABLE not in os.environ:
        raise RuntimeError(
            f"which management port belongs to port {parts.port} is not known: set {MANAGEMENT_VARIABLE}"
        )
    request = urllib.request.Request(
        f"http://{parts.hostname}:{port}/api/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5):  # noqa: S310
        pass


def _api_add(server: Server, name: str) -> None:
    _api(server, "PUT", f"vhosts/{name}")
    user = urlsplit(server.url).username or "guest"
    _api(server, "PUT", f"permissions/{name}/{user}", {"configure": ".*", "write": ".*", "read": ".*"})


def _api_delete(server: Server, name: str) -> None:
    _api(server, "DELETE", f"vhosts/{name}")


def _answers(url: str) -> bool:
    """Whether the broker speaks AMQP to us: a listening port answers too early."""
    return blocking(rabbit.answers(url))


def _from_environment() -> Server | None:
    url = os.environ.get(AMQP_VARIABLE)
    if not url:
        return None
    if not _answers(url):
        raise ServerMissing(f"{AMQP_VARIABLE} names a server that does not answer")
    return Server(url, AMQP_VARIABLE)


def _on_standard_port() -> Server | None:
    if not listening(STANDARD_PORT):
        return None
    url = f"amqp://guest:guest@127.0.0.1:{STANDARD_PORT}/"
    if not _answers(url):
        raise ServerMissing(f"port {STANDARD_PORT} answers, but does not let guest in: set {AMQP_VARIABLE}")
    return Server(url, "the server on its standard local port")


def own() -> OwnServer:
    """A broker of one's own, not started yet. Raises ServerMissing without the program."""
    program = binary("rabbitmq-server", *PACKAGED)
    if program is None:
        raise ServerMissing("no rabbitmq-server here")
    folder, port, distribution, epmd = scratch_folder(), free_port(), free_port(), free_port()
    environment = {
        "RABBITMQ_NODENAME": f"hu{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(folder),
        "RABBITMQ_LOG_BASE": str(folder),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "ERL_EPMD_PORT": str(epmd),
        "HOME": str(folder),
    }
    # Files of its own, all of them: those of the machine's broker would give it that one's ports.
    (folder / "plugins").write_text("[].\n")
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.test = 127.0.0.1:{port}\n")
    (folder / "advanced.config").write_text("[].\n")
    (folder / "rabbitmq-env.conf").write_text("")
    url = f"amqp://guest:guest@127.0.0.1:{port}/"

    def answers() -> bool:
        return listening(port) and _answers(url)

    def end_name_server() -> None:
        # Erlang's name server was started along and would stay; this one is ours alone, by its port.
        epmd_program = binary("epmd", "/usr/lib/erlang/bin", "/usr/lib/erlang/erts-*/bin") or "epmd"
        with contextlib.suppress(RuntimeError, OSError):
            run(epmd_program, "-port", str(epmd), "-kill")

    return OwnServer(
        "RabbitMQ", url, port, folder, [program], answers, environment=environment, afterwards=end_name_server
    )


def _from_binaries() -> Server | None:
    if binary("rabbitmq-server", *PACKAGED) is None:
        return None
    server = own()
    server.start()
    return Server(server.url, f"binaries of this machine, on port {server.port}", server.stop)


def _from_container() -> Server | None:
    if shutil.which("docker") is None and "DOCKER_HOST" not in os.environ:
        return None
    from testcontainers.rabbitmq import RabbitMqContainer

    container = RabbitMqContainer("rabbitmq:4")
    container.start()
    host, port = container.get_container_host_ip(), container.get_exposed_port(5672)
    return Server(f"amqp://guest:guest@{host}:{port}/", "testcontainers", container.stop)
