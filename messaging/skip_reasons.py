"""Why a person gets nothing (yet). Each becomes a row: silence without a reason is a fault."""

NO_CONSENT = "no_consent"
NO_CONTACT = "no_contact"
OPTED_OUT = "opted_out"
# His number or address reaches nobody any more; he has not asked for silence.
LOST_CONTACT = "stop_point"
SHARED_NUMBER = "shared_number"
CHANNEL_OFF = "channel_off"
# He wants no calls, or not at this hour, and there is no other way to him.
CALLS_CLOSED = "calls_closed"
# He is away and gets nothing but what is urgent until he is back.
PAUSED = "paused"
SUSPENDED = "suspended"
# He left, or was excluded, while the message waited.
LEFT = "left"
# His partnership has fallen asleep or ended while it waited.
NOT_ACTIVE = "not_active"
# The hours agreed on begin after the message's time has passed.
QUIET_HOURS_EXPIRED = "quiet_hours_expired"
# Another coordinator has passed the same message on to him.
GOT_IT_ELSEWHERE = "got_it_elsewhere"
# Not yet: it leaves with his weekly mail.
DIGEST = "digest"
