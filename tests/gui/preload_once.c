/* Makes LD_PRELOAD hold for the program that it was said to, and not for what that one starts:
 * Wireshark's dumpcap hangs at its end with a sanitizer in it that it was not built for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

__attribute__((constructor)) static void su_preload_once(void)
{
    unsetenv("LD_PRELOAD");
}
