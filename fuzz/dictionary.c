/* Prints the dictionary of a fuzz target (libFuzzer's and AFL++'s form), made from the tables of the
 * vocabulary, the algorithms, the extensions and the scenario language.
 *
 *   dictionary TARGET */
#include "core/vocabulary.h"
#include "gen/oid.h"
#include "gen/scenario_read.h"
#include "gen/sign.h"
#include "gen/variant.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static void print_token(const void *bytes, size_t len) {
    const uint8_t *at = bytes;
    putchar('"');
    for (size_t i = 0; i < len; i++) {
        if (isprint(at[i]) && at[i] != '"' && at[i] != '\\') {
            putchar(at[i]);
        } else {
            printf("\\x%02x", at[i]);
        }
    }
    puts("\"");
}

static void print_word(const char *word) {
    if (word != NULL) {
        print_token(word, strlen(word));
    }
}

static void print_pem(void) {
    static const char *const labels[] = {"CERTIFICATE",
                                         "X509 CERTIFICATE",
                                         "TRUSTED CERTIFICATE",
                                         "CERTIFICATE REQUEST",
                                         "X509 CRL",
                                         "PKCS7",
                                         "PRIVATE KEY",
                                         "RSA PRIVATE KEY",
                                         "EC PRIVATE KEY",
                                         "EC PARAMETERS",
                                         "ENCRYPTED PRIVATE KEY"};
    static const char *const fragments[] = {"-----BEGIN ", "-----END ",    "-----",
                                            "----------",  "\r\n",         "\n\n",
                                            "==\n",        "\xef\xbb\xbf", "Proc-Type: 4,ENCRYPTED\n",
                                            "DEK-Info: ",  "MII",          "\f"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        char line[96];
        snprintf(line, sizeof line, "-----BEGIN %s-----\n", labels[i]);
        print_word(line);
        snprintf(line, sizeof line, "-----END %s-----\n", labels[i]);
        print_word(line);
    }
    for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++) {
        print_word(fragments[i]);
    }
    print_token("\xff\xfe", 2);
    print_token("\0", 1);
}

/* An OBJECT IDENTIFIER's whole element. */
static void print_oid(const char *content, size_t len) {
    uint8_t element[2 + MTLSGEN_OID_MAX];
    element[0] = 0x06;
    element[1] = (uint8_t)len;
    memcpy(element + 2, content, len);
    print_token(element, 2 + len);
}

static void print_dotted(const char *dotted) {
    mtlsgen_oid oid;
    if (mtlsgen_oid_read(dotted, &oid)) {
        print_oid((const char *)oid.bytes, oid.len);
    }
}

static void print_der(void) {
#define SIGNATURE_ALGORITHM(id, text, oid, key, digest, weak) print_oid((oid), sizeof(oid) - 1);
#define KEY_ALGORITHM(id, text, oid) print_oid((oid), sizeof(oid) - 1);
#define CURVE(id, text, oid, bits) print_oid((oid), sizeof(oid) - 1);
#include "validator/algorithm.def"
#define EXTENSION(id, name, critical, oid) print_oid((oid), sizeof(oid) - 1);
#include "gen/extension.def"
#define ATTRIBUTE(word, gateway_word, dotted, type) print_dotted(dotted);
#include "gen/attribute.def"
    /* Purposes (RFC 5280 4.2.1.12) and access methods (4.2.2.1). */
    static const char *const oids[] = {"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2",  "1.3.6.1.5.5.7.3.9",
                                       "2.5.29.37.0",       "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"};
    for (size_t i = 0; i < sizeof oids / sizeof *oids; i++) {
        print_dotted(oids[i]);
    }
    static const struct {
        const char *bytes;
        size_t len;
    } fragments[] = {
        {"\x01\x01\xff",             3 },
        {"\x01\x01\x00",             3 },
        {"\x02\x01\x00",             3 },
        {"\x03\x01\x00",             3 },
        {"\x03\x02\x01\x06",         4 },
        {"\x05\x00",                 2 },
        {"\x30\x00",                 2 },
        {"\x30\x80",                 2 },
        {"\x00\x00",                 2 },
        {"\x31\x00",                 2 },
        {"\x30\x81\x80",             3 },
        {"\x30\x82\x01\x00",         4 },
        {"\xa0\x03\x02\x01\x02",     5 },
        {"\x1f\x81\x01",             3 },
        {"\x30\x84\x00\x00",         4 },
        {"\x17\x0d"
         "500101000000Z",   15},
        {"\x18\x0f"
         "20500101000000Z", 17},
    };
    for (size_t i = 0; i < sizeof fragments / sizeof *fragments; i++) {
        print_token(fragments[i].bytes, fragments[i].len);
    }
}

static void print_scenario(void) {
#define UPLOAD_CODE(id, spelling, cite, summary, advice) print_word(spelling);
#define REASON(id, slug, x509_v_err, spelling, old_spelling, gateway_spelling, cite, advice) print_word(slug);
#define PROFILE(id, spelling, has_codes, judges_clients, summary) print_word(spelling ": {");
#define BASIS(id, spelling, meaning) print_word("basis: " spelling);
#include "core/vocabulary.def"
    for (int d = 0; d < MTLSGEN_NUM_DIMENSIONS; d++) {
        const char *words[MTLSGEN_CHOICE_WORDS_MAX];
        size_t num_words = mtlsgen_choice_words((mtlsgen_dimension)d, words, MTLSGEN_CHOICE_WORDS_MAX);
        print_word(mtlsgen_dimension_word((mtlsgen_dimension)d));
        for (size_t i = 0; i < num_words && i < MTLSGEN_CHOICE_WORDS_MAX; i++) {
            print_word(words[i]);
        }
    }
    for (size_t i = 0; i < mtlsgen_num_extension_keys; i++) {
        print_word(mtlsgen_extension_keys[i].key);
    }
    for (size_t i = 0; i < mtlsgen_num_signature_algorithm_words; i++) {
        print_word(mtlsgen_signature_algorithm_words[i]);
    }
    static const char *const words[] = {"certificates: ",
                                        "upload: ",
                                        "client: ",
                                        "expect: ",
                                        "variants: ",
                                        "parts: ",
                                        "chain: ",
                                        "issuer: ",
                                        "subject: ",
                                        "key: ",
                                        "faults: ",
                                        "at: ",
                                        "do: ",
                                        "hex: ",
                                        "text: ",
                                        "ca: true",
                                        "&a ",
                                        "*a",
                                        "{",
                                        "}",
                                        "[",
                                        "]",
                                        "|\n",
                                        "- "};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        print_word(words[i]);
    }
}

int main(int argc, char **argv) {
    static const struct {
        const char *target;
        void (*print[2])(void);
    } targets[] = {
        {"pem",          {print_pem, NULL}     },
        {"certificate",  {print_der, NULL}     },
        {"upload",       {print_pem, NULL}     },
        {"client",       {print_pem, print_der}},
        {"ocsp",         {print_pem, print_der}},
        {"tls",          {print_der, NULL}     },
        {"scenario",     {print_scenario, NULL}},
        {"differential", {print_pem, print_der}},
    };
    for (size_t i = 0; argc == 2 && i < sizeof targets / sizeof *targets; i++) {
        if (strcmp(argv[1], targets[i].target) == 0) {
            targets[i].print[0]();
            if (targets[i].print[1] != NULL) {
                print_token("\xff"
                            "MG\xff",
                            4);
                targets[i].print[1]();
            }
            return 0;
        }
    }
    fputs("usage: dictionary TARGET\n", stderr);
    return 2;
}
