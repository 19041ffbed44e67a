/* answer.h: a question, one line, and its answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_ANSWER_H
#define SU_LIVE_ANSWER_H

#include "ledger.h"

struct su_answers;

/** `ledger` must outlive it. */
struct su_answers *su_answers_new(struct su_ledger *ledger);
void su_answers_free(struct su_answers *answers);

/** Append the answer, with its end of line. */
void su_answers_give(struct su_answers *answers, const char *question, GString *out);

/** The answer to "GET": tcpeek's JSON. */
void su_answers_get(const struct su_answers *answers, GString *text);

#endif
