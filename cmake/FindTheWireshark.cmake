# Finds Wireshark's development files and refuses what cannot work: a plugin is loaded only by the
# very major.minor version it was built for, so a mismatch is better told now than by tshark later.
# Sets SU_WIRESHARK_SERIES (such as 4.0) and SU_TSHARK; adds the target su_wireshark.
#
# SPDX-License-Identifier: GPL-2.0-or-later
find_package(Wireshark CONFIG QUIET)
if(NOT Wireshark_FOUND)
    message(FATAL_ERROR
        "Wireshark's development files were not found.\n"
        "On Debian: apt-get install wireshark-dev libwireshark-dev libglib2.0-dev\n"
        "Elsewhere: set CMAKE_PREFIX_PATH to where Wireshark is installed.")
endif()
if(Wireshark_VERSION VERSION_LESS 4.0)
    message(FATAL_ERROR
        "sockusage needs Wireshark 4.0 or later, but the development files found are of "
        "${Wireshark_VERSION} (${Wireshark_DIR}).")
endif()
set(SU_WIRESHARK_SERIES "${Wireshark_MAJOR_VERSION}.${Wireshark_MINOR_VERSION}")

# The plugin asks for the version in ws_version.h, whatever the CMake files say.
file(STRINGS "${Wireshark_INCLUDE_DIR}/ws_version.h" lines
    REGEX "^#define WIRESHARK_VERSION_(MAJOR|MINOR)[ \t]+[0-9]+")
list(TRANSFORM lines REPLACE ".*[ \t]([0-9]+).*" "\\1")
list(JOIN lines "." headers)
if(NOT headers STREQUAL SU_WIRESHARK_SERIES)
    message(FATAL_ERROR
        "Wireshark's headers in ${Wireshark_INCLUDE_DIR} are of version ${headers}, but its CMake "
        "files in ${Wireshark_DIR} are of ${Wireshark_VERSION}. Remove one of the two installations.")
endif()

find_program(SU_TSHARK tshark DOC "The tshark that will load the plugin")

function(su_check_tshark)
    if(CMAKE_CROSSCOMPILING)
        return()
    endif()
    if(NOT SU_TSHARK)
        message(WARNING "No tshark was found: whether it can load this plugin (built for Wireshark "
            "${SU_WIRESHARK_SERIES}) is not checked, and most tests cannot run.")
        return()
    endif()
    execute_process(COMMAND "${CMAKE_COMMAND}" -E env LC_ALL=C "${SU_TSHARK}" --version
        OUTPUT_VARIABLE text ERROR_QUIET)
    if(NOT text MATCHES "^[^\n]*[ v]([0-9]+\\.[0-9]+)\\.[0-9]")
        message(WARNING "${SU_TSHARK} does not tell its version; whether it can load this plugin "
            "(built for Wireshark ${SU_WIRESHARK_SERIES}) is not checked.")
        return()
    endif()
    set(series "${CMAKE_MATCH_1}")
    if(series STREQUAL SU_WIRESHARK_SERIES)
        return()
    endif()
    set(what "This plugin would be built for Wireshark ${SU_WIRESHARK_SERIES}, but ${SU_TSHARK} is "
        "Wireshark ${series} and would refuse to load it.")
    if(SU_ALLOW_OTHER_WIRESHARK)
        message(WARNING ${what})
        return()
    endif()
    message(FATAL_ERROR ${what} "\n"
        "Install the development files of ${series} (on Debian: wireshark-dev libwireshark-dev of the "
        "same release as tshark), or name another tshark with -DSU_TSHARK=/path/to/tshark.\n"
        "To build all the same, for another machine: -DSU_ALLOW_OTHER_WIRESHARK=ON")
endfunction()
su_check_tshark()

# What rooms link to. The version stands on the compiler's command line so that everything is
# compiled again after an upgrade: the new headers' files are older than our object files.
add_library(su_wireshark INTERFACE)
target_link_libraries(su_wireshark INTERFACE epan)
target_compile_definitions(su_wireshark INTERFACE SU_BUILT_FOR_WIRESHARK="${Wireshark_VERSION}")
