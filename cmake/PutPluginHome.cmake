# Script: cmake -DFROM=<file> -DSERIES=<x.y> -DGLOBAL=<directory> -DPROFILES=<directory>
#               -DTSHARK=<program> -P PutPluginHome.cmake
# Installs the plugin and its profiles for the current user only, where that can work.
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

# Profiles belong to the user once they are there, and are never written over.
function(put_profiles)
    execute_process(COMMAND "${TSHARK}" -G folders OUTPUT_VARIABLE folders ERROR_QUIET)
    if(NOT folders MATCHES "Personal configuration:[ \t]*([^\n]+)")
        message(WARNING "${TSHARK} does not tell where profiles belong; see ${PROFILES}.")
        return()
    endif()
    set(target "${CMAKE_MATCH_1}/profiles")
    file(GLOB names RELATIVE "${PROFILES}" "${PROFILES}/*")
    foreach(name IN LISTS names)
        if(EXISTS "${target}/${name}")
            message(STATUS "Kept ${target}/${name}")
            continue()
        endif()
        file(COPY "${PROFILES}/${name}" DESTINATION "${target}")
        message(STATUS "Installed ${target}/${name}")
    endforeach()
endfunction()
put_profiles()
