/* place.h: where a socket listens: a path that is ours alone.
 * A lock beside it says whether somebody is there; what a dead process left is replaced, anything
 * else never.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_LIVE_PLACE_H
#define SU_LIVE_PLACE_H

#include <stdbool.h>

#include <gio/gio.h>

struct su_place;

/** Listen at `path`, for ourselves, or for a group too unless that is "". NULL if it cannot be; then
 *  `problem` says why, to be freed by the caller. */
struct su_place *su_place_open(const char *path, const char *group, char **problem);

/** Listening, never blocks; the place's own. */
GSocket *su_place_socket(const struct su_place *place);

/** Leave nothing behind. Happens by itself if the program ends with exit(). */
void su_place_close(struct su_place *place);

#endif
