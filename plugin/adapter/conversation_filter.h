/* conversation_filter.h: the entries of ours in Wireshark's menu "Conversation Filter".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_CONVERSATION_FILTER_H
#define SU_ADAPTER_CONVERSATION_FILTER_H

void su_conversation_filter_register(void);

#endif
