"""Scripts: what a server does with one request, folded from all plans that strike it."""

from typing import Final

import msgspec

from mock_server.core.plans.answers import AnswerPlan, HeadPlan
from mock_server.core.plans.bodies import BodyPlan
from mock_server.core.plans.reads import ReadsPlan
from mock_server.core.plans.wire import DelayPoint, DisconnectPlan, FramingPlan, Pause


class Script(msgspec.Struct, frozen=True):
    """What is done with one request, in this order. The script of a request that no plan strikes is FAITHFUL.

    1. The pause `before-work`.
    2. If `works`: the request is carried out. A creation is refused with 403 if `closed_models`, and with 429 if the
       account has `most_tasks` under way; `reads` say as of when tasks are shown (`seen_at`); not `ranges` sends whole
       files. Otherwise nothing is carried out, and there is an `answer` or a `disconnect` before the response.
    3. If there is an `answer`, it takes the place of the true one (`render_answer`).
    4. `heads` change its head (`change_head`), and `bodies` its body (`spoil`).
    5. It is sent, framed as `framing` says, with the pauses `before-head`, `in-head`, `before-body` and `in-body`,
       until `disconnect` ends the connection.

    `strikes` are the names of the plans, for the journal.
    """

    strikes: tuple[str, ...] = ()
    works: bool = True
    closed_models: bool = False
    most_tasks: int | None = None
    reads: tuple[ReadsPlan, ...] = ()
    ranges: bool = True
    answer: AnswerPlan | None = None
    heads: tuple[HeadPlan, ...] = ()
    bodies: tuple[BodyPlan, ...] = ()
    framing: FramingPlan | None = None
    pauses: tuple[Pause, ...] = ()
    disconnect: DisconnectPlan | None = None

    def pause(self, at: DelayPoint) -> Pause | None:
        """Return the pause at a point, if there is one."""
        return next((pause for pause in self.pauses if pause.at == at), None)


FAITHFUL: Final = Script()
"""What is done with a request that no plan strikes: it is served."""
