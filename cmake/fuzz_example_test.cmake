# Installs the built tree, builds examples/fuzz-gnutls.c against it by pkg-config, and fuzzes with it for a moment: the
# mutator is found, and what it makes is new to GnuTLS. Skipped without clang or GnuTLS's headers.
# cmake -DBUILD_DIR=... -DSOURCE_DIR=... -DWORK_DIR=... -P fuzz_example_test.cmake
find_program(CLANG clang)
execute_process(COMMAND pkg-config --exists gnutls RESULT_VARIABLE no_gnutls)
if(NOT CLANG OR no_gnutls)
    message("skipped: clang or libgnutls28-dev is missing")
    return()
endif()

function(run)
    cmake_parse_arguments(RUN "" "" "COMMAND" ${ARGN})
    execute_process(COMMAND ${RUN_COMMAND} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
        TIMEOUT 120)
    if(NOT result EQUAL 0)
        list(JOIN RUN_COMMAND " " command)
        message(FATAL_ERROR "${command}\ngave ${result}:\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK_DIR}")
file(MAKE_DIRECTORY "${WORK_DIR}/corpus" "${WORK_DIR}/seeds")
run(COMMAND ${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${WORK_DIR}/installed)
file(GLOB_RECURSE pc_file "${WORK_DIR}/installed/*/mtlsmutate.pc")
get_filename_component(pc_dir "${pc_file}" DIRECTORY)
get_filename_component(lib_dir "${pc_dir}" DIRECTORY)
run(COMMAND ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${pc_dir} pkg-config --cflags --libs mtlsmutate gnutls)
separate_arguments(flags UNIX_COMMAND "${output}")
run(COMMAND ${CLANG} -Wall -Wextra -Werror -std=c17 -fsanitize=fuzzer ${SOURCE_DIR}/examples/fuzz-gnutls.c
    -o ${WORK_DIR}/fuzz-gnutls ${flags})
run(COMMAND ${WORK_DIR}/installed/bin/mtls-gen scenario upload/leaf-only --out ${WORK_DIR}/case)
run(COMMAND openssl x509 -in ${WORK_DIR}/case/bundle.pem -outform DER -out ${WORK_DIR}/seeds/leaf)

run(COMMAND ${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${lib_dir} ${WORK_DIR}/fuzz-gnutls -seed=1 -runs=3000
    ${WORK_DIR}/corpus ${WORK_DIR}/seeds)
foreach(expected "found LLVMFuzzerCustomMutator" "MS: [0-9]+ .*Custom" "Done 3000 runs")
    if(NOT output MATCHES "${expected}")
        message(FATAL_ERROR "the fuzzer wrote no '${expected}':\n${output}")
    endif()
endforeach()
