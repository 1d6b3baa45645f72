"""The checkout of mtls-gauntlet that this package runs from or was told of, where adapters and programs are built."""

import os
from pathlib import Path

VARIABLE = "MTLS_GAUNTLET"
NEEDED = f"they are built in a checkout of mtls-gauntlet: set {VARIABLE} to it"


def root() -> Path:
    """MTLS_GAUNTLET, else the folder above this package. It need not be a checkout: see `is_here`."""
    return Path(os.environ.get(VARIABLE) or Path(__file__).parents[2]).absolute()


def is_here() -> bool:
    return (root() / "conformance/adapters").is_dir()
