"""Live servers on loopback: each module is one server, a row of `servers`.

`live.LiveServer` starts one instance with many trust files behind server names, waits until it shakes hands, follows
its log and ends it. A server adds its configuration, how it refuses a trust file, and what its log lines mean."""

from .live import Identity, LiveServer, Said, ServerError, Site, make_identity


def servers() -> dict[str, type[LiveServer]]:
    """Every server that this project knows, whether or not this machine has it."""
    from .apache import Apache
    from .caddy import Caddy
    from .haproxy import HAProxy
    from .lighttpd import Lighttpd
    from .nginx import Nginx
    from .stunnel import Stunnel
    from .written import GoServer, NodeServer

    return {server.name: server for server in (Nginx, HAProxy, Apache, Lighttpd, Stunnel, Caddy, GoServer, NodeServer)}


__all__ = ["Identity", "LiveServer", "Said", "ServerError", "Site", "make_identity", "servers"]
