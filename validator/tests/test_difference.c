#include "core/tests/cmocka_includes.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include "validator/certificate.h"
#include "validator/difference.h"
#include "validator/tests/faulty.h"

static bool libcrypto_takes(const mtls_buf *der) {
    const unsigned char *at = der->data;
    X509 *certificate = d2i_X509(NULL, &at, (long)der->len);
    X509_free(certificate);
    ERR_clear_error();
    return certificate != NULL;
}

static void libcrypto_does_with_each_fault_what_the_table_of_faults_says(void **state) {
    (void)state;
    for (size_t i = 0; i < num_faulty_certificates; i++) {
        mtls_buf der = {.max = 1 << 20};
        faulty_assemble(&faulty_certificates[i], &der);
        if (libcrypto_takes(&der) != faulty_certificates[i].libcrypto_takes_it) {
            fail_msg("%s: libcrypto %s it", faulty_certificates[i].name,
                     faulty_certificates[i].libcrypto_takes_it ? "refuses" : "takes");
        }
        mtls_buf_clear(&der);
    }
}

/* side_of: the side of the difference that a row of the table of faults shows, if it shows one. */
static bool side_of(const faulty *row, mtlsval_difference_side *out) {
    bool we_take_it = mtlsval_finding_describe(row->finding)->severity == MTLSVAL_NOTE;
    *out = we_take_it ? MTLSVAL_WE_ACCEPT : MTLSVAL_WE_REFUSE;
    return we_take_it != row->libcrypto_takes_it;
}

static void every_difference_is_in_the_table_and_happens(void **state) {
    (void)state;
    mtlsval_difference_side side;
    for (size_t i = 0; i < num_faulty_certificates; i++) {
        const faulty *row = &faulty_certificates[i];
        if (side_of(row, &side) && mtlsval_difference_find(side, row->finding) == NULL) {
            fail_msg("%s: a difference that is not in the table", row->name);
        }
    }
    for (size_t d = 0; d < mtlsval_num_differences; d++) {
        size_t i = 0;
        while (i < num_faulty_certificates &&
               (faulty_certificates[i].finding != mtlsval_differences[d].finding ||
                !side_of(&faulty_certificates[i], &side) || side != mtlsval_differences[d].side)) {
            i++;
        }
        if (i == num_faulty_certificates) {
            fail_msg("%s: a difference that nothing shows",
                     mtlsval_finding_describe(mtlsval_differences[d].finding)->slug);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(libcrypto_does_with_each_fault_what_the_table_of_faults_says),
        cmocka_unit_test(every_difference_is_in_the_table_and_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
