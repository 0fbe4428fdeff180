"""A web server of files on this machine for tests, that takes transfers up where they broke, and can break them."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Site:
    """``files``: path -> bytes or a file. ``cut``: path -> how many of the next answers end after half of the file.
    ``asked``: the path and the range of each request. Without ``resumes`` ranges are not known."""

    files: dict[str, bytes | Path]
    cut: dict[str, int] = field(default_factory=dict)
    resumes: bool = True
    marked: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(files: Mapping[str, bytes | Path], **how: object) -> Iterator[Site]:
    """The site, until the block ends."""
    site = Site(dict(files), **how)  # type: ignore[arg-type]
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers["Range"]
            site.asked.append((self.path, wanted))
            found = site.files.get(self.path.partition("?")[0])
            if found is None:
                self.send_error(404)
                return
            body = found.read_bytes() if isinstance(found, Path) else found
            mark = f'"{sha256(body).hexdigest()}"'
            begin = re.fullmatch(r"bytes=(\d+)-", wanted or "")
            start = int(begin[1]) if begin and site.resumes and self.headers["If-Range"] == mark else 0
            self.send_response(206 if start else 200)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            if site.marked:
                self.send_header("ETag", mark)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            self.wfile.write(self._sent(body[start:]))

        def _sent(self, body: bytes) -> bytes:
            if site.cut.get(self.path, 0) <= 0:
                return body
            site.cut[self.path] -= 1
            return body[: len(body) // 2]

        def log_message(self, *_: object) -> None:
            pass

    return Handler
