# What besides the plugin is installed (manual pages, documents, profiles, sockusage-doctor), and the
# Debian package made of all that: cpack -G DEB. See scripts/package.
#
# SPDX-License-Identifier: GPL-2.0-or-later
find_program(SU_GZIP gzip)
set(SU_NAME wireshark-plugin-sockusage)
set(SU_DOC share/doc/${SU_NAME})

set(CPACK_PACKAGE_NAME ${SU_NAME})
set(CPACK_PACKAGE_CONTACT "sockusage contributors <sockusage@packages.debian.org>")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}+wireshark${SU_WIRESHARK_SERIES}")

# su_install_gzip(<file> <folder>): compressed, and the same bytes every time.
function(su_install_gzip file folder)
    cmake_path(GET file FILENAME name)
    set(packed "${PROJECT_BINARY_DIR}/packed/${name}.gz")
    add_custom_command(OUTPUT "${packed}" VERBATIM
        COMMAND "${CMAKE_COMMAND}" -E make_directory "${PROJECT_BINARY_DIR}/packed"
        COMMAND sh -c "\"\$1\" -9nc \"\$2\" >\"\$3\"" sh "${SU_GZIP}" "${file}" "${packed}"
        DEPENDS "${file}")
    set_property(GLOBAL APPEND PROPERTY SU_PACKED "${packed}")
    install(FILES "${packed}" DESTINATION "${folder}")
endfunction()

if(SU_GZIP)
    su_install_gzip("${PROJECT_SOURCE_DIR}/docs/sockusage.7" share/man/man7)
    su_install_gzip("${PROJECT_SOURCE_DIR}/docs/man/sockusage-doctor.1" share/man/man1)
    su_install_gzip("${PROJECT_SOURCE_DIR}/docs/man/sockusage-stat.1" share/man/man1)
    string(TIMESTAMP SU_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
    configure_file("${PROJECT_SOURCE_DIR}/packaging/changelog.in"
        "${PROJECT_BINARY_DIR}/generated/changelog" @ONLY)
    su_install_gzip("${PROJECT_BINARY_DIR}/generated/changelog" ${SU_DOC})
    get_property(packed GLOBAL PROPERTY SU_PACKED)
    add_custom_target(packed ALL DEPENDS ${packed})
endif()
install(PROGRAMS "${PROJECT_SOURCE_DIR}/packaging/sockusage-doctor" DESTINATION bin)
file(GLOB documents "${PROJECT_SOURCE_DIR}/docs/*.md" "${PROJECT_SOURCE_DIR}/docs/*.json")
install(FILES "${PROJECT_SOURCE_DIR}/README.md" "${PROJECT_SOURCE_DIR}/CHANGELOG.md"
    "${PROJECT_SOURCE_DIR}/packaging/copyright" ${documents}
    DESTINATION ${SU_DOC})
# Whatever profiles there are: Wireshark lists them as global ones.
if(IS_DIRECTORY "${PROJECT_SOURCE_DIR}/profile")
    install(DIRECTORY "${PROJECT_SOURCE_DIR}/profile/" DESTINATION share/wireshark/profiles)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR sockusage)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "python3:any") # for sockusage-stat
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "tshark | wireshark")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "how every TCP connection in a capture lived and died")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Plugin for Wireshark and tshark. For each TCP connection in a capture it tells\n"
    "who is the client and who the server, the result of the handshake, the state of\n"
    "both sockets, how and by whom the connection was closed, what lingers and where\n"
    "time was lost: as display filter fields, as tables and as JSON or CSV.\n"
    ".\n"
    "It belongs to the very version of Wireshark that it depends on.")
list(JOIN CPACK_DEBIAN_PACKAGE_DESCRIPTION "" CPACK_DEBIAN_PACKAGE_DESCRIPTION)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
