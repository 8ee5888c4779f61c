"""What the server answers: the right thing, or what it was told to do wrong; each noted in the log."""

import sys
import time
import traceback

from autoretrain_tests.cvat.faults import Exchange, Fault, Faults, Kind, Log
from autoretrain_tests.cvat.listening import Listener
from autoretrain_tests.cvat.server import organizations, users
from autoretrain_tests.cvat.server.calls import Answer, Call, Refusal, answer_of
from autoretrain_tests.cvat.server.deliveries import Sender
from autoretrain_tests.cvat.server.world import World

OPEN = {"/api/server/about", "/api/auth/login"}
"""What may be asked by whoever it is, with whatever credentials."""


class Wire(Listener):
    """The world on a port."""

    def __init__(self, world: World, faults: Faults, log: Log, sender: Sender, port: int) -> None:
        super().__init__(world, port)
        self.faults, self.log, self.sender = faults, log, sender

    def answer(self, call: Call) -> Answer | None:
        """The answer with what is wrong about it; None where the connection is to end without one."""
        with self.world.lock:
            fault = self.faults.of(call)
            answer = self._meet(call, fault)
            self.sender.take()
            self.log.exchanges.append(Exchange(call.method, call.path, call.query, answer.status if answer else 0))
        if fault and fault.kind is Kind.SLOW:
            time.sleep(fault.seconds)
        return answer

    def handle_error(self, *_: object) -> None:
        """A defect of ours is kept; who hung up while we answered is no defect."""
        if not isinstance(sys.exception(), OSError):
            self.log.crashes.append(traceback.format_exc())

    def _meet(self, call: Call, fault: Fault | None) -> Answer | None:
        if fault is None or fault.kind is Kind.SLOW:
            return _right(call)
        if fault.kind is Kind.CUT_AFTER:
            _right(call)
        return fault.answer()


def _right(call: Call) -> Answer:
    try:
        if call.path not in OPEN:
            call.user = users.sender(call)
            call.organization = organizations.named(call)
        return answer_of(call)
    except Refusal as refusal:
        return refusal.answer
