# Every compiler and linker flag of the project, in one interface target that all targets link.
set(MTLS_SANITIZE "" CACHE STRING "Sanitizers for -fsanitize=, for example address,undefined")
option(MTLS_COVERAGE "Instrument for gcov" OFF)
option(MTLS_WERROR "Warnings are errors; OFF for compilers newer than those that ci/test.sh uses" ON)

add_library(mtls_flags INTERFACE)
target_compile_features(mtls_flags INTERFACE c_std_17)
target_compile_definitions(mtls_flags INTERFACE _POSIX_C_SOURCE=200809L)
target_include_directories(mtls_flags INTERFACE
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>"
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>")
target_compile_options(mtls_flags INTERFACE
    -Wall -Wextra $<$<BOOL:${MTLS_WERROR}>:-Werror> -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes
    -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wpointer-arith -Wvla -Wundef -Wformat=2
    -fno-common -fvisibility=hidden)

# Paths in messages and debug information are those of the repository, so that a build does not tell where it was made.
target_compile_options(mtls_flags INTERFACE
    "$<$<CONFIG:Release>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.;-ffile-prefix-map=${PROJECT_BINARY_DIR}=build>")

# Hardening: bounds-checked libc calls, stack protection, read-only relocations, position independence.
target_compile_options(mtls_flags INTERFACE
    "$<$<CONFIG:Release>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2;-fstack-protector-strong;-fstack-clash-protection>")
target_link_options(mtls_flags INTERFACE "$<$<CONFIG:Release>:-Wl,-z,relro,-z,now,-z,noexecstack>")
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

if(MTLS_SANITIZE)
    target_compile_options(mtls_flags INTERFACE
        -fsanitize=${MTLS_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(mtls_flags INTERFACE -fsanitize=${MTLS_SANITIZE})
endif()
if(MTLS_COVERAGE)
    target_compile_options(mtls_flags INTERFACE --coverage -fprofile-update=atomic)
    target_link_options(mtls_flags INTERFACE --coverage)
endif()
