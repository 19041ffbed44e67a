/* player.h: plays a script against the engine, as an adapter would feed it, and checks it.
 * Owns the connections of one play. After every segment it also holds the engine against what must
 * be true of any traffic (invariants.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_ENGINE_PLAYER_H
#define SU_TESTS_ENGINE_PLAYER_H

#include "engine/view.h"
#include "script.h"

/** Play once; everything that is not as expected is appended to `errors`. */
void su_play(const struct su_script *script, enum su_script_mode mode, struct su_text *errors);

/** The same, and keep the first `max` connections as they are in the end. Returns how many
 *  connections there were. */
size_t su_play_views(const struct su_script *script, enum su_script_mode mode,
                     struct su_text *errors, struct su_view *views, size_t max);

#endif
