# Compiler flags of every target: su_options is linked by all rooms and all tests.
# Flags that only one room wants stand in that room's CMakeLists.txt.
#
# SPDX-License-Identifier: GPL-2.0-or-later
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "Build type" FORCE)
endif()

set(SU_SANITIZE_FLAGS -fsanitize=address,undefined -fno-sanitize-recover=all
    -fno-omit-frame-pointer -fno-common)

add_library(su_options INTERFACE)
target_compile_options(su_options INTERFACE
    -Wall -Wextra -Wshadow -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes
    -fstack-protector-strong)
if(SU_WERROR)
    target_compile_options(su_options INTERFACE -Werror)
endif()
# Ask for nothing of the C library beyond POSIX, the same on every system.
target_compile_definitions(su_options INTERFACE _POSIX_C_SOURCE=200809L)
target_link_options(su_options INTERFACE LINKER:-z,relro LINKER:-z,now)

if(SU_SANITIZE)
    target_compile_options(su_options INTERFACE ${SU_SANITIZE_FLAGS})
    target_link_options(su_options INTERFACE ${SU_SANITIZE_FLAGS})
    if(SU_FUZZ)
        target_compile_options(su_options INTERFACE -fsanitize=fuzzer-no-link)
    endif()
else()
    # Needs optimisation, and hides errors from AddressSanitizer.
    add_library(su_fortify INTERFACE)
    target_compile_options(su_fortify INTERFACE
        $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE>
        $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-D_FORTIFY_SOURCE=2>)
endif()

# What users run is optimised across files and rooms: a segment's way through the engine is many small
# functions. Not where code is to be looked at: a debugger, a sanitizer and a line counter want the
# functions as they were written. Objects also hold plain code, so that the many programs of the tests
# need not be optimised one by one as they are linked.
option(SU_LTO "Optimise across files when linking (builds of type Release and RelWithDebInfo)" ON)
set(SU_LTO_WORKS OFF)
if(SU_LTO AND NOT SU_SANITIZE AND CMAKE_C_COMPILER_ID STREQUAL "GNU" AND
    NOT CMAKE_C_FLAGS MATCHES "--coverage|-fprofile-arcs")
    include(CheckIPOSupported)
    check_ipo_supported(RESULT SU_LTO_WORKS LANGUAGES C)
endif()

# su_optimise_whole(<target>): a part of what users run, or the whole.
function(su_optimise_whole target)
    if(NOT SU_LTO_WORKS)
        return()
    endif()
    set_target_properties(${target} PROPERTIES
        INTERPROCEDURAL_OPTIMIZATION_RELEASE ON
        INTERPROCEDURAL_OPTIMIZATION_RELWITHDEBINFO ON)
    target_compile_options(${target} PRIVATE
        $<$<CONFIG:Release,RelWithDebInfo>:-ffat-lto-objects>)
    # In one piece: it is small, and for several gcc wants to run make, which need not be there.
    target_link_options(${target} PRIVATE
        $<$<CONFIG:Release,RelWithDebInfo>:-flto-partition=one>)
endfunction()

# su_leave_parts(<target>): a program of the tests, linked of the parts as they are.
function(su_leave_parts target)
    if(SU_LTO_WORKS)
        target_link_options(${target} PRIVATE -fno-lto)
    endif()
endfunction()

# The same flags with the sanitizers on top, for tests of the rooms that need no Wireshark.
add_library(su_options_san INTERFACE)
target_link_libraries(su_options_san INTERFACE su_options)
target_compile_options(su_options_san INTERFACE ${SU_SANITIZE_FLAGS})
target_link_options(su_options_san INTERFACE ${SU_SANITIZE_FLAGS})

# The version number in C: su_version.h.
configure_file("${PROJECT_SOURCE_DIR}/cmake/su_version.h.in"
    "${PROJECT_BINARY_DIR}/generated/su_version.h" @ONLY)
add_library(su_version INTERFACE)
target_include_directories(su_version INTERFACE "${PROJECT_BINARY_DIR}/generated")
