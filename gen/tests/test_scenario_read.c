#include "core/tests/cmocka_includes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/catalog.h"
#include "gen/scenario.h"

/* A good scenario of five lines; each row below adds its own lines to it, from line 6 on. */
#define HEAD                                                                                                 \
    "summary: A test.\n"                                                                                     \
    "cites: [rfc5280#4.1]\n"                                                                                 \
    "expect: {azure-appgw: {upload: {result: accepted, basis: inferred}}}\n"                                 \
    "certificates:\n"                                                                                        \
    "  root: {ca: true}\n"

static mtls_status read(const char *text, mtlsgen_scenario **out, mtls_error *error) {
    return mtlsgen_scenario_read("s.yaml", "group/s", mtls_view_of_text(text), out, error);
}

typedef struct {
    const char *name, *rest, *place, *message;
} mistake;

static void mistakes_check(const char *head, const mistake *rows, size_t num_rows) {
    for (size_t i = 0; i < num_rows; i++) {
        char text[4096], place[80];
        mtls_error error = {""};
        mtlsgen_scenario *scenario = NULL;
        (void)snprintf(text, sizeof text, "%s%s", head, rows[i].rest);
        (void)snprintf(place, sizeof place, "s.yaml:%s: ", rows[i].place);
        const mtls_status status = read(text, &scenario, &error);
        if (status != MTLS_ERR_INPUT || scenario != NULL || strncmp(error.text, place, strlen(place)) != 0 ||
            strstr(error.text, rows[i].message) == NULL) {
            fail_msg("%s: status %d, \"%s\"", rows[i].name, (int)status, error.text);
        }
    }
}

#define CHECK_MISTAKES(head, rows) mistakes_check(head, rows, sizeof(rows) / sizeof((rows)[0]))

static void scenario_that_is_good_is_read(void **state) {
    (void)state;
    mtls_error error = {""};
    mtlsgen_scenario *scenario = NULL;
    const mtls_status status = read(HEAD "upload: [root]\n", &scenario, &error);
    if (status != MTLS_OK) {
        fail_msg("%s", error.text);
    }
    assert_string_equal(scenario->summary, "A test.");
    assert_int_equal(scenario->num_certificates, 1);
    assert_true(scenario->certificates[0].spec.ca);
    assert_int_equal(scenario->upload.num_parts, 1);
    assert_string_equal(scenario->time, "2030-01-01T00:00:00Z");
    assert_false(scenario->client.present);
    mtlsgen_scenario_free(scenario);
}

static void scenario_top_level_mistakes_have_their_place(void **state) {
    (void)state;
    static const mistake rows[] = {
        {"unknown key",                     "uploads: [root]\n",                            "6:1",
         "\"uploads\" is not a key of a scenario; did you mean \"upload\"?"                                                                            },
        {"key twice",                       "summary: Again.\n",                            "6:1",  "\"summary\" a second time; the first is on line 1"},
        {"label twice",                     "  root: {}\n",                                 "6:3",  "\"root\" a second time; the first is on line 5"   },
        {"nothing to do",                   "",                                             "1:1",  "a scenario has an `upload`, a `client`, or both"  },
        {"not a mapping",                   "upload: root\n",                               "6:9",
         "expected an input (or a list of parts) (a mapping), found \"root\""                                                                          },
        {"word of the language as a label", "  p256: {}\n",                                 "6:3",  "is a word of the language"                        },
        {"strange label",                   "  'a b': {}\n",                                "6:3",  "a label is"                                       },
        {"time",                            "upload: [root]\ntime: 2030-13-01T00:00:00Z\n", "7:7",  "expected a time in UTC"                           },
        {"cite",                            "upload: [root]\ntags: [UPPER]\n",              "7:8",  "expected a word of a-z"                           },
        {"feature",                         "upload: [root]\nfeatures: [rsapss]\n",         "7:12", "did you mean \"rsa-pss\"?"                        },
    };
    CHECK_MISTAKES(HEAD, rows);
    static const mistake heads[] = {
        {"a list",          "- a\n",                                                     "1:1",  "expected a scenario (a mapping), found a list"},
        {"no summary",      "cites: [rfc5280#4]\nexpect: {}\n",                          "1:1",  "a scenario has `summary`; it is missing"      },
        {"no cites",        "summary: A.\nexpect: {}\n",                                 "1:1",  "a scenario has `cites`"                       },
        {"empty cites",     "summary: A.\ncites: []\n",                                  "2:8",  "at least one anchor"                          },
        {"bad cite",        "summary: A.\ncites: [the RFC]\n",                           "2:9",  "expected an anchor"                           },
        {"cited source",    "summary: A.\ncites: [foo#4]\n",                             "2:9",  "an anchor of seed, facts, an RFC"             },
        {"cited fact",      "summary: A.\ncites: [rfc5280#4, facts#expired-cas]\n",      "2:20",
         "did you mean \"facts#expired-ca\"?"                                                                                                   },
        {"cited heading",   "summary: A.\ncites: [seed#nope]\n",                         "2:9",
         "is not an anchor of docs/sources.md; known: seed#overview"                                                                            },
        {"cited sentence",  "summary: A.\ncites: [seed#overview/no-rot]\n",              "2:9",
         "did you mean \"seed#overview/no-root\"?"                                                                                              },
        {"two lines",       "summary: |\n  A.\n  B.\n",                                  "1:10", "one sentence on one line"                     },
        {"expects nothing", "summary: A.\ncites: [rfc5280#4]\nexpect: {}\nupload: []\n", "1:1",
         "expects nothing"                                                                                                                      },
    };
    CHECK_MISTAKES("", heads);
}

static void scenario_certificate_mistakes_have_their_place(void **state) {
    (void)state;
    static const mistake rows[] = {
        {"unknown key",            "  leaf: {isuer: root}\n",                                  "6:10", "did you mean \"issuer\"?"             },
        {"unknown issuer",         "  leaf: {issuer: rot}\n",                                  "6:18",
         "\"rot\" is not the label of a certificate; did you mean \"root\"?"                                                                  },
        {"cycle",                  "  a: {ca: true, issuer: b}\n  b: {ca: true, issuer: a}\n", "6:3",
         "a cycle of issuers: a -> b -> a"                                                                                                    },
        {"cycle of keys",          "  a: {key: b}\n  b: {key: a}\n",                           "6:3",  "a cycle of keys: a -> b -> a"         },
        {"cycle of subjects",      "  a: {subject: b}\n  b: {subject: a}\n",                   "6:3",  "a cycle of subjects"                  },
        {"not a boolean",          "  leaf: {ca: yes}\n",                                      "6:14", "expected true or false, found \"yes\""},
        {"quoted boolean",         "  leaf: {ca: \"true\"}\n",                                 "6:14", "expected true or false"               },
        {"key",                    "  leaf: {key: rsa204}\n",                                  "6:15", "did you mean \"rsa2048\"?"            },
        {"key index",              "  leaf: {key: {algorithm: p256, index: 99999}}\n",         "6:40",
         "an integer from 0 to 4095"                                                                                                          },
        {"digest",                 "  leaf: {digest: md5}\n",                                  "6:18", "is not a digest"                      },
        {"validity",               "  leaf: {validity: god}\n",                                "6:20", "did you mean \"good\"?"               },
        {"date",                   "  leaf: {validity: {not-after: 2030-02-30T00:00:00Z}}\n",  "6:32", "expected a time"                      },
        {"offset of the clock",    "  leaf: {validity: {not-after: clock+1x}}\n",              "6:32", "expected a time"                      },
        {"version",                "  leaf: {version: 4}\n",                                   "6:19", "an integer from 1 to 3"               },
        {"serial",                 "  leaf: {serial: 0x10}\n",                                 "6:18", "expected an integer"                  },
        {"key usage",              "  leaf: {key-usage: [digitalsignature]}\n",                "6:22",
         "did you mean \"digitalSignature\"?"                                                                                                 },
        {"purpose",                "  leaf: {eku: [client]}\n",                                "6:16", "is not a purpose"                     },
        {"purpose OID",            "  leaf: {eku: [1.50.1]}\n",                                "6:16", "expected a dotted object identifier"  },
        {"san",                    "  leaf: {san: [{host: a}]}\n",                             "6:17", "is not a key of a name"               },
        {"two names in one",       "  leaf: {san: [{dns: a, ip: 127.0.0.1}]}\n",               "6:16", "a mapping with one key"               },
        {"hex",                    "  leaf: {ski: 0x12}\n",                                    "6:15", "pairs of hex digits"                  },
        {"subject",                "  leaf: {subject: 'CN=a, ='}\n",                           "6:19", "not a name"                           },
        {"attribute type",         "  leaf: {subject: [{ON: a}]}\n",                           "6:21", "is not an attribute type"             },
        {"string type",            "  leaf: {subject: [{CN: {text: a, as: ut8}}]}\n",          "6:39", "did you mean \"utf8\"?"               },
        {"value both ways",        "  leaf: {subject: [{CN: {text: a, hex: 00}}]}\n",          "6:25",
         "{text: , as: } or {hex: }"                                                                                                          },
        {"path-len without CA",    "  leaf: {path-len: 1}\n",                                  "6:20", "`path-len` is for a CA"               },
        {"fault without place",    "  leaf: {faults: [{do: delete}]}\n",                       "6:19",
         "a fault is {at: PATH, do: OPERATION}"                                                                                               },
        {"fault's path",           "  leaf: {faults: [{at: tbs..a, do: delete}]}\n",           "6:24", "not a path"                           },
        {"fault's operation",      "  leaf: {faults: [{at: tbs, do: delte}]}\n",               "6:33",
         "did you mean \"delete\"?"                                                                                                           },
        {"fault's argument",       "  leaf: {faults: [{at: tbs, do: retag}]}\n",               "6:19", "`retag` needs `tag`"                  },
        {"argument of another",    "  leaf: {faults: [{at: tbs, do: delete, by: 1}]}\n",       "6:19",
         "`delete` takes no `by`"                                                                                                             },
        {"extension",              "  leaf: {extensions: [{oid: 1.2.3}]}\n",                   "6:23", "an extension is"                      },
        {"copy",                   "  leaf: {extensions: [{copy: basicConstraint}]}\n",        "6:30",
         "did you mean \"basicConstraints\"?"                                                                                                 },
        {"signature",              "  leaf: {signature: {flip-bits: 1}}\n",                    "6:22", "did you mean \"flip-bit\"?"           },
        {"two deepened",           "  a: {deepen: true}\n  b: {deepen: true}\nupload: [a]\n",  "7:3",
         "a second certificate marked `deepen`"                                                                                               },
        {"label that depth makes", "  a: {deepen: true}\n  a-1: {}\nupload: [a]\n",            "7:3",
         "the variant `depth` makes a certificate \"a-1\", too"                                                                               },
        {"many keys",              "  leaf: {zzzzzzzzzzzz: 1}\n",                              "6:10", "policy-constraints, ..."              },
    };
    CHECK_MISTAKES(HEAD, rows);
}

static void scenario_input_mistakes_have_their_place(void **state) {
    (void)state;
    static const mistake rows[] = {
        {"unknown label",        "upload: [rot]\n",                                     "6:10", "did you mean \"root\"?"                  },
        {"two things",           "upload:\n  - {cert: root, text: a}\n",                "7:24", "a part is one thing only"                },
        {"nothing",              "upload:\n  - {label: A}\n",                           "7:5",  "a part has one of cert"                  },
        {"PEM option of a text", "upload:\n  - {text: a, width: 1}\n",                  "7:22", "only what is written as PEM"             },
        {"form",                 "upload:\n  - {cert: root, form: pkcs8}\n",            "7:24", "is not a form"                           },
        {"key form",             "upload:\n  - {key: root, form: der}\n",               "7:23", "is not a form of a private key"          },
        {"eol",                  "upload:\n  - {cert: root, eol: crf}\n",               "7:23", "did you mean \"crlf\"?"                  },
        {"CSR",                  "upload:\n  - {csr: a}\n",                             "7:11", "is not the label of a CSR; there is none"},
        {"no parts",             "upload: {eol: lf}\n",                                 "6:9",  "an input has `parts`"                    },
        {"pad-to",               "upload: {parts: [root], pad-to: 0}\n",                "6:33", "an integer from 1"                       },
        {"option",               "client: {options: {verifyClientAuthMode: strict}}\n", "6:42", "did you mean \"Strict\"?"                },
        {"OCSP answer",          "client: {ocsp: a}\n",                                 "6:16", "is not the label of an OCSP answer"      },
    };
    CHECK_MISTAKES(HEAD, rows);
}

#define WITHOUT_EXPECT                                                                                       \
    "summary: A test.\n"                                                                                     \
    "cites: [rfc5280#4.1]\n"                                                                                 \
    "upload: [root]\n"                                                                                       \
    "certificates:\n"                                                                                        \
    "  root: {ca: true}\n"

static void scenario_expectation_mistakes_have_their_place(void **state) {
    (void)state;
    static const mistake rows[] = {
        {"profile",                      "expect: {azure: {}}\n",                                                           "6:10", "\"azure\" is not a profile; known: azure-appgw"},
        {"stage",                        "expect: {openssl: {uplod: {}}}\n",                                                "6:20", "did you mean \"upload\"?"                      },
        {"no basis",                     "expect: {openssl: {upload: {result: accepted}}}\n",                               "6:28",
         "an expectation has a `basis`"                                                                                                                                             },
        {"basis",                        "expect: {openssl: {upload: {result: accepted, basis: guessed}}}\n",               "6:54",
         "is not a basis"                                                                                                                                                           },
        {"result",                       "expect: {openssl: {upload: {result: acepted, basis: observed}}}\n",               "6:37",
         "did you mean \"accepted\"?"                                                                                                                                               },
        {"code",                         "expect: {azure-appgw: {upload: {code: InvalidData, basis: observed}}}\n",         "6:39",
         "is not an upload code"                                                                                                                                                    },
        {"no result",                    "expect: {openssl: {upload: {basis: observed}}}\n",                                "6:28",
         "an upload has a `code` or a `result`"                                                                                                                                     },
        {"accepted with a code",
         "expect: {azure-appgw: {upload: {result: accepted, basis: observed, code: "
         "ApplicationGatewayTrustedClientCertificateInvalidData}}}\n",                                                      "6:32", "an accepted upload has no `code`"              },
        {"rejected without a code",      "expect: {azure-appgw: {upload: {result: rejected, basis: observed}}}\n",
         "6:32",                                                                                                                    "rejects with a `code`"                         },
        {"DN of a rejected one",
         "expect: {openssl: {upload: {result: rejected, issuer-dn: root, basis: observed}}}\n",                             "6:58",
         "a rejected upload has no `issuer-dn`"                                                                                                                                     },
        {"no note",                      "expect: {openssl: {upload: {any-of: [{result: accepted}], basis: observed}}}\n",  "6:28",
         "a `note` says why"                                                                                                                                                        },
        {"basis inside",
         "expect: {openssl: {upload: {any-of: [{result: accepted, basis: observed}], basis: observed, "
         "note: a}}}\n",                                                                                                    "6:57", "is not a key of an alternative"                },
        {"handshake without a client",   "expect: {openssl: {handshake: {result: SUCCESS, basis: observed}}}\n",
         "6:31",                                                                                                                    "there is no `client`"                          },
        {"reason",                       "client: {}\nexpect: {openssl: {handshake: {reason: expire, basis: observed}}}\n", "7:40",
         "did you mean \"expired\"?"                                                                                                                                                },
        {"FAILED without reason",
         "client: {}\nexpect: {openssl: {handshake: {result: FAILED, basis: observed}}}\n",                                 "7:31",
         "has a `reason`"                                                                                                                                                           },
        {"rejected and yet a handshake",
         "client: {}\nexpect: {openssl: {upload: {result: rejected, basis: observed}, handshake: {result: "
         "NONE, "
         "basis: observed}}}\n",                                                                                            "7:76", "a rejected upload has no handshake"            },
    };
    CHECK_MISTAKES(WITHOUT_EXPECT, rows);
}

static void scenario_variant_mistakes_have_their_place(void **state) {
    (void)state;
    static const mistake rows[] = {
        {"dimension",             "variants: {keys: [p384]}\n",                                       "7:12",  "did you mean \"key\"?"                           },
        {"choice",                "variants: {key: [p385]}\n",                                        "7:18",  "did you mean \"p384\"?"                          },
        {"choice twice",          "variants: {key: [p384, p384]}\n",                                  "7:24",  "a second time"                                   },
        {"key of a choice",       "variants: {eol: {cr: {expects: {}}}}\n",                           "7:23",  "did you mean \"expect\"?"                        },
        {"nothing to deepen",     "variants: {depth: [\"3\"]}\n",                                     "7:19",
         "changes nothing here: no certificate is marked"                                                                                                        },
        {"one part has no order", "variants: {order: [reversed]}\n",                                  "7:19",  "changes nothing here"                            },
        {"contradiction",
         "variants:\n"
         "  eol: {cr: {expect: {azure-appgw: {upload: {code: "
         "ApplicationGatewayTrustedClientCertificateInvalidData, "
         "basis: inferred}}}}}\n"
         "  width: {none: {expect: {azure-appgw: {upload: {result: accepted, basis: inferred}}}}}\n", "9:49",  "expect different answers; add `without: [width]`"},
        {"too many",
         "variants: {key: all, digest: all, dn: all, eol: all, final-eol: all, between: all, width: all, "
         "validity: "
         "all, serial: all}\n",                                                                       "7:106", "combinations of choices"                         },
    };
    CHECK_MISTAKES(HEAD "upload: [root]\n", rows);
}

static void scenario_of_many_certificates_is_refused(void **state) {
    (void)state;
    static char text[200000];
    mtls_error error = {""};
    mtlsgen_scenario *scenario = NULL;
    size_t len = (size_t)snprintf(text, sizeof text, "%s", HEAD);
    for (int i = 0; i <= MTLSGEN_CERTIFICATES_MAX; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "  c%d: {}\n", i);
    }
    assert_int_equal(read(text, &scenario, &error), MTLS_ERR_INPUT);
    assert_non_null(strstr(error.text, "more than 1000"));
}

static void scenario_id_is_words_apart_by_slashes(void **state) {
    (void)state;
    static const struct {
        const char *id;
        bool good;
    } rows[] = {
        {"upload/leaf-only", true },
        {"a",                true },
        {"a/b/c",            true },
        {"",                 false},
        {"/a",               false},
        {"a/",               false},
        {"a//b",             false},
        {"A",                false},
        {"a b",              false},
        {"../a",             false},
        {"-a",               false},
        {"a-",               false},
        {"a--b",             false},
        {"a_b",              false},
        {"a@b",              false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (mtlsgen_scenario_id_check(rows[i].id) != rows[i].good) {
            fail_msg("\"%s\"", rows[i].id);
        }
    }
}

/* The reader must hold on every prefix and every single-byte change of a real scenario: never a crash, always
 * either a scenario or a message. */
static void scenario_reader_survives_broken_text(void **state) {
    (void)state;
    for (size_t i = 0; i < mtlsgen_num_builtin_scenarios; i += 37) {
        const mtls_view whole = mtlsgen_builtin_scenarios[i].text;
        uint8_t *text = malloc(whole.len);
        assert_non_null(text);
        for (size_t cut = 0; cut < whole.len; cut += 7) {
            mtls_error error = {""};
            mtlsgen_scenario *scenario = NULL;
            memcpy(text, whole.data, whole.len);
            text[cut] ^= 0x11;
            const size_t len = cut % 2 == 0 ? whole.len : cut;
            const mtls_status status =
                mtlsgen_scenario_read("s", "s", (mtls_view){text, len}, &scenario, &error);
            assert_true((status == MTLS_OK) == (scenario != NULL));
            assert_true((status == MTLS_OK) == (error.text[0] == '\0'));
            mtlsgen_scenario_free(scenario);
        }
        free(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenario_that_is_good_is_read),
        cmocka_unit_test(scenario_top_level_mistakes_have_their_place),
        cmocka_unit_test(scenario_certificate_mistakes_have_their_place),
        cmocka_unit_test(scenario_input_mistakes_have_their_place),
        cmocka_unit_test(scenario_expectation_mistakes_have_their_place),
        cmocka_unit_test(scenario_variant_mistakes_have_their_place),
        cmocka_unit_test(scenario_of_many_certificates_is_refused),
        cmocka_unit_test(scenario_id_is_words_apart_by_slashes),
        cmocka_unit_test(scenario_reader_survives_broken_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
