/* Certificates with one fault each: what the reader must find, where, and what libcrypto does with them. */
#ifndef MTLS_VALIDATOR_TESTS_FAULTY_H
#define MTLS_VALIDATOR_TESTS_FAULTY_H

#include "validator/finding.h"
#include "validator/tests/parts.h"

typedef struct {
    const char *name;
    parts parts;
    void (*fill)(parts *p, mtls_buf *storage); /* NULL, or what sets a part that is too long to write down */
    mtlsval_finding finding; /* a fault, or a note that must be set; none: good without a note */
    mtls_view where;         /* bytes that occur once, and the fault's offset from them; empty: not checked */
    size_t delta;
    bool libcrypto_takes_it;
} faulty;

/* faulty_assemble writes the row's certificate. */
void faulty_assemble(const faulty *row, mtls_buf *out);

extern const faulty faulty_certificates[];
extern const size_t num_faulty_certificates;

#endif
