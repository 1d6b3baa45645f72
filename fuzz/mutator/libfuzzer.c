#include <mtls/mutate.h>

/* libFuzzer's hooks have no place to keep a mutator: this is the one for the life of the program. */
mtlsmut *mtlsmut_libfuzzer(mtlsmut_format format,
                           size_t (*mutate_bytes)(uint8_t *data, size_t size, size_t max_size)) {
    static mtlsmut *only;
    static bool failed;
    if (only == NULL && !failed) {
        mtlsmut_options options = {.format = format, .mutate_bytes = mutate_bytes};
        failed = mtlsmut_new(&options, &only) != MTLS_OK;
    }
    return only;
}
