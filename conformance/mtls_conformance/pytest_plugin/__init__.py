"""The pytest plugin: `pytest --mtls-target ./my-adapter` gives one test for each case, in anybody's repository.

It also brings the fixtures `mtls_case` and `gateway_ca`. Whatever it needs is imported when it is needed: pytest loads
this module in every run."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mtls", "mtls-gauntlet conformance cases")
    group.addoption(
        "--mtls-target",
        action="append",
        default=[],
        metavar="NAME",
        help="one test for each case: ./PATH of a program that speaks the adapter protocol, or a name that "
        "`mtls-conformance targets` lists; may be given several times",
    )
    group.addoption("--mtls-suite", default="base", metavar="SUITE", help="base (the default), full, or a corpus by its path")
    group.addoption("--mtls-only", metavar="GLOB", help="the cases whose id matches, such as 'upload/*'")
    group.addoption(
        "--mtls-options", default="", metavar="TEXT", help="options of the target, as mtls-conformance run takes them"
    )
    group.addoption("--mtls-expectations", metavar="FILE", help="known differences of the target, in YAML")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("mtls_target"):
        from .cases import Cases

        config.pluginmanager.register(Cases(config), "mtls-cases")


@pytest.fixture(scope="session")
def mtls_case(tmp_path_factory):
    """A case of the corpus by its id, as bytes and as files: mtls_case("upload/leaf-only").bundle_path"""
    from ..fixtures import case_files

    def mtls_case(case_id: str):
        return case_files(case_id, tmp_path_factory.mktemp("mtls-case"))

    return mtls_case


@pytest.fixture
def gateway_ca(tmp_path):
    """A CA whose clients a gateway is to let in, or not: gateway_ca.issue_client("alice", expired=True)"""
    from ..fixtures import GatewayCA

    return GatewayCA(tmp_path / "gateway-ca")
