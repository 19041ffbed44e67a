# Script: cmake -DFROM=<file> -DTO=<directory> [-DSTRIP=<program>] -P PutPlugin.cmake
# Puts a plugin into a directory without ever writing into the old file: a tshark that has it
# loaded would crash. A new file beside it is renamed into its place.
#
# SPDX-License-Identifier: GPL-2.0-or-later
cmake_path(GET FROM FILENAME name)
string(RANDOM LENGTH 8 nonce)
set(fresh "${TO}/.${name}.${nonce}")
file(MAKE_DIRECTORY "${TO}")
file(COPY_FILE "${FROM}" "${fresh}" RESULT problem)
if(NOT problem STREQUAL "0")
    message(FATAL_ERROR "Cannot write to ${TO}: ${problem}")
endif()
if(STRIP)
    execute_process(COMMAND "${STRIP}" --strip-unneeded "${fresh}" COMMAND_ERROR_IS_FATAL ANY)
endif()
file(CHMOD "${fresh}" FILE_PERMISSIONS
    OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
file(RENAME "${fresh}" "${TO}/${name}")
if(NOT QUIET)
    message(STATUS "Installed ${TO}/${name}")
endif()
