/* parts.h: where connections under test get the parts from that not every connection needs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TESTS_ENGINE_PARTS_H
#define SU_TESTS_ENGINE_PARTS_H

#include "engine/conn.h"

/** They stay until the program ends. */
extern const struct su_conn_parts su_test_parts;

#endif
