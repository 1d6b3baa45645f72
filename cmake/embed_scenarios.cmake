# cmake -DROOT=<folder> -DLIST=<file with one path a line> -DOUT=<file.c> -P embed_scenarios.cmake
#
# Writes a C file with the bytes of each scenario under ROOT, in the byte order of their ids. An id is the path
# below ROOT without ".yaml".
file(STRINGS "${LIST}" paths ENCODING UTF-8) # a folder of any name may hold the checkout
list(SORT paths COMPARE STRING)

set(text "#include \"gen/catalog.h\"\n\n")
set(rows "")
set(number 0)
foreach(path IN LISTS paths)
    file(RELATIVE_PATH id "${ROOT}" "${path}")
    string(REGEX REPLACE "\\.yaml$" "" id "${id}")
    file(READ "${path}" hex HEX)
    string(LENGTH "${hex}" len)
    math(EXPR len "${len} / 2")
    string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    string(APPEND text "static const uint8_t scenario_${number}[] = {\n${hex}0};\n")
    string(APPEND rows "    {.id = \"${id}\", .text = {scenario_${number}, ${len}}},\n")
    math(EXPR number "${number} + 1")
endforeach()
string(APPEND text "\nconst mtlsgen_catalog_entry mtlsgen_builtin_scenarios[] = {\n${rows}    {0},\n};\n")
string(APPEND text "const size_t mtlsgen_num_builtin_scenarios = ${number};\n")
file(WRITE "${OUT}" "${text}")
