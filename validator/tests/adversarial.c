#include "validator/tests/adversarial.h"

#include <stdlib.h>
#include <string.h>

#define B "-----BEGIN CERTIFICATE-----"
#define E "-----END CERTIFICATE-----"

const adversarial adversarial_files[] = {
    {"empty blocks",                 B "\n" E "\n", B "\n" E "\n",                   ""      },
    {"one block",                    B "\n",        "MIIBAAAA\n",                    "\n" E  },
    {"one block in one line",        B "\n",        "MIIBAAAA",                      "\n" E  },
    {"BEGIN lines",                  "",            B "\n",                          ""      },
    {"BEGIN lines ended by CR",      "",            B "\r",                          ""      },
    {"BEGIN delimiters on one line", "",            B " ",                           ""      },
    {"END delimiters on one line",   "",            "-----END A-----",               ""      },
    {"END and BEGIN on one line",    "",            B E,                             ""      },
    {"hyphens",                      "",            "-",                             ""      },
    {"hyphens apart",                "",            "a-",                            ""      },
    {"near delimiters",              "",            "--begin ",                      ""      },
    {"misspelt delimiters",          "",            "-----BEGIN A KEY ",             ""      },
    {"header lines",                 B "\n",        "a:b\n",                         E "\n"  },
    {"one header line",              B "\n",        ":",                             "\n\n" E},
    {"text",                         "",            "x",                             ""      },
    {"line ends",                    "",            "\n",                            ""      },
    {"carriage returns",             "x",           "\r",                            ""      },
    {"private keys",                 "",            "-----BEGIN PRIVATE KEY-----\n", ""      },
};
const size_t num_adversarial_files = sizeof adversarial_files / sizeof adversarial_files[0];

static bool add(mtls_buf *out, mtls_view bytes) {
    return mtls_buf_append(out, bytes) == MTLS_OK;
}

bool adversarial_make(const adversarial *kind, size_t len, mtls_buf *out) {
    mtls_view unit = mtls_view_of_text(kind->unit);
    bool good = add(out, mtls_view_of_text(kind->head));
    while (good && out->len < len) {
        good = add(out, unit);
    }
    return good && add(out, mtls_view_of_text(kind->tail));
}

bool adversarial_nest(size_t len, mtls_buf *out) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    /* tbs: version, serial, then an AlgorithmIdentifier whose parameters are the nest. Built from the inside,
     * so that the bytes lie at the end of the memory. */
    size_t size = len / 4 * 3, at = size;
    uint8_t *der = malloc(size + 1);
    if (der == NULL) {
        return false;
    }
    static const uint8_t head[] = {0xa0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x01, 0x05};
    static const uint8_t oid[] = {0x06, 0x01, 0x2a};
    for (unsigned outer = 0; outer < 3;) {
        /* The three outermost are the AlgorithmIdentifier, with an OID, tbs, with what precedes it, the
         * certificate. */
        outer += at < 64;
        mtls_view before = outer == 1   ? (mtls_view){oid, sizeof oid}
                           : outer == 2 ? (mtls_view){head, sizeof head}
                                        : (mtls_view){oid, 0};
        at -= before.len;
        memcpy(der + at, before.data, before.len);
        size_t content = size - at;
        size_t octets = content < 0x80        ? 0
                        : content < 0x100     ? 1
                        : content < 0x10000   ? 2
                        : content < 0x1000000 ? 3
                                              : 4;
        for (size_t i = 0; i < octets; i++) {
            der[--at] = (uint8_t)(content >> 8 * i);
        }
        der[--at] = (uint8_t)(octets == 0 ? content : 0x80 | octets);
        der[--at] = 0x30;
    }
    bool good = add(out, mtls_view_of_text(B "\n"));
    for (; good && at < size; at += 3) {
        uint32_t bits = (uint32_t)der[at] << 16 | (at + 1 < size ? (uint32_t)der[at + 1] << 8 : 0) |
                        (at + 2 < size ? der[at + 2] : 0);
        uint8_t group[4] = {(uint8_t)alphabet[bits >> 18], (uint8_t)alphabet[bits >> 12 & 63],
                            (uint8_t)(at + 1 < size ? alphabet[bits >> 6 & 63] : '='),
                            (uint8_t)(at + 2 < size ? alphabet[bits & 63] : '=')};
        good = add(out, (mtls_view){group, sizeof group});
    }
    free(der);
    return good && add(out, mtls_view_of_text("\n" E "\n"));
}
