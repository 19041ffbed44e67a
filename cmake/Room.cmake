# su_room(): one room of the plugin = one static library, which sees only the rooms it links to.
# A room's headers are reached as "<room>/<header>.h" through a directory of symbolic links that
# holds nothing but that room; so what is not linked cannot be included.
#
# SPDX-License-Identifier: GPL-2.0-or-later

# su_room(<name> [SEES <targets>...] [BEHIND <rooms>...] [FLAGS <options>...])
#   SEES    rooms and libraries whose headers this room's own headers and sources may include
#   BEHIND  rooms that must be linked, but whose headers stay out of sight
#   FLAGS   further compiler flags
# A room without any .c file yet is a library of headers. A room that can be built without
# Wireshark also exists as <name>_san, with the sanitizers, for the tests.
function(su_room name)
    cmake_parse_arguments(PARSE_ARGV 1 ROOM "" "" "SEES;BEHIND;FLAGS")
    set(door "${PROJECT_BINARY_DIR}/rooms/${name}")
    file(MAKE_DIRECTORY "${door}")
    file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}" "${door}/${name}" SYMBOLIC)
    file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.c")

    su_room_library(${name} su_options "")
    if(SU_TESTS AND NOT SU_SANITIZE AND NOT "su_wireshark" IN_LIST ROOM_SEES)
        su_room_library(${name}_san su_options_san "_san")
        if(sources)
            set_target_properties(${name}_san PROPERTIES EXCLUDE_FROM_ALL ON)
        endif()
    endif()
endfunction()

# Part of su_room(), and uses its variables.
macro(su_room_library target options suffix)
    set(seen "")
    foreach(library IN LISTS ROOM_SEES)
        if("${suffix}" AND TARGET ${library}${suffix})
            list(APPEND seen ${library}${suffix})
        else()
            list(APPEND seen ${library})
        endif()
    endforeach()
    set(behind "")
    foreach(library IN LISTS ROOM_BEHIND)
        list(APPEND behind $<LINK_ONLY:${library}${suffix}>)
    endforeach()

    if(sources)
        add_library(${target} STATIC ${sources})
        set(scope PUBLIC)
        target_link_libraries(${target} PRIVATE ${options})
        target_compile_options(${target} PRIVATE ${ROOM_FLAGS})
        if(NOT "${suffix}")
            su_optimise_whole(${target})
            if(TARGET su_fortify)
                target_link_libraries(${target} PRIVATE su_fortify)
            endif()
        endif()
    else()
        add_library(${target} INTERFACE)
        set(scope INTERFACE)
    endif()
    target_include_directories(${target} ${scope} "${door}")
    target_link_libraries(${target} ${scope} ${seen} INTERFACE ${behind})
endmacro()

# su_room_front(<target> <room> <headers>...): the few headers of a room that others may know.
function(su_room_front target room)
    set(door "${PROJECT_BINARY_DIR}/rooms/${target}")
    file(REMOVE_RECURSE "${door}")
    file(MAKE_DIRECTORY "${door}/${room}")
    foreach(header IN LISTS ARGN)
        file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}/${header}" "${door}/${room}/${header}"
            SYMBOLIC)
    endforeach()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${door}")
endfunction()
