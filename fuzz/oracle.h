/* What a fuzz target states of every answer, and the places of the code under test that its inputs must get
 * to. Each is one named point with a counter, so that a replay can tell which were never reached. */
#ifndef MTLS_FUZZ_ORACLE_H
#define MTLS_FUZZ_ORACLE_H

#include <mtls/bytes.h>

/* What libFuzzer, AFL++ and the replay driver call. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const char *name;
    bool is_oracle; /* false: a place to get to */
    uint64_t count; /* how often it was checked or reached */
} mtlsfuzz_point;

/* The linker gathers the addresses of all points of a program in one section. */
#define MTLSFUZZ_POINT(label, oracle)                                                                        \
    static mtlsfuzz_point mtlsfuzz_this = {(label), (oracle), 0};                                            \
    static mtlsfuzz_point *const mtlsfuzz_entry __attribute__((section("mtlsfuzz_points"), used)) =          \
        &mtlsfuzz_this;                                                                                      \
    mtlsfuzz_this.count++

/* MTLSFUZZ_REACHED("accepted") counts that an input got here. */
#define MTLSFUZZ_REACHED(label)                                                                              \
    do {                                                                                                     \
        MTLSFUZZ_POINT(label, false);                                                                        \
    } while (0)

/* MTLSFUZZ_ORACLE("round-trip", condition, format, ...) ends the program, saying so, unless `condition`
 * holds. */
#define MTLSFUZZ_ORACLE(label, condition, ...)                                                               \
    do {                                                                                                     \
        MTLSFUZZ_POINT(label, true);                                                                         \
        if (!(condition)) {                                                                                  \
            mtlsfuzz_fail((label), __VA_ARGS__);                                                             \
        }                                                                                                    \
    } while (0)

/* mtlsfuzz_fail prints "ORACLE <name>: <message>" on standard error and aborts. */
_Noreturn void mtlsfuzz_fail(const char *oracle, const char *format, ...) MTLS_PRINTF(2, 3);

/* mtlsfuzz_must ends the program when `status` is not MTLS_OK: for steps of a target that no input makes
 * fail. */
void mtlsfuzz_must(mtls_status status, const char *step);

/* True: every invariant on every input, as replays and controls want it. False: a fuzzer spreads the dear
 * ones over its inputs. MTLSFUZZ_THOROUGH in the environment turns it on, so that a finding stays one while
 * it is made smaller. */
extern bool mtlsfuzz_thorough;

/* mtlsfuzz_draw gives a number below `bound` that depends on the input's bytes alone: which of several checks
 * is this input's turn. */
unsigned mtlsfuzz_draw(mtls_view input, unsigned bound);

/* mtlsfuzz_points gives the addresses of the program's points; a name may have several. */
mtlsfuzz_point *const *mtlsfuzz_points(size_t *out_num_points);

#endif
