# What `cmake --install` lays down. All of it is found relative to itself, so that the tree can be moved.
include(CMakePackageConfigHelpers)

# mtls_install_library(TARGET PACKAGE SUMMARY): the library with a CMake package (target mtls::<EXPORT_NAME>) and a
# pkg-config file, both named PACKAGE.
function(mtls_install_library target package summary)
    set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/${package})
    install(TARGETS ${target} EXPORT ${package}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libraries NAMELINK_COMPONENT libraries
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libraries)
    install(EXPORT ${package} NAMESPACE mtls:: FILE ${package}Config.cmake DESTINATION ${package_dir}
        COMPONENT libraries)
    write_basic_package_version_file("${PROJECT_BINARY_DIR}/${package}ConfigVersion.cmake"
        COMPATIBILITY SameMajorVersion)
    install(FILES "${PROJECT_BINARY_DIR}/${package}ConfigVersion.cmake" DESTINATION ${package_dir}
        COMPONENT libraries)

    file(RELATIVE_PATH pc_to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
    string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
    configure_file("${PROJECT_SOURCE_DIR}/cmake/library.pc.in" "${PROJECT_BINARY_DIR}/${package}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/${package}.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT libraries)
endfunction()

# mtls_add_pages(PROGRAM): the manual page and the completions that PROGRAM-pages writes.
function(mtls_add_pages program)
    set(pages_dir "${PROJECT_BINARY_DIR}/share")
    set(man "${pages_dir}/man/man1/${program}.1")
    set(bash "${pages_dir}/bash-completion/completions/${program}")
    set(zsh "${pages_dir}/zsh/site-functions/_${program}")
    file(MAKE_DIRECTORY "${pages_dir}/man/man1" "${pages_dir}/bash-completion/completions"
        "${pages_dir}/zsh/site-functions")
    add_custom_command(OUTPUT "${man}" "${bash}" "${zsh}"
        COMMAND ${program}-pages man > "${man}"
        COMMAND ${program}-pages bash > "${bash}"
        COMMAND ${program}-pages zsh > "${zsh}"
        DEPENDS ${program}-pages
        COMMENT "Pages of ${program}"
        VERBATIM)
    add_custom_target(${program}-share ALL DEPENDS "${man}" "${bash}" "${zsh}")
    install(FILES "${man}" DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tools)
    install(FILES "${bash}" DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT tools)
    install(FILES "${zsh}" DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT tools)
endfunction()
