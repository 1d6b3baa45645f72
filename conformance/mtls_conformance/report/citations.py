"""What a citation of the corpus says, and where it leads (docs/sources.md). citations.json is expanded from the
project's own tables by ci/expand.py."""

import json
import re
from functools import cache
from importlib import resources

SEED = "https://learn.microsoft.com/azure/application-gateway/mutual-authentication-troubleshooting"
RFC = re.compile(r"rfc(\d+)#(\d+(?:\.\d+)*|[a-z](?:\.\d+)*)$")


@cache
def sentences() -> dict[str, str]:
    return json.loads(resources.files("mtls_conformance").joinpath("citations.json").read_text(encoding="utf-8"))


def look_up(cite: str) -> tuple[str, str]:
    """What it is, in words, and its address; the address is empty where it is a text of this project."""
    if found := RFC.match(cite):
        number, section = found.groups()
        part, section = ("section", section) if section[0].isdigit() else ("appendix", section.capitalize())
        return f"RFC {number}, {part} {section}", f"https://www.rfc-editor.org/rfc/rfc{number}#{part}-{section}"
    source, _, anchor = cite.partition("#")
    if source == "seed":
        return sentences().get(cite, "Troubleshooting mutual authentication errors in Application Gateway"), SEED
    if source in ("x680", "x690"):
        standard = f"X.{source[1:]}"
        return f"ITU-T {standard}, section {anchor}", f"https://www.itu.int/rec/T-REC-{standard}"
    if source == "openssl":
        return f"OpenSSL manual, {anchor}", f"https://docs.openssl.org/3.0/man3/{anchor}/"
    if source == "nginx":
        return f"nginx, directive {anchor}", f"https://nginx.org/en/docs/http/ngx_http_ssl_module.html#{anchor}"
    if source == "facts":
        return sentences().get(cite, f"docs/facts.md, row {anchor}"), ""
    return cite, ""
