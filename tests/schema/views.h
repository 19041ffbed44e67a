/* views.h: snapshots of connections made up for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_SCHEMA_VIEWS_H
#define SU_TESTS_SCHEMA_VIEWS_H

#include "engine/view.h"

/** A number below `below`; the same ones on every machine. */
unsigned draw(unsigned below);

/** Any view at all: few hosts and ports, so that connections meet in the same rows. */
struct su_view draw_view(void);

/** 10.9.0.<n>, or 2001:db8::<n>; it lives for ever. */
const uint8_t *host_address(unsigned version, unsigned n);

#endif
