#include "fuzz/mutator/make.h"

#include <string.h>

#include "gen/extension_add.h"
#include "gen/oid.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT(text)                                                                                           \
    { (const uint8_t *)(text), sizeof(text) - 1 }

enum { ITEMS_MAX = 3 };

static size_t below(mtlsmut_job *job, size_t limit) {
    return mtlsmut_below(&job->random, limit);
}

static bool chance(mtlsmut_job *job, size_t num, size_t of) {
    return mtlsmut_chance(&job->random, num, of);
}

/* Names of each kind that RFC 5280 4.2.1.6 has; with masks and leading dots in constraints (4.2.1.10). */
static mtlsgen_general_name make_name(mtlsmut_job *job, bool constraint, mtlsgen_name *dn) {
    static const mtls_view dns[] = {TEXT("example.com"), TEXT("sub.example.com"), TEXT("*.example.com"),
                                    TEXT("a")};
    static const mtls_view emails[] = {TEXT("user@example.com"), TEXT("user@sub.example.com")};
    static const mtls_view hosts[] = {TEXT("example.com"), TEXT(".example.com")};
    static const mtls_view ips[] = {TEXT("127.0.0.1"), TEXT("2001:db8::1")};
    static const mtls_view nets[] = {TEXT("127.0.0.0/8"), TEXT("2001:db8::/32")};
    static const mtls_view uris[] = {TEXT("http://example.com/"), TEXT("http://127.0.0.1:18888/"),
                                     TEXT("urn:a")};
    static const mtls_view names[] = {TEXT("O=mtls-gauntlet TEST DO NOT TRUST"), TEXT("C=AU, O=x"),
                                      TEXT("O=mtls-gauntlet TEST DO NOT TRUST, CN=leaf")};
    static const mtlsgen_general_name_kind kinds[] = {MTLSGEN_NAME_DN,  MTLSGEN_NAME_DNS,  MTLSGEN_NAME_EMAIL,
                                                      MTLSGEN_NAME_IP,  MTLSGEN_NAME_URI,  MTLSGEN_NAME_DN,
                                                      MTLSGEN_NAME_RID, MTLSGEN_NAME_OTHER};
    mtlsgen_general_name made = {.kind = kinds[below(job, COUNT(kinds))]};
    switch (made.kind) {
    case MTLSGEN_NAME_DNS:
        made.text = constraint ? hosts[below(job, 2)] : dns[below(job, COUNT(dns))];
        break;
    case MTLSGEN_NAME_EMAIL:
        made.text = constraint && chance(job, 1, 2) ? hosts[below(job, 2)] : emails[below(job, 2)];
        break;
    case MTLSGEN_NAME_IP:
        made.text = constraint ? nets[below(job, 2)] : ips[below(job, 2)];
        break;
    case MTLSGEN_NAME_URI:
        made.text = constraint ? hosts[below(job, 2)] : uris[below(job, COUNT(uris))];
        break;
    case MTLSGEN_NAME_DN:
        if (mtlsgen_name_read(names[below(job, COUNT(names))], job->arena, dn, NULL) != MTLS_OK) {
            *dn = (mtlsgen_name){0};
        }
        made.name = dn;
        break;
    case MTLSGEN_NAME_RID:
        made.text = (mtls_view)TEXT("1.2.3.4");
        break;
    case MTLSGEN_NAME_OTHER:
        made.oid = "1.3.6.1.4.1.311.20.2.3"; /* a user principal name */
        made.text = (mtls_view)TEXT("user@example.com");
        break;
    }
    return made;
}

/* What the lists of one extension borrow. */
typedef struct {
    mtlsgen_general_name names[2][ITEMS_MAX];
    mtlsgen_name dns[2][ITEMS_MAX];
    const char *words[ITEMS_MAX];
    mtlsgen_policy policies[ITEMS_MAX];
    mtlsgen_policy_mapping mappings[ITEMS_MAX];
    mtlsgen_access accesses[ITEMS_MAX];
} lists;

static mtlsgen_general_names make_names(mtlsmut_job *job, lists *held, size_t list, bool constraint) {
    size_t num = 1 + below(job, ITEMS_MAX);
    for (size_t i = 0; i < num; i++) {
        held->names[list][i] = make_name(job, constraint, &held->dns[list][i]);
    }
    return (mtlsgen_general_names){held->names[list], num};
}

static const char *policy_oid(mtlsmut_job *job) {
    static const char *const oids[] = {"any", "1.2.3.4", "1.2.3.5", "2.23.140.1.2.1"};
    return oids[below(job, COUNT(oids))];
}

static void make_policies(mtlsmut_job *job, lists *held, mtlsgen_extension *out) {
    out->u.policies.items = held->policies;
    out->u.policies.num_items = 1 + below(job, ITEMS_MAX);
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        held->policies[i] =
            (mtlsgen_policy){policy_oid(job), chance(job, 1, 2) ? "http://127.0.0.1/cps" : NULL};
    }
}

static void make_mappings(mtlsmut_job *job, lists *held, mtlsgen_extension *out) {
    out->u.mappings.items = held->mappings;
    out->u.mappings.num_items = 1 + below(job, 2);
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        held->mappings[i] = (mtlsgen_policy_mapping){policy_oid(job), policy_oid(job)};
    }
}

static void make_accesses(mtlsmut_job *job, lists *held, mtlsgen_extension *out) {
    static const char *const methods[] = {"ocsp", "ca-issuers", "ca-repository", "time-stamping"};
    out->u.access.items = held->accesses;
    out->u.access.num_items = 1 + below(job, 2);
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        held->accesses[i] = (mtlsgen_access){methods[below(job, COUNT(methods))], "http://127.0.0.1:18888/"};
    }
}

static void make_words(mtlsmut_job *job, lists *held, const char *const *words, size_t num_words) {
    for (size_t i = 0; i < ITEMS_MAX; i++) {
        held->words[i] = words[below(job, num_words)];
    }
}

static void fill(mtlsmut_job *job, lists *held, mtlsgen_extension *out) {
    static const char *const uris[] = {"http://127.0.0.1:18888/crl", "ldap:///CN=a"};
    static const uint8_t attributes[] = {0x30, 0x0e, 0x30, 0x0c, 0x06, 0x03, 0x55, 0x04,
                                         0x03, 0x31, 0x05, 0x0c, 0x03, 'a',  'b',  'c'};
    switch (out->kind) {
    case MTLSGEN_EXT_BASIC_CONSTRAINTS:
        out->u.basic_constraints.ca = chance(job, 1, 2);
        out->u.basic_constraints.has_path_len = chance(job, 1, 2);
        out->u.basic_constraints.path_len = (long)below(job, 3) - (chance(job, 1, 8) ? 1 : 0);
        break;
    case MTLSGEN_EXT_KEY_USAGE:
        out->u.key_usage = (unsigned)below(job, 512);
        break;
    case MTLSGEN_EXT_EXT_KEY_USAGE:
        make_words(job, held, mtlsgen_purpose_words, mtlsgen_num_purpose_words);
        out->u.purposes.items = held->words;
        out->u.purposes.num_items = 1 + below(job, ITEMS_MAX);
        break;
    case MTLSGEN_EXT_AUTHORITY_KEY_IDENTIFIER:
        out->u.authority.has_key_id = chance(job, 3, 4);
        break;
    case MTLSGEN_EXT_SUBJECT_ALT_NAME:
    case MTLSGEN_EXT_ISSUER_ALT_NAME:
        out->u.names = make_names(job, held, 0, false);
        break;
    case MTLSGEN_EXT_NAME_CONSTRAINTS:
        if (chance(job, 2, 3)) {
            out->u.constraints.permitted = make_names(job, held, 0, true);
        }
        if (chance(job, 1, 2)) {
            out->u.constraints.excluded = make_names(job, held, 1, true);
        }
        break;
    case MTLSGEN_EXT_CERTIFICATE_POLICIES:
        make_policies(job, held, out);
        break;
    case MTLSGEN_EXT_POLICY_MAPPINGS:
        make_mappings(job, held, out);
        break;
    case MTLSGEN_EXT_POLICY_CONSTRAINTS:
        out->u.policy_constraints.has_require_explicit = chance(job, 3, 4);
        out->u.policy_constraints.require_explicit = (long)below(job, 3);
        out->u.policy_constraints.has_inhibit_mapping = chance(job, 1, 2);
        out->u.policy_constraints.inhibit_mapping = (long)below(job, 3);
        break;
    case MTLSGEN_EXT_INHIBIT_ANY_POLICY:
        out->u.skip_certs = (long)below(job, 3);
        break;
    case MTLSGEN_EXT_AUTHORITY_INFO_ACCESS:
    case MTLSGEN_EXT_SUBJECT_INFO_ACCESS:
        make_accesses(job, held, out);
        break;
    case MTLSGEN_EXT_CRL_DISTRIBUTION_POINTS:
    case MTLSGEN_EXT_FRESHEST_CRL:
        make_words(job, held, uris, COUNT(uris));
        out->u.uris.items = held->words;
        out->u.uris.num_items = 1 + below(job, 2);
        break;
    case MTLSGEN_EXT_SUBJECT_DIRECTORY_ATTRIBUTES:
        out->u.attributes = (mtls_view){attributes, sizeof attributes};
        break;
    default: /* a subjectKeyIdentifier is the key's own; a raw one is filled by the caller */
        break;
    }
}

/* Half of the time one that path validation asks about (RFC 5280 6.1). */
static mtlsgen_extension_kind pick_kind(mtlsmut_job *job) {
    static const mtlsgen_extension_kind asked[] = {
        MTLSGEN_EXT_BASIC_CONSTRAINTS,       MTLSGEN_EXT_KEY_USAGE,
        MTLSGEN_EXT_EXT_KEY_USAGE,           MTLSGEN_EXT_SUBJECT_ALT_NAME,
        MTLSGEN_EXT_NAME_CONSTRAINTS,        MTLSGEN_EXT_NAME_CONSTRAINTS,
        MTLSGEN_EXT_CERTIFICATE_POLICIES,    MTLSGEN_EXT_POLICY_CONSTRAINTS,
        MTLSGEN_EXT_POLICY_MAPPINGS,         MTLSGEN_EXT_INHIBIT_ANY_POLICY,
        MTLSGEN_EXT_AUTHORITY_KEY_IDENTIFIER};
    return chance(job, 1, 2) ? asked[below(job, COUNT(asked))]
                             : (mtlsgen_extension_kind)(1 + below(job, MTLSGEN_NUM_EXTENSIONS - 1));
}

mtlsgen_der_node *mtlsmut_make_extension(mtlsmut_job *job, mtlsgen_der_node *parent) {
    lists *held = mtlsgen_arena_zalloc(job->arena, 1, sizeof *held);
    const mtlsgen_key *key = mtlsmut_keys_pick(job->keys, &job->random);
    if (held == NULL || key == NULL) {
        return NULL;
    }
    mtlsgen_key_ids ids = {mtlsgen_key_id(key), mtlsgen_key_id(key)};
    mtlsgen_extension extension = {
        .kind = pick_kind(job),
        .critical = chance(job, 1, 3) ? (mtlsgen_critical)(1 + below(job, 2)) : MTLSGEN_CRITICAL_DEFAULT,
    };
    if (chance(job, 1, 16)) {
        extension.kind = MTLSGEN_EXT_RAW;
        extension.u.raw.oid = "1.2.3.4.5";
        extension.u.raw.value = (mtls_view)TEXT("\x05\x00");
    }
    fill(job, held, &extension);
    if (mtlsgen_extension_add(job->tree, parent, &extension, &ids, NULL) != MTLS_OK ||
        job->tree->status != MTLS_OK) {
        return NULL;
    }
    return parent->last_child;
}
