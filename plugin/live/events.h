/* events.h: what happens to connections: a handshake is decided, a connection ends, or nothing more
 * will be heard of it. Each is told once, and again only if it turns out otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_EVENTS_H
#define SU_LIVE_EVENTS_H

#include <glib.h>

#include "adapter/alarms.h"
#include "adapter/capture.h"

enum su_event_kind {
    SU_EVENT_HANDSHAKE, /* its result is known */
    SU_EVENT_END,       /* an established connection has ended */
    SU_EVENT_LEFT,      /* it has not ended, but is not followed any longer */
    SU_EVENT_FORGOTTEN  /* it has been over for long, and is forgotten */
};

/** Results of handshakes as tcpeek has them. Those after "other" are none of its own. */
enum su_result {
    SU_RESULT_NONE = 0, /* no attempt, or not decided yet */
    SU_RESULT_SUCCESS,
    SU_RESULT_TIMEOUT,
    SU_RESULT_REJECT,
    SU_RESULT_UNREACH,
    SU_RESULT_OTHER, /* the client gave up, or the server's answer led to nothing */
    SU_RESULT_COUNT
};

extern const char *const su_result_words[SU_RESULT_COUNT];

struct su_live_event {
    const struct su_view *view;
    int64_t at_ns;  /* capture time */
    uint8_t kind;   /* enum su_event_kind */
    uint8_t result; /* enum su_result */
    uint8_t was;    /* the result that was told before, if it was another one */
    bool is_again;  /* it had been told before, and turned out otherwise meanwhile */
};

/** Who is told. */
struct su_event_taker {
    void (*take)(void *user, const struct su_live_event *event);
    void *user;
};

/** What has been told of each connection. All-zero to begin with. */
struct su_events {
    GArray *told;            /* by place of the connection; NULL: of none yet */
    struct su_alarms alarms; /* connections to look at again */
};

void su_events_clear(struct su_events *events);

/** The connection as it is now. `view` is one of it. */
void su_events_put(struct su_events *events, const struct su_flow *flow, const struct su_view *view,
                   const struct su_event_taker *taker);

/** Time has passed: some results hold unless something comes in time. */
void su_events_check(struct su_events *events, const struct su_event_taker *taker);

/** The connection is not followed any longer: told unless its end has been, or that it never came
 *  to be. */
void su_events_leave(struct su_events *events, const struct su_flow *flow,
                     const struct su_view *view, const struct su_event_taker *taker);

/** The connection is forgotten: told in any case. */
void su_events_forget(struct su_events *events, const struct su_flow *flow,
                      const struct su_view *view, const struct su_event_taker *taker);

/** Connections start anew from number 0. */
void su_events_new_session(struct su_events *events);

#endif
