"""The management APIs of five services, as far as a check's schedule goes: one store each.

What they answer is as documented, and for Healthchecks as it was measured: fields that are left
out of an update stay, and a check that is made without a word of channels has none.
"""

import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any

from tests.support.httpd import Behaviour, Exchange, Received, answer

KEY = "s3cret-api-key"
BASIC = "Basic " + b64encode(f"{KEY}:".encode()).decode()
UUID = "11111111-2222-4333-8444-555555555555"


def _json(value: object, status: int = 200) -> Behaviour:
    return answer(status, json.dumps(value).encode(), Content_Type="application/json")


@dataclass(slots=True)
class Monitors:
    """Checks by their key.

    Attributes:
        refuses: answer every write with 400.
        check_ins: that came to Sentry's address for them; what is a ping to others is answered
            202 and forgotten, whatever its key, as these services do.
    """

    checks: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuses: bool = False
    check_ins: list[dict[str, Any]] = field(default_factory=list)

    def behaviour(self, exchange: Exchange) -> None:
        """Answer the request that *exchange* has just read."""
        request = exchange.server.httpd.received[-1]
        if self.refuses and request.method != "GET":
            _json({"error": f"cron is wrong, {KEY}"}, 400)(exchange)
        else:
            self._answer(request)(exchange)

    def _answer(self, request: Received) -> Behaviour:
        if "/cron/" in request.path:
            self.check_ins.append(json.loads(request.body))
        if not re.match("/api/(v[23]|0|monitors|sync)/?|/v2/heartbeats/[^/]+$", request.path):
            return answer(200 if "/p/" in request.path else 202, b"OK")
        said = request.headers.get("authorization", request.headers.get("x-api-key"))
        if said not in {KEY, BASIC, f"Bearer {KEY}", f"GenieKey {KEY}"}:
            return _json({"error": "wrong key"}, 401)
        sent = json.loads(request.body) if request.body else {}
        for pattern, service in (
            (r"/api/v3/checks/(.*)", self._healthchecks),
            (r"/api/monitors/?(.*)", self._cronitor),
            (r"/api/0/organizations/acme/monitors/(?:(.+)/)?", self._sentry),
            (r"/v2/heartbeats/([^/]+)", self._opsgenie),
            (r"/api/sync()", self._cronradar),
            (r"/api/v2/heartbeats/?(.*)", self._betterstack),
        ):
            match = re.fullmatch(pattern, request.path)
            if match:
                return service(request, match[1] or "", sent)
        return answer(404, b"<h1>Not Found</h1>")

    def _healthchecks(self, request: Received, uuid: str, sent: dict[str, Any]) -> Behaviour:
        if request.method == "GET" and not uuid:
            slug = request.query.get("slug")
            return _json({"checks": [one for one in self.checks.values() if one["slug"] == slug]})
        if uuid and uuid not in self.checks:
            return _json({"error": "not found"}, 404)
        if request.method == "GET":
            return _json(self.checks[uuid])
        if uuid:
            self.checks[uuid].update(sent)
            return _json(self.checks[uuid])
        made = {"channels": "", "uuid": UUID, "ping_url": f"http://h/ping/{UUID}", **sent}
        self.checks[UUID] = made
        return _json(made, 201)

    def _cronitor(self, request: Received, key: str, sent: dict[str, Any]) -> Behaviour:
        if request.method == "GET":
            return _json(self.checks[key]) if key in self.checks else _json({}, 404)
        (monitor,) = sent["monitors"]
        self.checks.setdefault(monitor["key"], {}).update(monitor)
        return _json({"monitors": [self.checks[monitor["key"]]]})

    def _sentry(self, request: Received, slug: str, sent: dict[str, Any]) -> Behaviour:
        slug, _, what = slug.partition("/")
        if slug and slug not in self.checks:
            return _json({"detail": "not found"}, 404)
        if what == "checkins":
            listed = [{"id": one["check_in_id"], "status": one["status"]} for one in self.check_ins]
            return _json(listed)
        if request.method == "GET":
            return _json(self.checks[slug])
        if request.method == "PUT":
            self.checks[slug].update(sent)
            return _json(self.checks[slug])
        self.checks[sent["slug"]] = sent
        return _json(sent, 201)

    def _opsgenie(self, _request: Received, name: str, _sent: dict[str, Any]) -> Behaviour:
        found = self.checks.get(name)
        return _json({"data": found}) if found else _json({"message": "not found"}, 404)

    def _cronradar(self, _request: Received, _key: str, sent: dict[str, Any]) -> Behaviour:
        assert "mode" not in sent, "reconcile would delete what is not named"
        for monitor in sent["monitors"]:
            self.checks.setdefault(monitor["key"], {}).update(monitor)
        return _json({"created": 1})

    def _betterstack(self, request: Received, number: str, sent: dict[str, Any]) -> Behaviour:
        if request.method == "GET":
            found = [{"id": id_, "attributes": one} for id_, one in self.checks.items()]
            return _json({"data": found, "pagination": {"next": None}})
        self.checks[number].update(sent)
        return _json({"data": {"id": number, "attributes": self.checks[number]}})
