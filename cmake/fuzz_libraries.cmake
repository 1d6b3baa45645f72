# The libraries that the fuzz target `differential` asks: those of conformance/adapters that are installed. Their
# adapters are compiled in from there, with main and adapter_main renamed (fuzz/libraries.c).
set(MTLS_FUZZ_ADAPTERS "")

# mtls_fuzz_adapter(NAME LIBRARIES...) compiles conformance/adapters/NAME/main.c in.
function(mtls_fuzz_adapter name)
    set(source "${PROJECT_SOURCE_DIR}/conformance/adapters/${name}/main.c")
    add_library(fuzz-adapter-${name} OBJECT "${source}")
    set_source_files_properties("${source}" PROPERTIES COMPILE_OPTIONS -Wno-missing-prototypes) # main has none
    string(TOUPPER ${name} upper)
    target_include_directories(fuzz-adapter-${name} PRIVATE "${PROJECT_SOURCE_DIR}/conformance/adapters")
    target_compile_definitions(fuzz-adapter-${name}
        PRIVATE _GNU_SOURCE main=mtlsfuzz_${name}_main adapter_main=mtlsfuzz_${name}_register
        INTERFACE MTLSFUZZ_WITH_${upper}=1)
    target_link_libraries(fuzz-adapter-${name} PRIVATE mtls_flags PUBLIC ${ARGN})
    set(MTLS_FUZZ_ADAPTERS ${MTLS_FUZZ_ADAPTERS} fuzz-adapter-${name} PARENT_SCOPE)
endfunction()

# An engine of somebody else's runs its fuzzers on machines without these libraries.
if(MTLS_FUZZ_ENGINE STREQUAL "" OR MTLS_FUZZ_ENGINE STREQUAL "libfuzzer")
    foreach(module gnutls wolfssl nss)
        string(TOUPPER ${module} upper)
        pkg_check_modules(FUZZ_${upper} QUIET IMPORTED_TARGET ${module})
        if(FUZZ_${upper}_FOUND)
            mtls_fuzz_adapter(${module} PkgConfig::FUZZ_${upper})
        endif()
    endforeach()
    find_path(MTLS_FUZZ_MBEDTLS_HEADERS mbedtls/x509_crt.h) # it comes without pkg-config files
    find_library(MTLS_FUZZ_MBEDX509 mbedx509)
    find_library(MTLS_FUZZ_MBEDCRYPTO mbedcrypto)
    mark_as_advanced(MTLS_FUZZ_MBEDTLS_HEADERS MTLS_FUZZ_MBEDX509 MTLS_FUZZ_MBEDCRYPTO)
    if(MTLS_FUZZ_MBEDTLS_HEADERS AND MTLS_FUZZ_MBEDX509 AND MTLS_FUZZ_MBEDCRYPTO)
        mtls_fuzz_adapter(mbedtls "${MTLS_FUZZ_MBEDX509}" "${MTLS_FUZZ_MBEDCRYPTO}")
    endif()
endif()

if(MTLS_FUZZ_ADAPTERS)
    mtls_fuzz_adapter(openssl OpenSSL::SSL OpenSSL::Crypto)
    add_library(fuzz-adapter-c OBJECT "${PROJECT_SOURCE_DIR}/conformance/adapters/c/adapter.c")
    target_include_directories(fuzz-adapter-c PRIVATE "${PROJECT_SOURCE_DIR}/conformance/adapters")
    target_compile_definitions(fuzz-adapter-c PRIVATE _GNU_SOURCE)
    target_link_libraries(fuzz-adapter-c PRIVATE mtls_flags PUBLIC PkgConfig::JANSSON)
    list(APPEND MTLS_FUZZ_ADAPTERS fuzz-adapter-c)
else()
    message(STATUS "The fuzz target `differential` is left out: none of gnutls, mbedtls, nss and wolfssl is here")
endif()
