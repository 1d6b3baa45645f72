#include "core/case.h"

#include <stdlib.h>
#include <string.h>

char *mtls_text_copy(const char *text) {
    size_t len = strlen(text);
    char *copy = malloc(len + 1);
    if (copy != NULL) {
        memcpy(copy, text, len + 1);
    }
    return copy;
}

mtls_status mtls_text_list_add(mtls_text_list *list, const char *text) {
    char **items = realloc(list->items, (list->num_items + 1) * sizeof *items);
    if (items == NULL) {
        return MTLS_ERR_NOMEM;
    }
    list->items = items;
    items[list->num_items] = mtls_text_copy(text);
    if (items[list->num_items] == NULL) {
        return MTLS_ERR_NOMEM;
    }
    list->num_items++;
    return MTLS_OK;
}

static void text_list_clear(mtls_text_list *list) {
    for (size_t i = 0; i < list->num_items; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (mtls_text_list){0};
}

void mtls_case_init(mtls_case *c) {
    *c = (mtls_case){
        .bundle = {.max = MTLS_CASE_INPUT_MAX                   },
        .client = { .chain = {.max = MTLS_CASE_INPUT_MAX},
                   .key = {.max = MTLS_CASE_INPUT_MAX},
                   .ocsp_response = {.max = MTLS_CASE_INPUT_MAX}},
    };
}

static void stage_clear(mtls_expect_stage *stage, bool is_upload) {
    free(stage->note);
    for (size_t i = 0; is_upload && i < stage->num_alternatives; i++) {
        free(stage->any_of[i].upload.client_cert_issuer_dn);
    }
}

void mtls_case_clear(mtls_case *c) {
    if (c == NULL) {
        return;
    }
    free(c->id);
    free(c->summary);
    free(c->time);
    text_list_clear(&c->cites);
    text_list_clear(&c->tags);
    text_list_clear(&c->features);
    mtls_buf_clear(&c->bundle);
    mtls_buf_clear(&c->client.chain);
    mtls_buf_clear(&c->client.key);
    mtls_buf_clear(&c->client.ocsp_response);
    for (size_t i = 0; i < c->num_certificates; i++) {
        free(c->certificates[i].label);
        free(c->certificates[i].role);
        free(c->certificates[i].subject);
        free(c->certificates[i].issuer);
        free(c->certificates[i].key);
        free(c->certificates[i].sha256);
    }
    free(c->certificates);
    for (size_t i = 0; i < MTLS_NUM_PROFILES; i++) {
        stage_clear(&c->expect[i].upload, true);
        stage_clear(&c->expect[i].handshake, false);
    }
    mtls_case_init(c);
}
