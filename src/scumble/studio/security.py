"""Who may talk to the studio, and how much they may say.

A page of another site can make a browser send requests to this machine, under this machine's name or (by
changing what a name resolves to) under its own. So the Host header must be one of ours, and a request that
says where it comes from must come from our own page.
"""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders

from scumble.studio.rate import RateLimit
from scumble.studio.settings import Settings

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

COOKIE = "scumble-token"
"""Name of the cookie in which a browser keeps the token, because pictures and events carry no headers."""

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_log = logging.getLogger("scumble.studio")


class _BodyTooLargeError(Exception):
    """Ends the reading of a body; the answer has been sent."""


class Guard:
    """Stands before the application and lets through what may pass.

    Args:
        app: the application.
        settings: hosts, token and limits.
    """

    def __init__(self, app: App, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.hosts = frozenset(host.lower() for host in settings.hosts)
        self.rate = RateLimit(settings.requests_per_second)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        answer = _Answer(send, api=scope["path"].startswith("/api"))
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await answer.refuse(*refusal)
        elif self._brings_token_in_address(scope):
            await answer.keep_token(str(self.settings.token))
        else:
            await self._pass_on(scope, receive, answer, headers)

    async def _pass_on(self, scope: Scope, receive: Receive, answer: _Answer, headers: Headers) -> None:
        limit = self._limit(scope)
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or len(length) > 15:
            await answer.refuse(400, "The Content-Length is no number.")
            return
        if int(length) > limit:
            await answer.refuse(413, _too_large(limit))
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                # Answered here, because who reads the body may take the exception for its own.
                await answer.refuse(413, _too_large(limit))
                raise _BodyTooLargeError
            return message

        try:
            await self.app(scope, counted, answer.send)
        except _BodyTooLargeError:
            pass
        except Exception:
            log_id = secrets.token_hex(4)
            _log.exception("Internal error %s at %s %s", log_id, scope["method"], scope["path"])
            if not answer.begun:
                await answer.refuse(500, f"Internal error; the log names it {log_id}.")

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str, dict[str, str]] | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _host_name(hosts[0]) not in self.hosts:
            return 400, "This server is not called so; open it under the address that it printed.", {}
        origin = headers.get("origin")
        # A browser names the origin of every request that changes something or that a script reads.
        if origin is not None and not _same_origin(origin, hosts[0]):
            return 403, "Requests from pages of other sites are refused.", {}
        site = headers.get("sec-fetch-site", "same-origin")
        if scope["path"].startswith("/api") and site not in ("same-origin", "none"):
            return 403, "Requests from pages of other sites are refused.", {}
        wait = self.rate.wait(str((scope.get("client") or ("",))[0]))
        if wait:
            return 429, "Too many requests; slow down.", {"retry-after": str(wait)}
        if self.settings.token is not None and not self._knows_token(scope, headers):
            return 401, "A token is needed; open the address that the server printed when it started.", {}
        return None

    def _knows_token(self, scope: Scope, headers: Headers) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        try:
            cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
        except CookieError:
            cookie = None
        candidates = [given if kind.lower() == "bearer" else "", cookie.value if cookie else ""]
        return any(map(self._is_token, candidates)) or self._brings_token_in_address(scope)

    def _brings_token_in_address(self, scope: Scope) -> bool:
        if self.settings.token is None or scope["path"] != "/" or scope["method"] != "GET":
            return False
        try:
            values = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=8)
        except ValueError:
            return False
        return any(map(self._is_token, values.get("token", [])))

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), str(self.settings.token).encode())

    def _limit(self, scope: Scope) -> int:
        """Bytes that the body of a request may have."""
        if scope["method"] != "POST":
            return self.settings.max_json_bytes
        path = scope["path"]
        if path == "/api/projects/archive":
            return self.settings.max_archive_bytes
        takes_files = path == "/api/projects" or path.endswith("/references")
        return self.settings.max_upload_bytes if takes_files else self.settings.max_json_bytes


class _Answer:
    """The way back: adds the headers that every answer has, and sends at most one answer."""

    def __init__(self, send: Send, *, api: bool) -> None:
        self._send = send
        self._api = api
        self._refused = False
        self.begun = False

    async def send(self, message: Message) -> None:
        """Hand on what the application says, unless the request has been refused meanwhile."""
        if self._refused:
            return
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers.setdefault("cache-control", "no-store" if self._api else "no-cache")
        await self._send(message)

    async def refuse(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        """Answer with a sentence."""
        if not self.begun:
            body = json.dumps({"detail": detail}).encode()
            # The rest of a body that is too large is not waited for.
            end = {"connection": "close"} if status == 413 else {}
            await self._whole(status, body, {"content-type": "application/json", **end, **(headers or {})})
        self._refused = True

    async def keep_token(self, token: str) -> None:
        """Put the token, which came in the address, where no other page and no history shows it."""
        cookie = f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict"
        await self._whole(303, b"", {"location": "/", "set-cookie": cookie})

    async def _whole(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        raw.append((b"content-length", str(len(body)).encode()))
        await self.send({"type": "http.response.start", "status": status, "headers": raw})
        await self.send({"type": "http.response.body", "body": body})


def _host_name(host: str) -> str:
    """The name in a Host header, without the port, in lower case."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


def _same_origin(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _too_large(limit: int) -> str:
    return f"The request is larger than the {limit:,} bytes that are taken."
