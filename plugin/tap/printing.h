/* printing.h: what tshark prints at the end of the capture, in the order of the command line.
 * tshark itself calls its statistics in the opposite order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_TAP_PRINTING_H
#define SU_TAP_PRINTING_H

#include <stdbool.h>

#include "render/out.h"

/** One -z argument; to be made part of what it prints. */
struct su_print {
    void (*print)(struct su_print *self, struct su_out *out);
    bool for_people; /* a blank line keeps it apart from what was printed before */
    bool is_printed; /* ahead of its turn; printing.c's own */
};

/** Announce it, when the -z argument is read. */
void su_print_add(struct su_print *print);

/** tshark asks for it: it and all others are printed, unless they have been already. */
void su_print_draw(struct su_print *print);

/** Print nothing more: nobody reads standard output any longer. */
void su_print_silence(void);

/** Something went wrong that the user has been told of: the program is to end with an error. */
void su_print_fail(void);

/** tshark is done with it. If something could not be written, the last one ends the program with an
 *  error; tshark itself would end with success. */
void su_print_remove(struct su_print *print);

#endif
