"""What the program is made of, as CycloneDX, from the lock files: `python -m tests.attack.sbom docs/sbom.cdx.json`.

The same lock files give the same document. What `requirements.lock` pins is required; what the development lock alone
pins (tests, and the optional engines) is optional. Files have their hashes in the lock files.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
RUNTIME, DEVELOPMENT = "requirements.lock", "requirements-dev.lock"
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)(?: ; (.+?))? \\$", re.MULTILINE)
HTMX = "api/pages/desk/static/htmx.min.js"


def document(root: Path = ROOT) -> str:
    """The document, as text. Raises OSError, ValueError."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    required, others = _pinned(root / RUNTIME), _pinned(root / DEVELOPMENT)
    bom = Bom(components=[*_libraries(required, ComponentScope.REQUIRED), _htmx(root)])
    bom.components.update(_libraries(others - required, ComponentScope.OPTIONAL))
    ours = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref="aiguillage",
        licenses=[LicenseExpression(project["license"])],
    )
    bom.metadata = BomMetaData(component=ours)
    direct = {canonicalize_name(re.split(r"[^\w.-]", one)[0]) for one in project["dependencies"]}
    bom.register_dependency(ours, [one for one in bom.components if one.name in direct])
    return _without_a_moment(JsonV1Dot6(bom).output_as_string())


def _pinned(lock: Path) -> set[tuple[str, str, str]]:
    """Name, version and where it is wanted. Raises ValueError where nothing is pinned."""
    found = {(canonicalize_name(name), version, where) for name, version, where in PINNED.findall(lock.read_text())}
    if not found:
        raise ValueError(f"{lock.name} pins nothing")
    return found


def _libraries(pinned: set[tuple[str, str, str]], scope: ComponentScope) -> list[Component]:
    return [
        Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            scope=scope,
            purl=(purl := PackageURL("pypi", None, name, version)),
            bom_ref=purl.to_string(),
            properties=[Property(name="aiguillage:where", value=where)] if where else [],
        )
        for name, version, where in sorted(pinned)
    ]


def _htmx(root: Path) -> Component:
    """The one file of others that lies among ours."""
    content = (root / HTMX).read_bytes()
    version = re.search(rb'version:"([\d.]+)"', content)
    if version is None:
        raise ValueError(f"{HTMX} says no version")
    purl = PackageURL("npm", None, "htmx.org", version[1].decode())
    hashed = HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(content).hexdigest())
    source = ExternalReference(type=ExternalReferenceType.WEBSITE, url=XsUri("https://htmx.org"))
    return Component(
        name="htmx.org",
        version=version[1].decode(),
        type=ComponentType.LIBRARY,
        scope=ComponentScope.REQUIRED,
        purl=purl,
        bom_ref=purl.to_string(),
        hashes=[hashed],
        external_references=[source],
    )


def _without_a_moment(written: str) -> str:
    """The same content gives the same document: no time of making, a number made from what it says."""
    told = json.loads(written)
    del told["metadata"]["timestamp"], told["serialNumber"]
    told["serialNumber"] = uuid5(NAMESPACE_URL, json.dumps(told, sort_keys=True)).urn
    return json.dumps(told, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
