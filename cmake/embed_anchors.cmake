# cmake -DFACTS=<facts.md> -DSOURCES=<sources.md> -DCOVERAGE=<coverage.def> -DOUT=<file.c> -P embed_anchors.cmake
#
# Writes a C file with the anchors that a scenario may cite: the rows of docs/facts.md, the headings of the seed document
# in docs/sources.md, and its sentences in gen/coverage.def. A scenario that cites what is not there is told so.
set(rows "")
function(take file pattern prefix)
    file(READ "${file}" text)
    string(REGEX MATCHALL "\n${pattern}" found "\n${text}")
    foreach(each IN LISTS found)
        string(REGEX REPLACE "^.*[`\"]([^`\"]+)[`\"]$" "\\1" each "${each}")
        set(rows "${rows}    \"${prefix}${each}\",\n")
    endforeach()
    if(NOT found)
        message(FATAL_ERROR "no anchors in ${file}: has its table changed?")
    endif()
    set(rows "${rows}" PARENT_SCOPE)
endfunction()
take("${FACTS}" "\\| `[a-z0-9-]+`" "facts#")
take("${SOURCES}" "\\| `seed#[a-z0-9-]+`" "")
take("${COVERAGE}" "SENTENCE\\(\"[^\"]+\"" "")
set(text "#include \"gen/anchor.h\"\n\nconst char *const mtlsgen_anchors[] = {\n${rows}};\n")
string(APPEND text "const size_t mtlsgen_num_anchors = sizeof mtlsgen_anchors / sizeof mtlsgen_anchors[0];\n")
file(WRITE "${OUT}" "${text}")
