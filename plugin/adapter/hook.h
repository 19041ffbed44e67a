/* hook.h: where Wireshark's dissection meets us.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_HOOK_H
#define SU_ADAPTER_HOOK_H

/** Register our protocol, its fields, preferences and tap: from a plugin's register_protoinfo. */
void su_adapter_register(void);

/** Put ourselves in front of TCP, UDP and ICMP: from a plugin's register_handoff. */
void su_adapter_handoff(void);

#endif
