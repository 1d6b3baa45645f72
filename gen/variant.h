/* Variants: the dimensions along which a scenario is multiplied, and a scenario with choices made. */
#ifndef MTLS_GEN_VARIANT_H
#define MTLS_GEN_VARIANT_H

#include <mtls/bytes.h>
#include <mtls/status.h>

#include "gen/arena.h"

typedef enum {
#define DIMENSION(id, word) MTLSGEN_DIMENSION_##id,
#include "gen/variant.def"
    MTLSGEN_NUM_DIMENSIONS
} mtlsgen_dimension;

/* The numbers of the choices that no other table has. */
enum {
    MTLSGEN_DN_UTF8 = 1,
    MTLSGEN_DN_PRINTABLE,
    MTLSGEN_DN_BMP,
    MTLSGEN_DN_T61,
    MTLSGEN_DN_LONG,
    MTLSGEN_DN_MULTI,
    MTLSGEN_DN_RESERVED,
    MTLSGEN_DN_EMPTY_CN
};
enum { MTLSGEN_ORDER_REVERSED, MTLSGEN_ORDER_ROTATED };
enum { MTLSGEN_FINAL_EOL_NONE, MTLSGEN_FINAL_EOL_TWO };
enum { MTLSGEN_VALIDITY_UTC_EDGE, MTLSGEN_VALIDITY_GENERALIZED };
enum { MTLSGEN_SERIAL_ONE, MTLSGEN_SERIAL_TWENTY };

/* What stands before each block of an upload. */
typedef enum {
    MTLSGEN_BETWEEN_NOTHING = 0,
    MTLSGEN_BETWEEN_BLANK,     /* an empty line */
    MTLSGEN_BETWEEN_TEXT,      /* a line of text */
    MTLSGEN_BETWEEN_ATTRIBUTES /* the "Bag Attributes" lines that `openssl pkcs12` writes */
} mtlsgen_between;

/* The word of a dimension, and the dimension of a word. */
const char *mtlsgen_dimension_word(mtlsgen_dimension dimension);
bool mtlsgen_dimension_find(const char *word, mtlsgen_dimension *out);

/* mtlsgen_choice_words gives the words of a dimension's choices, at most `max` of them, and how many. */
size_t mtlsgen_choice_words(mtlsgen_dimension dimension, const char **out_words, size_t max);
bool mtlsgen_choice_find(mtlsgen_dimension dimension, const char *word, int *out_value);
enum { MTLSGEN_CHOICE_WORDS_MAX = 32 };

/* What is chosen in each dimension; `made[d]` false: nothing, the scenario as written. */
typedef struct {
    bool made[MTLSGEN_NUM_DIMENSIONS];
    int value[MTLSGEN_NUM_DIMENSIONS];
    const char *word[MTLSGEN_NUM_DIMENSIONS];
} mtlsgen_choices;

struct mtlsgen_scenario;

/* mtlsgen_variant_count is how many cases a scenario has: 1, plus those of its variants (all combinations in
 * the suite `full`, single choices marked `base` otherwise). mtlsgen_variant_choose gives the choices of the
 * `index`th, 0 being the scenario as written. */
size_t mtlsgen_variant_count(const struct mtlsgen_scenario *scenario, bool full);
void mtlsgen_variant_choose(const struct mtlsgen_scenario *scenario, bool full, size_t index,
                            mtlsgen_choices *out);

/* mtlsgen_variant_apply makes the scenario that results from the choices, in the arena: a shallow copy that
 * shares what is the same, `id` included. It is borrowed from both, and never freed itself. MTLS_ERR_INPUT
 * for a choice that the scenario cannot take (`depth` where nothing is marked `deepen`). */
MTLS_MUST_CHECK mtls_status mtlsgen_variant_apply(const struct mtlsgen_scenario *scenario,
                                                  const mtlsgen_choices *choices, mtlsgen_arena *arena,
                                                  struct mtlsgen_scenario **out, mtls_error *error);

/* mtlsgen_variant_id appends the case's id: `<id>@<choice>,<choice>`, or the bare id when nothing is chosen.
 */
MTLS_MUST_CHECK mtls_status mtlsgen_variant_id(const char *scenario_id, const mtlsgen_choices *choices,
                                               mtls_buf *out);

#endif
