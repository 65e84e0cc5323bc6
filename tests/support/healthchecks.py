"""A Healthchecks that answers as the real one was measured to: what it takes, and what it throws away.

httpd.always = healthchecks.behaviour
...
healthchecks.pings  ->  [Ping(kind="start", ...), Ping(kind="0", ...)]

Its API lists pings, to who has the API key: /api/v3/checks/UUID/pings/.
"""

import json
import re
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus

from tests.support.httpd import Behaviour, Exchange, Received, answer

KEPT_BYTES = 10_000
MOST_BYTES = 2_621_440
_SLUG = r"[a-z0-9_-]+"
_KINDS = r"start|fail|log|[0-9]+"
_UUID = re.compile(rf"/ping/([0-9a-f-]{{36}})(?:/({_KINDS}))?/?")
_API = re.compile(r"/api/v3/checks/([0-9a-f-]{36})/pings/")
_BY_SLUG = re.compile(rf"/ping/([A-Za-z0-9_-]{{22}})/([^/]+)(?:/({_KINDS}))?/?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A ping that was recorded.

    Attributes:
        check: UUID or slug.
        kind: "success", "start", "fail", "log" or an exit status.
        ignored: by a rule of the check, though it was answered OK.
    """

    check: str
    kind: str
    rid: str
    body: bytes
    ignored: bool = False

    @property
    def listed_type(self) -> str:
        """How the API calls it."""
        if self.ignored:
            return "ign"
        return {"0": "success"}.get(self.kind, "fail" if self.kind.isdigit() else self.kind)


@dataclass(slots=True, kw_only=True)
class Healthchecks:
    """One project.

    Attributes:
        uuids, slugs: of its checks; a slug may be there twice.
        hosted: answers as hc-ping.com does where that differs.
        filters: the checks look for words in bodies.
        post_only: the checks ignore a GET.
        rate_limited: every ping is one too many.
        paused: the checks ignore every ping, till somebody resumes them.
        looks_till_listed: the API lists nothing before it was asked so many times.
    """

    ping_key: str = "fqOOd6-F4MMNuCEnzTU01w"
    uuids: list[str] = field(default_factory=list)
    slugs: list[str] = field(default_factory=list)
    hosted: bool = False
    filters: bool = False
    post_only: bool = False
    rate_limited: bool = False
    paused: bool = False
    api_key: str = "hcw_4dT0vWqzv3ZLq8PDSnMXKe5Yj2R1"
    looks_till_listed: int = 0
    kept_bytes: int = KEPT_BYTES
    pings: list[Ping] = field(default_factory=list)

    def behaviour(self, exchange: Exchange) -> None:
        """Answer the request that *exchange* has just read."""
        self._answer(exchange.server.httpd.received[-1])(exchange)

    def _answer(self, request: Received) -> Behaviour:
        by_api = _API.fullmatch(request.path)
        if by_api:
            return self._list(request, by_api[1])
        by_uuid, by_slug = _UUID.fullmatch(request.path), _BY_SLUG.fullmatch(request.path)
        if by_uuid:
            found = [by_uuid[1]] if by_uuid[1] in self.uuids else []
            return self._ping(request, found, by_uuid[1], by_uuid[2] or "success")
        if by_slug and by_slug[2] != by_slug[2].lower():
            return answer(400, b"invalid url format")
        if by_slug and re.fullmatch(_SLUG, by_slug[2]):
            if by_slug[1] != self.ping_key:
                return self._not_found()
            return self._by_slug(request, by_slug[2], by_slug[3] or "success")
        return answer(404, b"<!DOCTYPE html><h1>Not Found</h1>", Content_Type="text/html")

    def _list(self, request: Received, check: str) -> Behaviour:
        if request.method != "GET":
            return answer(405, b"")
        if request.headers.get("x-api-key") != self.api_key:
            return answer(401, b'{"error": "wrong api key"}')
        if check not in self.uuids:
            return answer(404, b'{"error": "not found"}')
        self.looks_till_listed -= 1
        found = [one for one in self.pings if one.check == check and self.looks_till_listed < 0]
        listed = [
            {"type": one.listed_type, "n": number, "method": "POST", "rid": one.rid or None}
            for number, one in enumerate(found, 1)
        ]
        said = json.dumps({"pings": listed[::-1]}).encode()
        return answer(200, said, Content_Type="application/json")

    def _by_slug(self, request: Received, slug: str, kind: str) -> Behaviour:
        found = [one for one in self.slugs if one == slug]
        if not found and request.query.get("create") == "1":
            self.slugs.append(slug)
            return self._ping(request, [slug], slug, kind, status=201)
        return self._ping(request, found, slug, kind)

    def _ping(
        self, request: Received, found: list[str], check: str, kind: str, status: int = 200
    ) -> Behaviour:
        wrong = self._wrong(request, found, kind)
        if wrong:
            return wrong
        # A chunked body is stored empty.
        body = request.body[: self.kept_bytes] if "content-length" in request.headers else b""
        if self.filters and not _is_utf8(body):
            return answer(500, b"Server Error (500)")
        ignored = self.paused or (self.post_only and request.method != "POST")
        rid = request.query.get("rid", "")
        self.pings.append(Ping(check=check, kind=kind, rid=rid, body=body, ignored=ignored))
        said = b"Created" if status == HTTPStatus.CREATED else b"OK"
        return answer(status, said, Ping_Body_Limit=self.kept_bytes)

    def _wrong(self, request: Received, found: list[str], kind: str) -> Behaviour | None:
        if not found:
            return self._not_found()
        rid = request.query.get("rid", "")
        refusals = (
            (len(found) > 1, answer(409, b"ambiguous slug")),
            (kind.isdigit() and int(kind) > 255, answer(400, b"invalid url format")),
            (rid != "" and not _is_uuid(rid), answer(400, b"invalid uuid format")),
            (len(request.body) > MOST_BYTES, answer(400, b"Bad Request")),
            (self.rate_limited, answer(200, b"OK (rate limited)")),
        )
        return next((refusal for refused, refusal in refusals if refused), None)

    def _not_found(self) -> Behaviour:
        return answer(200, b"OK (not found)") if self.hosted else answer(404, b"not found")


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
