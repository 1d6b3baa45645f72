/* The PEM scanner. One input is a file as it is uploaded.
 *
 * Oracles: blocks lie within the file and in its order, on the lines that they name; what is parsed, written
 * by the generator and parsed again is the same; libcrypto's PEM_read_bio sees the same blocks in every
 * well-formed file (second opinion). */
#include "validator/pem.h"
#include "fuzz/oracle.h"
#include "fuzz/view.h"
#include "gen/pem_write.h"

#ifdef MTLSFUZZ_SECOND_OPINION
#include "fuzz/second/pem_libcrypto.h"
#endif

enum { SCRATCH_MAX = 512 * 1024 * 1024 };

/* Counts lines as it goes: LF, CRLF and CR end one. */
typedef struct {
    mtls_view file;
    size_t at, line;
} line_counter;

static size_t line_of(line_counter *counter, size_t at) {
    if (at < counter->at) {
        *counter = (line_counter){counter->file, 0, 1};
    }
    for (; counter->at < at; counter->at++) {
        uint8_t c = counter->file.data[counter->at];
        bool is_crlf =
            c == '\r' && counter->at + 1 < counter->file.len && counter->file.data[counter->at + 1] == '\n';
        counter->line += c == '\n' || (c == '\r' && !is_crlf);
    }
    return counter->line;
}

static void check_place(const mtlsval_pem_block *block, size_t previous_end, mtls_view file,
                        line_counter *counter) {
    MTLSFUZZ_ORACLE(
        "block-order",
        previous_end <= block->begin_at && block->begin_at < block->end_at && block->end_at <= file.len,
        "bytes %zu to %zu after %zu of %zu", block->begin_at, block->end_at, previous_end, file.len);
    mtls_view bytes = {file.data + block->begin_at, block->end_at - block->begin_at};
    MTLSFUZZ_ORACLE("block-inside",
                    mtlsfuzz_view_within(block->label, bytes) && mtlsfuzz_view_within(block->body, bytes),
                    "label or body of the block at %zu lie outside it", block->begin_at);
    MTLSFUZZ_ORACLE("block-line", block->begin_line == line_of(counter, block->begin_at),
                    "block at %zu: line %zu, counted %zu", block->begin_at, block->begin_line,
                    line_of(counter, block->begin_at));
    if (block->is_block && block->body.len > 0) {
        size_t body_at = (size_t)(block->body.data - file.data);
        MTLSFUZZ_ORACLE("body-line", block->body_line == line_of(counter, body_at),
                        "body at %zu: line %zu, counted %zu", body_at, block->body_line,
                        line_of(counter, body_at));
    }
    if (block->finding != MTLSVAL_FINDING_NONE) {
        MTLSFUZZ_REACHED("framing fault");
        MTLSFUZZ_ORACLE(
            "finding-place",
            block->finding < MTLSVAL_NUM_FINDINGS && block->finding_at >= block->begin_at &&
                block->finding_at <= file.len && block->finding_line == line_of(counter, block->finding_at),
            "finding %d at %zu, line %zu", (int)block->finding, block->finding_at, block->finding_line);
    }
}

/* check_round_trip writes the block with the generator's writer, which knows nothing of the reader. */
static void check_round_trip(const mtlsval_pem_block *block, mtls_view der) {
    static mtls_buf text = {.max = SCRATCH_MAX}, again = {.max = SCRATCH_MAX};
    mtls_buf_reset(&text);
    mtls_buf_reset(&again);
    mtlsgen_pem_options options = {.label = block->label};
    mtlsfuzz_must(mtlsgen_pem_write(der, &options, &text), "write a block");

    mtlsval_pem pem;
    mtlsval_pem_block copy;
    mtlsval_fault fault;
    mtlsval_pem_start(&pem, mtls_buf_view(&text));
    bool found = mtlsval_pem_next(&pem, &copy);
    MTLSFUZZ_ORACLE("round-trip-block",
                    found && copy.finding == MTLSVAL_FINDING_NONE &&
                        mtls_view_equal(copy.label, block->label),
                    "the block written again has finding %d", (int)copy.finding);
    uint8_t *bytes;
    mtlsfuzz_must(mtls_buf_extend(&again, mtlsval_pem_decoded_max(copy.body), &bytes), "make room");
    size_t len = 0;
    bool decoded = mtlsval_pem_decode(copy.body, bytes, &len, &fault);
    MTLSFUZZ_ORACLE("round-trip-bytes",
                    decoded && fault.finding == MTLSVAL_FINDING_NONE &&
                        mtls_view_equal((mtls_view){bytes, len}, der),
                    "%zu bytes came back as %zu", der.len, len);
    mtlsval_pem_block none;
    MTLSFUZZ_ORACLE("round-trip-end", !mtlsval_pem_next(&pem, &none), "the block written again became two");
}

/* decode answers whether the body is base64 without any remark, and gives its bytes until the next call. */
static bool decode(const mtlsval_pem_block *block, mtls_view *out_der) {
    static mtls_buf decoded = {.max = SCRATCH_MAX};
    uint8_t *bytes;
    size_t len = 0, room = mtlsval_pem_decoded_max(block->body);
    mtlsval_fault fault;
    mtls_buf_reset(&decoded);
    mtlsfuzz_must(mtls_buf_extend(&decoded, room, &bytes), "make room");
    bool good = mtlsval_pem_decode(block->body, bytes, &len, &fault);
    MTLSFUZZ_ORACLE("decoded-room", len <= room && fault.at <= block->body.len,
                    "%zu bytes for %zu of room, fault at %zu of %zu", len, room, fault.at, block->body.len);
    *out_der = (mtls_view){bytes, len};
    if (!good) {
        MTLSFUZZ_REACHED("bad base64");
        return false;
    }
    return fault.finding == MTLSVAL_FINDING_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mtls_view file = {data, size};
    line_counter counter = {file, 0, 1};
    mtlsval_pem pem;
    mtlsval_pem_block block;
    size_t previous_end = 0, num_blocks = 0;
    bool well_formed;
    mtlsval_pem_start(&pem, file);
    well_formed = pem.file_finding == MTLSVAL_FINDING_NONE && !pem.has_nul;
    while (mtlsval_pem_next(&pem, &block)) {
        check_place(&block, previous_end, file, &counter);
        previous_end = block.end_at;
        num_blocks += block.is_block;
        mtls_view der;
        if (block.finding == MTLSVAL_FINDING_NONE && decode(&block, &der)) {
            MTLSFUZZ_REACHED("block");
            check_round_trip(&block, der);
        } else {
            well_formed = false;
        }
    }
    MTLSFUZZ_ORACLE("begin-count", pem.num_begin == num_blocks, "%zu BEGIN delimiters, %zu blocks",
                    pem.num_begin, num_blocks);
    if (well_formed) {
        MTLSFUZZ_REACHED("well-formed file");
#ifdef MTLSFUZZ_SECOND_OPINION
        mtlsfuzz_pem_compare(file);
#endif
    }
    return 0;
}
