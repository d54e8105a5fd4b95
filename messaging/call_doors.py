"""What a call says, where the carrier asks for it: words once it knows who answered, and sound."""

from fastapi import APIRouter, Depends, Response

from hub.access import open_to_all
from hub.db import DbSession
from hub.errors import NotFound
from messaging import recordings, rendering
from messaging.carrier_door import SIGNED_BY_CARRIER, SignedForm
from messaging.models import Broadcast, Delivery
from messaging.webhooks import delivery_of, is_machine

router = APIRouter(include_in_schema=False)


@router.post("/webhooks/twilio/voice/words/{token}", dependencies=[Depends(SIGNED_BY_CARRIER)])
def take_answer(token: str, form: SignedForm, session: DbSession) -> Response:
    """Somebody answered: the message twice and its keys, or once for a machine."""
    delivery = session.get(Delivery, delivery_of(token))
    if delivery is None:
        raise NotFound
    letter = rendering.letter_of(session, session.get_one(Broadcast, delivery.broadcast_id))
    if is_machine(form):
        words = rendering.words_for_machine(letter, delivery)
    else:
        words = rendering.words_of_call(letter, delivery)
    return Response(words, media_type="text/xml")


_UNGUESSABLE = open_to_all("The carrier fetches it with no name; the address holds our signature.")


@router.api_route(
    "/webhooks/twilio/voice/recordings/{token}",
    methods=["GET", "HEAD"],
    dependencies=[_UNGUESSABLE],
)
def hand_out_recording(token: str, session: DbSession) -> Response:
    """A spoken message, for the carrier to play."""
    found = recordings.recording_at(session, token)
    return Response(found.content, media_type=found.media_type)
