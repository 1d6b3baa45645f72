# Packages: `cpack -G DEB` makes one for the tools, one for the libraries and one for the corpus. ci/package.sh makes all
# that a release holds, twice, and compares. SOURCE_DATE_EPOCH is the time that the files in a package bear.
set(CPACK_PACKAGE_NAME mtls-gauntlet)
set(CPACK_PACKAGE_VENDOR "The mtls-gauntlet authors")
set(CPACK_PACKAGE_CONTACT "The mtls-gauntlet authors <authors@mtls-gauntlet.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
set(CPACK_STRIP_FILES ON)

set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENTS_ALL tools libraries corpus)

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME mtls-gauntlet)
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS mtls-gauntlet-corpus)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "mtls-gen makes the cases, byte for byte the same everywhere. mtls-validate tells what a gateway answers for an uploaded
file of trusted client CA certificates and for a client's chain, and why.")

set(CPACK_DEBIAN_LIBRARIES_PACKAGE_NAME libmtls-gauntlet-dev)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_LIBRARIES_DESCRIPTION "The libraries: certificates for tests, and their verdicts. Shared objects with headers, pkg-config files and CMake
packages.")

set(CPACK_DEBIAN_CORPUS_PACKAGE_NAME mtls-gauntlet-corpus)
set(CPACK_DEBIAN_CORPUS_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_CORPUS_PACKAGE_SHLIBDEPS OFF)
set(CPACK_COMPONENT_CORPUS_DESCRIPTION "The base suite as a folder a case, with the answer that must come back, and the JSON Schemas of its files. Its keys are
public: test keys.")

include(CPack)
