# Script: cmake -DFROM=<file> -DSERIES=<x.y> -DGLOBAL=<directory> -P PutPluginHome.cmake
# Installs the plugin for the current user only, where that can work.
#
# SPDX-License-Identifier: GPL-2.0-or-later
execute_process(COMMAND id -u OUTPUT_VARIABLE uid OUTPUT_STRIP_TRAILING_WHITESPACE)
if(uid STREQUAL "0")
    message(FATAL_ERROR "Wireshark loads no personal plugins for root; use: cmake --install <build>")
endif()
if("$ENV{HOME}" STREQUAL "")
    message(FATAL_ERROR "HOME is not set, so there is no personal plugin folder.")
endif()
set(TO "$ENV{HOME}/.local/lib/wireshark/plugins/${SERIES}/epan")
include("${CMAKE_CURRENT_LIST_DIR}/PutPlugin.cmake")
if(EXISTS "${GLOBAL}/sockusage.so")
    message(WARNING "${GLOBAL}/sockusage.so exists too, and Wireshark prefers it.")
endif()
