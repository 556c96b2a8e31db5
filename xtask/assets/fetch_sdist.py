"""Fetches a source package into a folder: `fetch_sdist.py matplotlib==3.11.2 target/gallery`.

`pip download --no-binary` would build the package's metadata first, which wants its build back end and takes minutes; this
reads the link from the index that pip is configured with, checks the digest that the index gives, and unpacks. A folder that
is there is left as it is.
"""

import hashlib
import html.parser
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
import urllib.request


def main(requirement: str, into: pathlib.Path) -> None:
    name, _, version = requirement.partition("==")
    if not version:
        sys.exit(f"error: `{requirement}` names no version; write NAME==VERSION")
    folder = into / f"{name}-{version}"
    if folder.is_dir():
        return
    into.mkdir(parents=True, exist_ok=True)
    url, digest = link(name, version)
    print(f"fetching the source package {requirement}", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=into) as temporary:
        archive = pathlib.Path(temporary) / "sdist.tar.gz"
        with urllib.request.urlopen(url, timeout=180) as response, archive.open("wb") as file:
            shutil.copyfileobj(response, file)
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != digest:
            sys.exit(f"error: {requirement} hashes to {found}, the index says {digest}")
        with tarfile.open(archive) as tar:
            tar.extractall(temporary, members=[member for member in tar if is_plain(member)])
        unpacked = [path for path in pathlib.Path(temporary).iterdir() if path.is_dir()]
        os.rename(unpacked[0], folder)


def is_plain(member: tarfile.TarInfo) -> bool:
    """Files and folders inside; CPython before 3.11.4 has no `filter="data"`, which would do the same."""
    path = pathlib.PurePosixPath(member.name)
    return (member.isreg() or member.isdir()) and not path.is_absolute() and ".." not in path.parts


def link(name: str, version: str) -> tuple[str, str]:
    """The address and SHA-256 of the .tar.gz on the index page (PEP 503)."""
    normal = re.sub(r"[-_.]+", "-", name).lower()
    page = f"{index().rstrip('/')}/{normal}/"
    with urllib.request.urlopen(page, timeout=180) as response:
        links = Links(response.url)
        links.feed(response.read().decode())
    stems = {f"{name}-{version}", f"{normal}-{version}", f"{normal.replace('-', '_')}-{version}"}
    for address in links.found:
        path, fragment = urllib.parse.urldefrag(address)
        if path.rpartition("/")[2] in {f"{stem}.tar.gz" for stem in stems} and fragment.startswith("sha256="):
            return path, fragment.removeprefix("sha256=")
    sys.exit(f"error: the index that pip is configured with has no source package {name} {version}")


def index() -> str:
    """What pip is configured with, else pip's own default."""
    asked = subprocess.run([sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True)
    configured = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    if configured:
        return configured
    from pip._internal.models.index import PyPI

    return PyPI.simple_url


class Links(html.parser.HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.base, self.found = base, []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (target := dict(attrs).get("href")):
            self.found.append(urllib.parse.urljoin(self.base, target))


if __name__ == "__main__":
    main(sys.argv[1], pathlib.Path(sys.argv[2]))
