"""Ask a service something, once: for commands that a person waits for."""

from cronwrap.deliver.attempt import Failure
from cronwrap.deliver.policy import FINAL
from cronwrap.deliver.senders import Senders
from cronwrap.services.base import Answer, Http
from cronwrap.services.endpoint import Endpoint


def ask(endpoint: Endpoint, request: Http) -> Answer | str:
    """Return the answer to *request*, or why there was none; without secrets."""
    sender = Senders(endpoint)
    try:
        answer = sender.send(request, timeout_s=endpoint.timeout_s or FINAL.try_s)
    finally:
        sender.close()
    if isinstance(answer, Answer):
        return answer
    assert isinstance(answer, Failure), "what is sent by HTTP is answered, or fails"  # noqa: S101
    return endpoint.mask(answer.why)
