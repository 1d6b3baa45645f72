/* Every allocation on the way from a scenario's text to the JSON of its case is made to fail, one after the
 * other: ours, libyaml's and jansson's. Each time there is an error, or the JSON that there is with memory,
 * and nothing is left over. */
#include "core/tests/cmocka_includes.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/tests/failing_malloc.h"
#include "gen/case_build.h"
#include "gen/plan.h"
#include "gen/scenario_read.h"

/* libyaml allocates by these names, which a program may have for itself. */
#define FOR_LIBYAML __attribute__((visibility("default")))
FOR_LIBYAML void *yaml_malloc(size_t size);
FOR_LIBYAML void *yaml_realloc(void *at, size_t size);
FOR_LIBYAML void yaml_free(void *at);
FOR_LIBYAML yaml_char_t *yaml_strdup(const yaml_char_t *text);

/* What libyaml forgets is not ours to mend; LeakSanitizer asks here. */
FOR_LIBYAML const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libyaml\n";
}

static unsigned long num_yaml;
static long num_yaml_held; /* libyaml 0.2.5 itself forgets some when it has no memory */

static void *yaml_count(void *at) {
    num_yaml++;
    num_yaml_held += at != NULL;
    return at;
}

void *yaml_malloc(size_t size) {
    return yaml_count(malloc(size > 0 ? size : 1));
}

void *yaml_realloc(void *at, size_t size) {
    return at == NULL ? yaml_malloc(size) : realloc(at, size > 0 ? size : 1);
}

void yaml_free(void *at) {
    num_yaml_held -= at != NULL;
    free(at);
}

yaml_char_t *yaml_strdup(const yaml_char_t *text) {
    const size_t size = text == NULL ? 0 : strlen((const char *)text) + 1;
    yaml_char_t *copy = text == NULL ? NULL : yaml_malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

/* Something of every kind that the language has. */
static const char everything[] =
    "summary: One of each.\n"
    "cites: [rfc5280#4.1, facts#codes]\n"
    "tags: [a, b]\n"
    "features: [ocsp]\n"
    "certificates:\n"
    "  root: {ca: true, path-len: 3, name-constraints: {permitted: [{dns: test}], excluded: [{ip: "
    "10.0.0.0/8}]}}\n"
    "  other: {ca: true, subject: \"C=AU, O=a + OU=b, CN=c\", serial: {hex: \"00ff\"}, validity: expired}\n"
    "  cross: {ca: true, subject: root, key: root, issuer: {name: other, key: other}}\n"
    "  int: &int {ca: true, issuer: root, deepen: true, policies: [any, {oid: 1.2.3, cps: "
    "\"http://a.test\"}]}\n"
    "  leaf:\n"
    "    issuer: int\n"
    "    subject: [{O: {text: a, as: bmp}}, {CN: leaf, UID: '7'}, {1.2.3.4: {hex: '0c0161'}}]\n"
    "    validity: {not-before: clock-1d, not-after: {utc: '4912312359Z'}}\n"
    "    eku: {purposes: [clientAuth, 1.3.6.1.4.1.311.20.2.2], critical: true}\n"
    "    san: [{dns: a.test}, {ip: 192.0.2.1}, {dn: root}, {other: {oid: 1.2.3, utf8: a}}, {uri: 'a:b'}]\n"
    "    aki: {key-id: auto, issuer: root, serial: 7}\n"
    "    aia: {ocsp: 'http://127.0.0.1:18888/', ca-issuers: ['http://a.test/1']}\n"
    "    extensions: [{oid: 1.2.3.4, critical: true, hex: '0500'}, {copy: keyUsage}]\n"
    "    faults: [{at: 'tbs.extensions[keyUsage].value', do: append, hex: '0500'}, {at: signatureValue, do: "
    "lie, by: 1}]\n"
    "  responder: {issuer: int, eku: [OCSPSigning]}\n"
    "csrs: {request: {subject: 'CN=a', key: leaf}}\n"
    "crls: {list: {issuer: root, revoked: [int], next-update: clock+1d}}\n"
    "ocsp: {answer: {for: leaf, status: revoked, responder: responder, signature: {flip-bit: 1}}}\n"
    "upload:\n"
    "  parts:\n"
    "    - root\n"
    "    - {cert: int, label: X509 CERTIFICATE, width: 76, eol: crlf, indent: ' ', headers: ['A: b']}\n"
    "    - {cert: cross, replace-base64: {at: 10, with: '!'}}\n"
    "    - {csr: request}\n"
    "    - {crl: list}\n"
    "    - {key: leaf, form: sec1}\n"
    "    - {pkcs7: [root, int]}\n"
    "    - {text: \"a\\n\"}\n"
    "    - {blob: '3003020100'}\n"
    "  bom: utf16le\n"
    "  encoding: utf16le\n"
    "  repeat: 2\n"
    "  pad-to: 30000\n"
    "client: {chain: [leaf, int], options: {verifyClientRevocation: OCSP}, ocsp: answer}\n"
    "expect:\n"
    "  azure-appgw:\n"
    "    upload: {any-of: [{result: accepted, issuer-dn: int}, {code: "
    "ApplicationGatewayTrustedClientCertificateInvalidData}],\n"
    "             basis: undetermined, note: A test.}\n"
    "  openssl:\n"
    "    upload: {result: accepted, basis: observed}\n"
    "    handshake: {reason: expired, basis: observed}\n"
    "variants:\n"
    "  depth: ['2']\n"
    "  eol: {crlf: {base: true}, cr: {expect: {openssl: {upload: {result: rejected, basis: observed}}}}}\n";

static const char with_a_mistake[] = "summary: One.\ncites: [rfc5280#4.1]\ncertificates:\n  root: {ca: true, "
                                     "faults: [{at: tbs.nothing, do: delete}]}\n"
                                     "upload: [root]\nexpect: {openssl: {upload: {result: accepted, basis: "
                                     "observed}}}\n";

typedef struct {
    const char *text;
    mtlsgen_key_pool *pool;
    mtls_status expected;
} work;

/* The JSON of the scenario as it is and of its last variant, made by one builder. */
static mtls_status run(const work *w, mtls_buf *out, mtls_error *error) {
    mtlsgen_scenario *scenario = NULL;
    mtlsgen_builder *builder = NULL;
    mtlsgen_seed seed;
    mtlsgen_seed_init("test", &seed);
    mtls_status status = mtlsgen_scenario_read("a.yaml", "a", mtls_view_of_text(w->text), &scenario, error);
    if (status == MTLS_OK) {
        status = mtlsgen_builder_new(&seed, w->pool, &builder);
    }
    for (size_t last = 0; status == MTLS_OK && last <= 1; last++) {
        mtlsgen_choices choices;
        mtls_case c;
        mtls_case_init(&c);
        mtlsgen_variant_choose(scenario, true, last * (mtlsgen_variant_count(scenario, true) - 1), &choices);
        if ((status = mtlsgen_case_build(builder, scenario, &choices, &c, error)) == MTLS_OK) {
            status = mtls_case_write(&c, MTLS_CASE_INLINE, out);
        }
        mtls_case_clear(&c);
    }
    mtlsgen_builder_free(builder);
    mtlsgen_scenario_free(scenario);
    return status;
}

static size_t sweep(const work *w, bool for_good) {
    mtls_buf good = {.max = 1 << 20};
    mtls_error said = {""};
    size_t n = 0;
    assert_int_equal(run(w, &good, &said), w->expected);
    do {
        const long held = failing_ours.num_held - num_yaml_held;
        mtls_buf out = {.max = 1 << 20};
        failing_ours.failed = false;
        failing_ours.for_good = for_good;
        failing_ours.left = n++;
        const mtls_status status = run(w, &out, &said);
        failing_ours.left = SIZE_MAX;
        if (status == w->expected) {
            assert_true(mtls_view_equal(mtls_buf_view(&out), mtls_buf_view(&good)));
        } else if (status != MTLS_ERR_NOMEM || !failing_ours.failed) {
            fail_msg("allocation %zu: status %d, \"%s\"", n - 1, (int)status, said.text);
        }
        mtls_buf_clear(&out);
        assert_int_equal(failing_ours.num_held - num_yaml_held, held);
    } while (failing_ours.failed);
    mtls_buf_clear(&good);
    return n;
}

static void every_allocation_for_a_scenario_may_fail(void **state) {
    mtlsgen_key_pool *pool = *state;
    const work rows[] = {
        {everything,     pool, MTLS_OK       },
        {with_a_mistake, pool, MTLS_ERR_INPUT},
        {"a: [",         pool, MTLS_ERR_INPUT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        num_yaml = 0;
        for (int for_good = 0; for_good <= 1; for_good++) {
            const size_t num = sweep(&rows[i], for_good);
            assert_true(num > 5);
        }
        assert_true(num_yaml > 5); /* libyaml's go through here */
    }
}

static void every_allocation_for_a_built_in_scenario_may_fail(void **state) {
    mtlsgen_key_pool *pool = *state;
    static const char *const ids[] = {"upload/leaf-only", "ocsp/delegated", "upload/csr-inside",
                                      "name/compare-bmp"};
    mtlsgen_catalog catalog;
    mtls_error error;
    assert_int_equal(mtlsgen_catalog_open(NULL, 0, false, &catalog, &error), MTLS_OK);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        const mtlsgen_catalog_entry *entry = mtlsgen_catalog_find(&catalog, ids[i]);
        char text[8192];
        assert_non_null(entry);
        assert_true(entry->text.len < sizeof text);
        memcpy(text, entry->text.data, entry->text.len);
        text[entry->text.len] = '\0';
        const work w = {text, pool, MTLS_OK};
        assert_true(sweep(&w, false) > 50);
    }
    mtlsgen_catalog_clear(&catalog);
}

static int pool_make(void **state) {
    mtlsgen_seed seed;
    mtlsgen_key_pool *pool;
    mtlsgen_seed_init("test", &seed);
    if (mtlsgen_key_pool_new(&seed, &pool) != MTLS_OK) {
        return -1;
    }
    *state = pool;
    return 0;
}

static int pool_free(void **state) {
    mtlsgen_key_pool_free(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_for_a_scenario_may_fail),
        cmocka_unit_test(every_allocation_for_a_built_in_scenario_may_fail),
    };
    json_set_alloc_funcs(malloc, free);
    return cmocka_run_group_tests(tests, pool_make, pool_free);
}
