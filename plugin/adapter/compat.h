/* compat.h: every difference between Wireshark 4.0, 4.4 and 4.6 that concerns us.
 * The only place that asks for the version.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SU_ADAPTER_COMPAT_H
#define SU_ADAPTER_COMPAT_H

#include <stdbool.h>
#include <stdint.h>

#include <ws_version.h>

#include <epan/packet.h>
#include <epan/prefs.h>

/** Is this Wireshark major.minor or later? Between 4.0 and 4.4 nothing was tried. */
#define SU_WIRESHARK_AT_LEAST(major, minor)                                                        \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                          \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* The variable behind a boolean preference; what callbacks of a table of preferences return. */
#if SU_WIRESHARK_AT_LEAST(4, 4)
typedef bool su_bool;
#else
typedef gboolean su_bool;
#endif

/* One octet of a buffer. */
static inline uint8_t su_tvb_octet(tvbuff_t *tvb, int at)
{
#if SU_WIRESHARK_AT_LEAST(4, 4)
    return tvb_get_uint8(tvb, at);
#else
    return tvb_get_guint8(tvb, at);
#endif
}

/* What plugin_describe() says; 4.0 does not ask. */
#if SU_WIRESHARK_AT_LEAST(4, 4)
#include <wsutil/plugins.h>
#define SU_PLUGIN_KINDS (WS_PLUGIN_DESC_DISSECTOR | WS_PLUGIN_DESC_TAP_LISTENER)
#else
#define SU_PLUGIN_KINDS 0
#endif

/* Where a preference of Wireshark's own tells conversations apart by interface or VLAN. */
#if SU_WIRESHARK_AT_LEAST(4, 4)
#include <wiretap/wtap.h> /* wtap_rec: not pulled in by packet.h any more */
static inline uint32_t su_interface_lane(const packet_info *pinfo)
{
    if (!(prefs.conversation_deinterlacing_key & CONV_DEINT_KEY_INTERFACE) || !pinfo->rec ||
        !(pinfo->rec->presence_flags & WTAP_HAS_INTERFACE_ID))
        return 0;
    return pinfo->rec->rec_header.packet_header.interface_id + 1;
}

static inline uint32_t su_vlan_lane(const packet_info *pinfo)
{
    return prefs.conversation_deinterlacing_key & CONV_DEINT_KEY_VLAN ? pinfo->vlan_id : 0;
}
#else
static inline uint32_t su_interface_lane(const packet_info *pinfo)
{
    (void)pinfo;
    return 0;
}

static inline uint32_t su_vlan_lane(const packet_info *pinfo)
{
    (void)pinfo;
    return 0;
}
#endif

/* What stands behind an entry of the menu "Conversation Filter"; its functions are given data of
 * the user's since 4.4. */
#include <epan/conversation_filter.h> /* wants packet_info to be known */
#if SU_WIRESHARK_AT_LEAST(4, 4)
#define SU_FILTER_ARGUMENTS   packet_info *pinfo, void *user
#define SU_FILTER_IGNORE_USER (void)user
/* NOLINTNEXTLINE(readability-identifier-naming): stands for a function */
#define su_register_conversation_filter(name, title, valid, build)                                 \
    register_conversation_filter(name, title, valid, build, NULL)
#else
#define SU_FILTER_ARGUMENTS packet_info *pinfo
#define SU_FILTER_IGNORE_USER
/* NOLINTNEXTLINE(readability-identifier-naming): stands for a function */
#define su_register_conversation_filter register_conversation_filter
#endif

#endif
