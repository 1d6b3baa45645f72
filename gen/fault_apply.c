#include "gen/fault_apply.h"

#include <string.h>

#include "gen/der_path.h"

static mtls_status fail_fault(const mtlsgen_fault *fault, mtls_error *error, const char *why) {
    return mtls_fail(MTLS_ERR_USAGE, error, "cannot %s \"%.200s\": %s",
                     mtlsgen_fault_operation_describe(fault->operation)->word, fault->at, why);
}

/* content_replace makes the node's content these bytes and drops its children. */
static void content_replace(mtlsgen_der_node *node, mtls_view bytes) {
    node->form = MTLSGEN_NODE_PRIMITIVE;
    node->bytes = bytes;
    node->first_child = node->last_child = NULL;
}

static mtls_status do_retag(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                            mtls_error *error) {
    (void)tree;
    if (fault->bytes.len == 0) {
        return fail_fault(fault, error, "an element needs an identifier octet");
    }
    node->identifier = fault->bytes;
    return MTLS_OK;
}

static mtls_status do_set(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                          mtls_error *error) {
    (void)tree;
    (void)error;
    content_replace(node, fault->bytes);
    return MTLS_OK;
}

static mtls_status do_delete(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                             mtls_error *error) {
    (void)tree;
    (void)fault;
    (void)error;
    mtlsgen_der_node *parent = node->parent;
    bool with_tag = parent->explicit_tag && parent->first_child == node && node->next == NULL;
    mtlsgen_der_remove(with_tag ? parent : node); /* a field goes with the tag around it */
    return MTLS_OK;
}

static mtls_status do_duplicate(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                                mtls_error *error) {
    mtlsgen_der_node *copy = mtlsgen_der_copy(tree, node);
    if (tree->status != MTLS_OK) {
        return mtls_fail(tree->status, error, "cannot duplicate \"%.200s\": the object has too many elements",
                         fault->at);
    }
    mtlsgen_der_insert(node->parent, node, copy);
    return MTLS_OK;
}

static mtls_status do_reverse(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                              mtls_error *error) {
    if (!mtlsgen_der_open(tree, node) || node->first_child == node->last_child) {
        return fail_fault(fault, error, "it has fewer than two children");
    }
    mtlsgen_der_node *child = node->first_child;
    node->first_child = node->last_child = NULL;
    while (child != NULL) {
        mtlsgen_der_node *next = child->next;
        mtlsgen_der_insert(node, NULL, child);
        child = next;
    }
    return MTLS_OK;
}

static mtls_status do_truncate(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                               mtls_error *error) {
    mtls_view content;
    mtls_status status = mtlsgen_der_encode_content(tree, node, tree->arena, &content);
    if (status != MTLS_OK) {
        return mtls_fail(status, error, "%s", mtls_status_text(status));
    }
    if (fault->number < 1 || (size_t)fault->number > content.len) {
        return mtls_fail(MTLS_ERR_USAGE, error,
                         "cannot truncate \"%.200s\" by %ld: it has %zu bytes of content", fault->at,
                         fault->number, content.len);
    }
    content_replace(node, (mtls_view){content.data, content.len - (size_t)fault->number});
    return MTLS_OK;
}

/* extend puts the fault's bytes before or after the content, and keeps the children within reach of later
 * faults. */
static mtls_status extend(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                          bool at_end, mtls_error *error) {
    if (fault->bytes.len == 0) {
        return fail_fault(fault, error, "there are no bytes to put there");
    }
    if (!mtlsgen_der_open(tree, node)) {
        mtls_view whole = node->bytes;
        content_replace(node, (mtls_view){0});
        node->form = MTLSGEN_NODE_CONSTRUCTED;
        mtlsgen_der_add_loose(tree, node, whole);
    }
    mtlsgen_der_node *loose = mtlsgen_der_add_loose(tree, node, fault->bytes);
    if (tree->status != MTLS_OK) {
        return mtls_fail(tree->status, error, "%s", mtls_status_text(tree->status));
    }
    if (!at_end) {
        mtlsgen_der_remove(loose);
        mtlsgen_der_insert(node, NULL, loose);
    }
    return MTLS_OK;
}

static mtls_status do_append(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                             mtls_error *error) {
    return extend(tree, node, fault, true, error);
}

static mtls_status do_prepend(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                              mtls_error *error) {
    return extend(tree, node, fault, false, error);
}

/* content_len measures the node as it stands. */
static mtls_status content_len(mtlsgen_der_tree *tree, mtlsgen_der_node *node, size_t *out_len,
                               mtls_error *error) {
    mtls_view content;
    mtls_status status = mtlsgen_der_encode_content(tree, node, tree->arena, &content);
    *out_len = status == MTLS_OK ? content.len : 0;
    return status == MTLS_OK ? status : mtls_fail(status, error, "%s", mtls_status_text(status));
}

static mtls_status do_non_minimal(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                                  mtls_error *error) {
    size_t len;
    mtls_status status = content_len(tree, node, &len, error);
    if (status != MTLS_OK) {
        return status;
    }
    long fewest = 0;
    for (size_t rest = len > 127 ? len : 0; rest > 0; rest >>= 8) {
        fewest++;
    }
    if (fault->number <= fewest || fault->number > 126) {
        return mtls_fail(MTLS_ERR_USAGE, error,
                         "cannot pad the length of \"%.200s\" to %ld octets: %ld to 126 are possible",
                         fault->at, fault->number, fewest + 1);
    }
    node->length_octets = (uint8_t)fault->number;
    return MTLS_OK;
}

static mtls_status do_indefinite(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                                 mtls_error *error) {
    (void)tree;
    (void)fault;
    (void)error;
    node->indefinite = true;
    return MTLS_OK;
}

static mtls_status do_lie(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                          mtls_error *error) {
    size_t len;
    mtls_status status = content_len(tree, node, &len, error);
    if (status != MTLS_OK) {
        return status;
    }
    if (fault->number == 0 || (fault->number < 0 && (size_t)0 - (size_t)fault->number > len)) {
        return mtls_fail(MTLS_ERR_USAGE, error, "cannot make the length of \"%.200s\" lie by %ld: it is %zu",
                         fault->at, fault->number, len);
    }
    node->lie = fault->number;
    return MTLS_OK;
}

static mtls_status do_trailing(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                               mtls_error *error) {
    if (fault->bytes.len == 0) {
        return fail_fault(fault, error, "there are no bytes to put there");
    }
    mtlsgen_der_node *parent = node->parent;
    mtlsgen_der_node *loose = mtlsgen_der_add_loose(tree, parent, fault->bytes);
    if (tree->status != MTLS_OK) {
        return mtls_fail(tree->status, error, "%s", mtls_status_text(tree->status));
    }
    mtlsgen_der_remove(loose);
    mtlsgen_der_insert(parent, node, loose);
    return MTLS_OK;
}

typedef mtls_status (*do_fn)(mtlsgen_der_tree *, mtlsgen_der_node *, const mtlsgen_fault *, mtls_error *);

static const do_fn operations[MTLSGEN_NUM_FAULT_OPERATIONS] = {
    [MTLSGEN_FAULT_RETAG] = do_retag,
    [MTLSGEN_FAULT_SET] = do_set,
    [MTLSGEN_FAULT_DELETE] = do_delete,
    [MTLSGEN_FAULT_DUPLICATE] = do_duplicate,
    [MTLSGEN_FAULT_REVERSE] = do_reverse,
    [MTLSGEN_FAULT_TRUNCATE] = do_truncate,
    [MTLSGEN_FAULT_APPEND] = do_append,
    [MTLSGEN_FAULT_PREPEND] = do_prepend,
    [MTLSGEN_FAULT_NON_MINIMAL] = do_non_minimal,
    [MTLSGEN_FAULT_INDEFINITE] = do_indefinite,
    [MTLSGEN_FAULT_LIE] = do_lie,
    [MTLSGEN_FAULT_TRAILING] = do_trailing,
};

static mtls_status apply_to(mtlsgen_der_tree *tree, mtlsgen_der_node *node, const mtlsgen_fault *fault,
                            mtls_error *error) {
    if (!mtlsgen_der_open_header(node)) {
        return fail_fault(fault, error, "its bytes are not a DER element");
    }
    return operations[fault->operation](tree, node, fault, error);
}

mtls_status mtlsgen_fault_apply(mtlsgen_der_tree *tree, const mtlsgen_fault *fault, mtls_error *error) {
    mtlsgen_der_node *node;
    mtls_status status = mtlsgen_der_find(tree, fault->at, &node, error);
    return status == MTLS_OK ? apply_to(tree, node, fault, error) : status;
}

/* is_signed answers whether the fault changes what stands in `to_be_signed`, its own header included. */
static bool is_signed(const mtlsgen_der_node *node, const mtlsgen_fault *fault,
                      const mtlsgen_der_node *to_be_signed) {
    if (node == to_be_signed) {
        return fault->operation != MTLSGEN_FAULT_DELETE && fault->operation != MTLSGEN_FAULT_DUPLICATE &&
               fault->operation != MTLSGEN_FAULT_TRAILING;
    }
    while (node != NULL && node != to_be_signed) {
        node = node->parent;
    }
    return node != NULL;
}

mtls_status mtlsgen_faults_apply_signed(mtlsgen_der_tree *tree, mtlsgen_faults *faults,
                                        const mtlsgen_der_node *to_be_signed, mtls_error *error) {
    if (faults->num_faults > MTLSGEN_FAULTS_MAX) {
        return mtls_fail(MTLS_ERR_LIMIT, error, "an object has at most %d faults, not %zu",
                         MTLSGEN_FAULTS_MAX, faults->num_faults);
    }
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < faults->num_faults && status == MTLS_OK; i++) {
        const mtlsgen_fault *fault = &faults->faults[i];
        mtlsgen_der_node *node;
        /* A path that does not match yet may do so once there is a signature. */
        if (!fault->stale && mtlsgen_der_find(tree, fault->at, &node, NULL) == MTLS_OK &&
            is_signed(node, fault, to_be_signed)) {
            status = apply_to(tree, node, fault, error);
            faults->made[i] = true;
        }
    }
    return status;
}

mtls_status mtlsgen_faults_apply_rest(mtlsgen_der_tree *tree, mtlsgen_faults *faults, mtls_error *error) {
    mtls_status status = MTLS_OK;
    for (size_t i = 0; i < faults->num_faults && status == MTLS_OK; i++) {
        if (!faults->made[i]) {
            status = mtlsgen_fault_apply(tree, &faults->faults[i], error);
        }
    }
    return status;
}
