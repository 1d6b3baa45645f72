# How a fuzz target is built: by default with the replay driver, so that every compiler runs it over its seeds; with
# MTLS_FUZZ_ENGINE as a fuzzer. OSS-Fuzz and ClusterFuzzLite name their engine in LIB_FUZZING_ENGINE and choose the
# instrumentation in CFLAGS: nothing is added to it then.
set(MTLS_FUZZ_ENGINE "$ENV{LIB_FUZZING_ENGINE}" CACHE STRING
    "Empty: the replay driver. libfuzzer: clang's own. Anything else is given to the linker as it is")
set(MTLS_FUZZ_SEEDS "" CACHE PATH "Seeds made before; empty: made by this build's mtls-gen")
set(MTLS_FUZZ_DIR "${PROJECT_BINARY_DIR}/fuzz")

if(MTLS_FUZZ_ENGINE STREQUAL "libfuzzer")
    target_compile_options(mtls_flags INTERFACE -fsanitize=fuzzer-no-link)
elseif(MTLS_FUZZ_ENGINE)
    enable_language(CXX) # such engines are C++
endif()

# mtls_fuzz_program(NAME SOURCES... LIBRARIES...) links one fuzzing or replaying program into build/<preset>/fuzz.
function(mtls_fuzz_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES;DEFINITIONS")
    add_executable(fuzz-${name} ${arg_SOURCES})
    set_target_properties(fuzz-${name} PROPERTIES OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${MTLS_FUZZ_DIR}")
    target_compile_definitions(fuzz-${name} PRIVATE ${arg_DEFINITIONS})
    add_dependencies(fuzz-all fuzz-${name})
    target_link_libraries(fuzz-${name} PRIVATE mtls_flags mtlsfuzz ${arg_LIBRARIES})
    if(MTLS_FUZZ_ENGINE STREQUAL "libfuzzer")
        target_link_options(fuzz-${name} PRIVATE -fsanitize=fuzzer)
    elseif(MTLS_FUZZ_ENGINE)
        target_link_libraries(fuzz-${name} PRIVATE ${MTLS_FUZZ_ENGINE})
        set_target_properties(fuzz-${name} PROPERTIES LINKER_LANGUAGE CXX)
    else()
        target_link_libraries(fuzz-${name} PRIVATE mtlsfuzz_replay)
    endif()
endfunction()

# mtls_fuzz_replay(PROGRAM TARGET REGRESSIONS_REACH) registers the replay of a program over its target's seeds and
# regressions. The seeds, or if REGRESSIONS_REACH both, must get to every oracle and place that the target names.
function(mtls_fuzz_replay program target regressions_reach)
    if(NOT BUILD_TESTING OR MTLS_FUZZ_ENGINE OR NOT MTLS_FUZZ_SEEDS_DIR)
        return()
    endif()
    set(then "--then")
    if(regressions_reach)
        set(then "")
    endif()
    add_test(NAME fuzz-${program} COMMAND fuzz-${program} --require-reached "${MTLS_FUZZ_SEEDS_DIR}/${target}"
        ${then} "${PROJECT_SOURCE_DIR}/fuzz/regressions/${target}")
endfunction()

# An engine's custom mutators; not under MemorySanitizer, which takes what libcrypto signs for uninitialised.
set(MTLS_FUZZ_MUTATORS OFF)
if(MTLS_FUZZ_ENGINE AND NOT "${MTLS_SANITIZE} ${CMAKE_C_FLAGS}" MATCHES "memory")
    set(MTLS_FUZZ_MUTATORS ON)
endif()

# mtls_fuzz_target(NAME SOURCES... LIBRARIES... ORACLE_SOURCES... ORACLE_LIBRARIES... LIES... MUTATOR...) builds NAME, which checks
# the cheap invariants; where there are ORACLE_SOURCES, NAME-oracle, the same source with the second opinion compiled in;
# and NAME-control, which shows that the oracles of both can fail: fuzz/controls/NAME.c wraps the functions in LIES. A
# build with sanitizers does without it, since it would show the same again, slowly.
function(mtls_fuzz_target name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "REGRESSIONS_REACH" "" "SOURCES;LIBRARIES;ORACLE_SOURCES;ORACLE_LIBRARIES;LIES;MUTATOR")
    if(MTLS_FUZZ_MUTATORS AND arg_MUTATOR)
        list(APPEND arg_SOURCES ${arg_MUTATOR})
        list(APPEND arg_LIBRARIES mtlsmutate)
    endif()
    set(oracle SOURCES ${arg_SOURCES} ${arg_ORACLE_SOURCES} LIBRARIES ${arg_LIBRARIES} ${arg_ORACLE_LIBRARIES})
    add_custom_command(OUTPUT "${MTLS_FUZZ_DIR}/${name}.dict"
        COMMAND fuzz-dictionary ${name} > "${MTLS_FUZZ_DIR}/${name}.dict"
        DEPENDS fuzz-dictionary
        COMMENT "Making the dictionary of ${name}"
        VERBATIM)
    add_custom_target(fuzz-${name}-dictionary ALL DEPENDS "${MTLS_FUZZ_DIR}/${name}.dict")
    add_dependencies(fuzz-all fuzz-${name}-dictionary)
    mtls_fuzz_program(${name} SOURCES ${arg_SOURCES} LIBRARIES ${arg_LIBRARIES})
    mtls_fuzz_replay(${name} ${name} ${arg_REGRESSIONS_REACH})
    if(arg_ORACLE_SOURCES)
        list(APPEND oracle DEFINITIONS MTLSFUZZ_SECOND_OPINION=1)
        mtls_fuzz_program(${name}-oracle ${oracle})
        mtls_fuzz_replay(${name}-oracle ${name} ${arg_REGRESSIONS_REACH})
    endif()
    if(BUILD_TESTING AND NOT MTLS_FUZZ_ENGINE AND NOT MTLS_SANITIZE)
        cmake_parse_arguments(control "" "" "SOURCES;LIBRARIES;DEFINITIONS" ${oracle})
        add_executable(fuzz-${name}-control ${control_SOURCES} controls/${name}.c)
        set_target_properties(fuzz-${name}-control PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
        target_compile_definitions(fuzz-${name}-control PRIVATE ${control_DEFINITIONS})
        target_link_libraries(fuzz-${name}-control PRIVATE mtls_flags mtlsfuzz mtlsfuzz_control ${control_LIBRARIES})
        foreach(function IN LISTS arg_LIES)
            target_link_options(fuzz-${name}-control PRIVATE "-Wl,--wrap=${function}")
        endforeach()
        if(MTLS_FUZZ_SEEDS_DIR)
            add_test(NAME fuzz-${name}-control COMMAND fuzz-${name}-control "${MTLS_FUZZ_SEEDS_DIR}/${name}"
                "${PROJECT_SOURCE_DIR}/fuzz/regressions/${name}")
        endif()
    endif()
endfunction()
