"""Limits of the kernel for programs that are not to be trusted."""

import resource


def limit(kind: int, value: int, pid: int | None = None):
    """Sets both limits of a resource, of this process or of another: to `value`, or to the hard limit where that is
    lower, since only root may raise that. (Of another process on Linux alone.)"""
    if pid is None:
        resource.setrlimit(kind, _within(value, resource.getrlimit(kind)))
    elif hasattr(resource, "prlimit"):
        resource.prlimit(pid, kind, _within(value, resource.prlimit(pid, kind)))


def _within(value: int, limits: tuple[int, int]) -> tuple[int, int]:
    hard = limits[1]
    lower = value if hard == resource.RLIM_INFINITY else min(value, hard)
    return lower, lower
