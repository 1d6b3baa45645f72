# Where results land, and how a test is declared.
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/lib")
include(GNUInstallDirs)

# mtls_add_test(NAME SOURCE LIBRARY...) builds one cmocka program and registers it with ctest.
function(mtls_add_test name source)
    if(NOT BUILD_TESTING)
        return()
    endif()
    add_executable(${name} ${source})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
    target_link_libraries(${name} PRIVATE mtls_flags PkgConfig::CMOCKA ${ARGN})
    add_test(NAME ${name} COMMAND ${name})
endfunction()

# mtls_add_memory_test(NAME SOURCE LIBRARY...): one that lets allocations fail, by core/tests/failing_malloc.h.
function(mtls_add_memory_test name source)
    mtls_add_test(${name} ${source} ${ARGN})
    if(BUILD_TESTING)
        target_sources(${name} PRIVATE "${PROJECT_SOURCE_DIR}/core/tests/failing_malloc.c")
        target_link_libraries(${name} PRIVATE OpenSSL::Crypto)
        target_link_options(${name} PRIVATE LINKER:--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=free)
    endif()
endfunction()
