/* One contender's pieces of work. */
#ifndef MTLS_BENCH_NATIVE_H
#define MTLS_BENCH_NATIVE_H

#include <mtls/bytes.h>

#define BENCH_NOW INT64_C(1767225600) /* chains are verified at 2026-01-01 */

typedef struct {
    const char *name;
    void (*start)(void);
    void (*work)(void); /* one piece */
} bench_work;

/* Each ends with a row without a name. */
extern const bench_work bench_ours[], bench_libcrypto[];

/* bench_certificate gives the DER of one more certificate of roots.pem, going round. */
mtls_view bench_certificate(void);

/* bench_file gives a file of the folder: bundle.pem, client.pem. It lives as long as the program. */
mtls_view bench_file(const char *name);

/* bench_require ends the program with a message unless `good`. */
void bench_require(bool good, const char *what);

#endif
