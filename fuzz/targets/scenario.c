/* The scenario language: reader and expander. One input is a scenario file.
 *
 * Oracles: a mistake is reported with its place in the file, in printable text, and the same way twice; a
 * case that is built comes back from its JSON the same, and is the same when it is built again; a certificate
 * that no fault or raw bytes were asked for is sound DER to the validator's reader, which shares no code with
 * the generator. */
#include "core/case.h"
#include "core/text.h"
#include "fuzz/oracle.h"
#include "gen/case_build.h"
#include "gen/corpus.h"
#include "validator/certificate.h"

#include <stdio.h>
#include <string.h>

enum {
    JSON_MAX = 256 * 1024 * 1024,
    /* What is built of a scenario: an expensive one is read only. */
    CERTIFICATES_MAX = 16,
    PARTS_MAX = 64,
    REPEAT_MAX = 8,
    PAD_MAX = 64 * 1024
};

static size_t count_lines(mtls_view text) {
    size_t lines = 1;
    for (size_t i = 0; i < text.len; i++) {
        /* To YAML 1.1 U+0085, U+2028 and U+2029 end lines too. */
        lines += text.data[i] == '\n' || text.data[i] == '\r' || text.data[i] == 0x85 ||
                 text.data[i] == 0xa8 || text.data[i] == 0xa9;
    }
    return lines;
}

/* has_place reads "input.yaml:LINE:COLUMN: " at the start of a message. */
static bool has_place(const char *message, size_t num_lines) {
    unsigned long line = 0, column = 0;
    int len = 0;
    return sscanf(message, "input.yaml:%lu:%lu: %n", &line, &column, &len) == 2 && len > 0 && line >= 1 &&
           line <= num_lines + 1 && column >= 1 && message[len] != '\0';
}

static bool is_printable(const char *message) {
    mtls_view text = mtls_view_of_text(message);
    size_t at = 0;
    uint32_t c = ' ';
    while (at < text.len && mtls_utf8_next(text, &at, &c) &&
           (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f))) {
    }
    return at == text.len && (c == '\n' || c == '\t' || c >= 0x20);
}

static mtls_status read_scenario(mtls_view text, mtlsgen_scenario **out, mtls_error *error) {
    error->text[0] = '\0';
    return mtlsgen_scenario_read("input.yaml", "fuzz/input", text, out, error);
}

static void check_mistake(mtls_view text, mtls_status status, const mtls_error *error) {
    mtls_error again;
    mtlsgen_scenario *scenario = NULL;
    MTLSFUZZ_REACHED("mistake");
    MTLSFUZZ_ORACLE("mistake-place", status == MTLS_ERR_INPUT && has_place(error->text, count_lines(text)),
                    "status %d without a place: %s", (int)status, error->text);
    MTLSFUZZ_ORACLE("mistake-printable", is_printable(error->text),
                    "a message with what no terminal should get");
    MTLSFUZZ_ORACLE("mistake-again",
                    read_scenario(text, &scenario, &again) == status && strcmp(again.text, error->text) == 0,
                    "first \"%s\", then \"%s\"", error->text, again.text);
}

static bool is_cheap(const mtlsgen_scenario *s) {
    const mtlsgen_input *inputs[] = {&s->upload, &s->client.chain};
    if (s->num_certificates > CERTIFICATES_MAX ||
        s->num_csrs + s->num_crls + s->num_ocsp > CERTIFICATES_MAX) {
        return false;
    }
    for (size_t i = 0; i < s->num_certificates; i++) {
        mtlsgen_key_algorithm algorithm = s->certificates[i].key.algorithm;
        if (algorithm != MTLSGEN_KEY_NONE &&
            mtlsgen_key_algorithm_describe(algorithm)->kind == MTLSGEN_KIND_RSA) {
            return false; /* the search for its primes takes seconds */
        }
    }
    for (size_t i = 0; i < s->num_csrs; i++) {
        mtlsgen_key_algorithm algorithm = s->csrs[i].key.algorithm;
        if (algorithm != MTLSGEN_KEY_NONE &&
            mtlsgen_key_algorithm_describe(algorithm)->kind == MTLSGEN_KIND_RSA) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        if (inputs[i]->num_parts > PARTS_MAX || inputs[i]->repeat > REPEAT_MAX ||
            inputs[i]->pad_to > PAD_MAX) {
            return false;
        }
    }
    return true;
}

static mtlsgen_builder *new_builder(void) {
    static mtlsgen_seed seed;
    static mtlsgen_key_pool *pool = NULL;
    mtlsgen_builder *builder = NULL;
    if (pool == NULL) {
        mtlsgen_seed_init(MTLSGEN_DEFAULT_SEED, &seed);
        mtlsfuzz_must(mtlsgen_key_pool_new(&seed, &pool), "make a key pool");
    }
    mtlsfuzz_must(mtlsgen_builder_new(&seed, pool, &builder), "make a builder");
    return builder;
}

static void write_case(const mtls_case *c, mtls_buf *out) {
    mtls_buf_reset(out);
    mtlsfuzz_must(mtls_case_write(c, MTLS_CASE_INLINE, out), "write a case");
}

static void check_json(mtls_buf *json) {
    static mtls_buf again = {.max = JSON_MAX};
    mtls_case c;
    mtls_error error = {""};
    mtls_case_init(&c);
    mtls_status status = mtls_case_read(mtls_buf_view(json), NULL, &c, &error);
    if (status == MTLS_OK) {
        write_case(&c, &again);
    }
    MTLSFUZZ_ORACLE("case-round-trip",
                    status == MTLS_OK && mtls_view_equal(mtls_buf_view(json), mtls_buf_view(&again)),
                    "a case does not come back from its JSON: %s", error.text);
    mtls_case_clear(&c);
}

static void check_again(const mtlsgen_scenario *scenario, const mtlsgen_choices *choices, mtls_buf *json) {
    static mtls_buf again = {.max = JSON_MAX};
    mtlsgen_builder *builder = new_builder();
    mtls_case c;
    mtls_error error = {""};
    mtls_case_init(&c);
    mtls_status status = mtlsgen_case_build(builder, scenario, choices, &c, &error);
    if (status == MTLS_OK) {
        write_case(&c, &again);
    }
    MTLSFUZZ_ORACLE("build-again",
                    status == MTLS_OK && mtls_view_equal(mtls_buf_view(json), mtls_buf_view(&again)),
                    "the same case is another when it is built again: %s", error.text);
    mtls_case_clear(&c);
    mtlsgen_builder_free(builder);
}

/* Bytes of the author's own may be anything, and so may what faults make. */
static bool is_raw(const mtlsgen_scenario *scenario) {
    static const char *const words[] = {"hex", "faults", "extensions", "utc", "generalized", "serial"};
    mtls_view text = scenario->document.text;
    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        size_t len = strlen(words[w]);
        for (size_t i = 0; i + len <= text.len; i++) {
            if (memcmp(text.data + i, words[w], len) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* The findings that sound DER can have: what it says is forbidden, not how. */
static bool is_about_content(mtlsval_finding finding) {
    return finding >= MTLSVAL_CERTIFICATE_VERSION || finding == MTLSVAL_DER_TIME_VALUE ||
           finding == MTLSVAL_DER_SET_ORDER || finding == MTLSVAL_DER_INTEGER_RANGE;
}

static void check_certificates(mtlsgen_builder *builder) {
    mtlsgen_workshop *shop = mtlsgen_builder_workshop(builder);
    mtls_error error;
    for (size_t i = 0; i < shop->scenario->num_certificates; i++) {
        const mtlsgen_certificate *made;
        mtlsval_certificate read;
        mtlsval_fault fault;
        if (mtlsgen_workshop_certificate_get(shop, i, &made, &error) == MTLS_OK) {
            bool accepted = mtlsval_certificate_parse(made->der, &read, &fault);
            MTLSFUZZ_REACHED("certificate read");
            MTLSFUZZ_ORACLE("sound-der", accepted || is_about_content(fault.finding),
                            "the certificate %s is not DER at byte %zu: %s",
                            shop->scenario->certificates[i].label, fault.at,
                            mtlsval_finding_describe(fault.finding)->text);
        }
    }
}

static void check_case(const mtlsgen_scenario *scenario, size_t index) {
    static mtls_buf json = {.max = JSON_MAX};
    mtlsgen_builder *builder = new_builder();
    mtlsgen_choices choices;
    mtls_case c;
    mtls_error error = {""};
    mtls_case_init(&c);
    mtlsgen_variant_choose(scenario, false, index, &choices);
    if (mtlsgen_case_build(builder, scenario, &choices, &c, &error) == MTLS_OK) {
        MTLSFUZZ_REACHED("case");
        write_case(&c, &json);
        check_json(&json);
        check_again(scenario, &choices, &json);
        if (!is_raw(scenario)) {
            check_certificates(builder);
        }
    } else {
        MTLSFUZZ_REACHED("mistake seen late");
        MTLSFUZZ_ORACLE("late-message", error.text[0] != '\0' && is_printable(error.text),
                        "no case, and no message that can be shown");
    }
    mtls_case_clear(&c);
    mtlsgen_builder_free(builder);
}

/* A line that the language does not know is a mistake at the end of any scenario. */
static void check_unknown_line(mtls_view text) {
    static mtls_buf longer = {.max = 2 * MTLSGEN_DOCUMENT_SIZE_MAX};
    mtlsgen_scenario *scenario = NULL;
    mtls_error error;
    mtls_buf_reset(&longer);
    mtlsfuzz_must(mtls_buf_append(&longer, text), "copy a scenario");
    mtlsfuzz_must(mtls_buf_append_text(&longer, "\nno-such-word: 1\n"), "add a line");
    mtls_status status = read_scenario(mtls_buf_view(&longer), &scenario, &error);
    MTLSFUZZ_ORACLE("unknown-word", status != MTLS_OK, "a word that the language does not know is let pass");
    check_mistake(mtls_buf_view(&longer), status, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mtls_view text = {data, size};
    mtlsgen_scenario *scenario = NULL;
    mtls_error error;
    mtls_status status = read_scenario(text, &scenario, &error);
    if (status != MTLS_OK) {
        check_mistake(text, status, &error);
        return 0;
    }
    check_unknown_line(text);
    if (is_cheap(scenario)) {
        check_case(scenario, 0);
        size_t num_variants = mtlsgen_variant_count(scenario, false);
        if (num_variants > 1) {
            check_case(scenario, num_variants - 1);
        }
    }
    mtlsgen_scenario_free(scenario);
    return 0;
}
