/* plugin.c: the symbols that Wireshark looks for in a plugin.
 * Everything else is hidden. It is loaded only by the Wireshark version it was built for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <ws_symbol_export.h>
#include <ws_version.h>

#include <epan/proto.h>

#include "adapter/compat.h"
#include "adapter/hook.h"
#include "live/live.h"
#include "su_version.h"
#include "tap/tap.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = SU_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

static void register_protoinfo(void)
{
    su_adapter_register();
    su_tap_register();
    su_live_register();
}

void plugin_register(void)
{
    static proto_plugin plugin;

    plugin.register_protoinfo = register_protoinfo;
    plugin.register_handoff = su_adapter_handoff;
    proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void)
{
    return SU_PLUGIN_KINDS;
}
