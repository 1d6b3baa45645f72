# Installs the built tree, moves it elsewhere, and builds and runs an example against it, by the CMake package and by
# pkg-config. cmake -DBUILD_DIR=... -DSOURCE_DIR=... -DWORK_DIR=... -P install_test.cmake
function(run)
    cmake_parse_arguments(RUN "" "RESULT;MATCHES" "COMMAND" ${ARGN})
    execute_process(COMMAND ${RUN_COMMAND} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output
        TIMEOUT 120)
    if(NOT DEFINED RUN_RESULT)
        set(RUN_RESULT 0)
    endif()
    list(JOIN RUN_COMMAND " " command)
    if(NOT result EQUAL RUN_RESULT)
        message(FATAL_ERROR "${command}\ngave ${result}, not ${RUN_RESULT}:\n${output}")
    endif()
    if(DEFINED RUN_MATCHES AND NOT output MATCHES "${RUN_MATCHES}")
        message(FATAL_ERROR "${command}\nwrote no '${RUN_MATCHES}':\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK_DIR}")
file(MAKE_DIRECTORY "${WORK_DIR}")
run(COMMAND ${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix ${WORK_DIR}/first)
file(RENAME "${WORK_DIR}/first" "${WORK_DIR}/moved")

run(COMMAND openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30
    -subj "/CN=TEST DO NOT TRUST root" -addext basicConstraints=critical,CA:TRUE
    -keyout ${WORK_DIR}/root.key -out ${WORK_DIR}/root.pem)
file(WRITE "${WORK_DIR}/empty.pem" "")

run(COMMAND ${CMAKE_COMMAND} -S ${SOURCE_DIR}/examples -B ${WORK_DIR}/examples
    -DCMAKE_PREFIX_PATH=${WORK_DIR}/moved)
run(COMMAND ${CMAKE_COMMAND} --build ${WORK_DIR}/examples)
run(COMMAND ${WORK_DIR}/examples/preflight ${WORK_DIR}/root.pem MATCHES "CN=TEST DO NOT TRUST root")
run(COMMAND ${WORK_DIR}/examples/preflight ${WORK_DIR}/empty.pem RESULT 1 MATCHES "MustSpecifyData")


# What one library makes, the other takes; made twice, it is the same.
foreach(again a b)
    file(MAKE_DIRECTORY "${WORK_DIR}/${again}")
    run(COMMAND ${CMAKE_COMMAND} -E chdir ${WORK_DIR}/${again} ${WORK_DIR}/examples/fixtures)
endforeach()
foreach(name bundle.pem client.pem client.key)
    run(COMMAND ${CMAKE_COMMAND} -E compare_files ${WORK_DIR}/a/${name} ${WORK_DIR}/b/${name})
endforeach()
run(COMMAND ${WORK_DIR}/examples/preflight ${WORK_DIR}/a/bundle.pem MATCHES "clientCertIssuerDN CN=int, O=")
run(COMMAND openssl verify -purpose sslclient -CAfile ${WORK_DIR}/a/bundle.pem ${WORK_DIR}/a/client.pem MATCHES "OK")
run(COMMAND openssl pkey -in ${WORK_DIR}/a/client.key -noout)
file(GLOB_RECURSE pc_file "${WORK_DIR}/moved/*/mtlsvalidate.pc")
get_filename_component(pc_dir "${pc_file}" DIRECTORY)
run(COMMAND ${CMAKE_COMMAND} -E env PKG_CONFIG_PATH=${pc_dir} pkg-config --cflags --libs mtlsvalidate)
separate_arguments(flags UNIX_COMMAND "${output}")
run(COMMAND cc -Wall -Wextra -Werror -pedantic -std=c17 ${SOURCE_DIR}/examples/preflight.c -o ${WORK_DIR}/preflight
    ${flags})
get_filename_component(lib_dir "${pc_dir}" DIRECTORY)
run(COMMAND ${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${lib_dir} ${WORK_DIR}/preflight ${WORK_DIR}/root.pem
    MATCHES "CN=TEST DO NOT TRUST root")

# A header compiles alone, in C and in C++.
foreach(language c c++)
    foreach(header bytes status validate generate mutate)
        run(COMMAND ${CMAKE_COMMAND} -E env cc -x ${language} -fsyntax-only -Wall -Wextra -Werror -I${WORK_DIR}/moved/include
            ${WORK_DIR}/moved/include/mtls/${header}.h)
    endforeach()
endforeach()
run(COMMAND ${WORK_DIR}/moved/bin/mtls-validate upload ${WORK_DIR}/root.pem MATCHES "accepted")
