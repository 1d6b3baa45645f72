#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/text.h"
#include "gen/cli.h"
#include "gen/cli_options.h"
#include "gen/corpus.h"
#include "gen/fixture.h"
#include "gen/interrupt.h"

enum { ID_LEN = 256, SUGGESTIONS_MAX = 8 };

typedef struct {
    const char *name, *out;
    mtlsgen_choices choices;
    bool any_choice;
    mtlsgen_fixture_options fixture;
} scenario_options;

/* The scenario that a name means, with the variant that may stand behind its "@". */
typedef struct {
    mtlsgen_catalog catalog;
    const mtlsgen_catalog_entry *entry;
    const char *variant; /* NULL: none */
} found_scenario;

static int choice_set(scenario_options *options, const char *text) {
    const char *equals = strchr(text, '=');
    char word[64];
    mtlsgen_dimension dimension;
    const char *words[MTLSGEN_CHOICE_WORDS_MAX + MTLSGEN_NUM_DIMENSIONS];
    (void)snprintf(word, sizeof word, "%.*s", equals == NULL ? 63 : (int)(equals - text), text);
    if (equals == NULL || !mtlsgen_dimension_find(word, &dimension)) {
        for (int i = 0; i < MTLSGEN_NUM_DIMENSIONS; i++) {
            words[i] = mtlsgen_dimension_word((mtlsgen_dimension)i);
        }
        const char *nearest = mtls_text_nearest(word, words, MTLSGEN_NUM_DIMENSIONS);
        return cli_fail("scenario", "--set %s: expected DIMENSION=CHOICE, such as key=rsa2048%s%s", text,
                        nearest != NULL ? "; the nearest dimension is " : "", nearest != NULL ? nearest : "");
    }
    if (!mtlsgen_choice_find(dimension, equals + 1, &options->choices.value[dimension])) {
        char list[300] = "";
        const size_t num = mtlsgen_choice_words(dimension, words, MTLSGEN_CHOICE_WORDS_MAX);
        for (size_t i = 0, len = 0; i < num && len < sizeof list; i++) {
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", i > 0 ? ", " : "", words[i]);
        }
        return cli_fail("scenario", "--set %s: %s is one of %s", text, word, list);
    }
    options->choices.made[dimension] = true;
    options->choices.word[dimension] = equals + 1;
    options->any_choice = true;
    return CLI_OK;
}

static int also_set(scenario_options *options, const char *text) {
    for (bool more = true; more;) {
        const size_t len = strcspn(text, ",");
        if (len == 3 && strncmp(text, "der", 3) == 0) {
            options->fixture.der = true;
        } else if (len == 3 && strncmp(text, "p7b", 3) == 0) {
            options->fixture.p7b = true;
        } else if (len == 3 && strncmp(text, "p12", 3) == 0) {
            options->fixture.p12 = true;
        } else {
            return cli_fail("scenario", "--also \"%.*s\": there are der, p7b and p12", (int)len, text);
        }
        more = text[len] == ',';
        text += len + more;
    }
    return CLI_OK;
}

static bool is_file_name(const char *name) {
    const size_t len = strlen(name);
    return (len > 5 && strcmp(name + len - 5, ".yaml") == 0) ||
           (len > 4 && strcmp(name + len - 4, ".yml") == 0);
}

/* The scenarios whose last part is `name`: the one, or a message with all of them, or with the nearest. */
static int short_name_find(found_scenario *found, const char *name) {
    const mtlsgen_catalog *catalog = &found->catalog;
    const char **ids = calloc(catalog->num_entries * 2 + 1, sizeof *ids);
    size_t num_ids = 0, hits = 0;
    char list[400] = "";
    size_t len = 0;
    if (ids == NULL) {
        return cli_fail("scenario", "no memory");
    }
    for (size_t i = 0; i < catalog->num_entries; i++) {
        const char *id = catalog->entries[i].id, *slash = strrchr(id, '/');
        ids[num_ids++] = id;
        ids[num_ids++] = slash != NULL ? slash + 1 : id;
        if (strcmp(ids[num_ids - 1], name) == 0) {
            found->entry = &catalog->entries[i];
            if (hits++ < SUGGESTIONS_MAX && len < sizeof list) {
                len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", hits > 1 ? ", " : "", id);
            }
        }
    }
    const char *nearest = mtls_text_nearest(name, ids, num_ids);
    free(ids);
    if (hits == 1) {
        return CLI_OK;
    }
    found->entry = NULL;
    if (hits > 1) {
        return cli_fail("scenario", "\"%s\" is the name of several: %s", name, list);
    }
    return nearest != NULL ? cli_fail("scenario", "no scenario \"%s\"; did you mean %s?", name, nearest)
                           : cli_fail("scenario", "no scenario \"%s\"; mtls-gen list shows them", name);
}

static int scenario_find(const char *name, char id[ID_LEN], found_scenario *found) {
    mtls_error error;
    const bool is_file = is_file_name(name);
    if (mtlsgen_catalog_open(&name, is_file ? 1 : 0, is_file, &found->catalog, &error) != MTLS_OK) {
        return cli_fail("scenario", "%s", error.text);
    }
    if (is_file) {
        found->entry = &found->catalog.entries[0];
        return CLI_OK;
    }
    const char *at = strchr(name, '@');
    (void)snprintf(id, ID_LEN, "%.*s", at == NULL ? ID_LEN - 1 : (int)(at - name), name);
    found->variant = at;
    found->entry = mtlsgen_catalog_find(&found->catalog, id);
    return found->entry != NULL ? CLI_OK : short_name_find(found, id);
}

static bool choices_equal(const mtlsgen_choices *a, const mtlsgen_choices *b) {
    for (int d = 0; d < MTLSGEN_NUM_DIMENSIONS; d++) {
        if (a->made[d] != b->made[d] || (a->made[d] && a->value[d] != b->value[d])) {
            return false;
        }
    }
    return true;
}

/* Whether the choices are one of the scenario's own variants, so that its expectations hold for them. */
static bool is_own_variant(const mtlsgen_scenario *scenario, const mtlsgen_choices *choices) {
    for (size_t i = 0; i < mtlsgen_variant_count(scenario, true); i++) {
        mtlsgen_choices own;
        mtlsgen_variant_choose(scenario, true, i, &own);
        if (choices_equal(&own, choices)) {
            return true;
        }
    }
    return false;
}

/* The variant that an id names: the scenario's own one whose id ends so. */
static int variant_find(const mtlsgen_scenario *scenario, const char *variant, mtlsgen_choices *out) {
    mtls_buf id = {.max = 4 * ID_LEN};
    int result = CLI_FAILED;
    for (size_t i = 1; result != CLI_OK && i < mtlsgen_variant_count(scenario, true); i++) {
        mtlsgen_variant_choose(scenario, true, i, out);
        mtls_buf_reset(&id);
        if (mtlsgen_variant_id("", out, &id) == MTLS_OK &&
            mtls_view_equal_text(mtls_buf_view(&id), variant)) {
            result = CLI_OK;
        }
    }
    mtls_buf_clear(&id);
    return result == CLI_OK
               ? result
               : cli_fail("scenario", "%s has no variant \"%s\"; --set makes any", scenario->id, variant);
}

/* `path` as one word of a shell. */
static void quoted_print(const char *folder, const char *file) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./@%+=:,-";
    if (strspn(folder, plain) == strlen(folder) && folder[0] != '-') {
        (void)printf("%s/%s", folder, file);
        return;
    }
    (void)printf("'%s", folder[0] == '-' ? "./" : "");
    for (const char *c = folder; *c != '\0'; c++) {
        (void)(*c == '\'' ? printf("'\\''") : putchar(*c));
    }
    (void)printf("/%s'", file);
}

/* A command in which every "%" stands for a file of the folder. */
static void command_print(const char *folder, const char *command, const char *const *files) {
    (void)printf("  ");
    for (const char *c = command; *c != '\0'; c++) {
        if (*c == '%') {
            quoted_print(folder, *files++);
        } else {
            (void)putchar(*c);
        }
    }
    (void)putchar('\n');
}

static void commands_print(const char *folder, const mtls_case *c, const mtlsgen_fixture_options *fixture) {
    const bool chain = c->client.present && c->client.has_chain, key = chain && c->client.has_key;
    static const char *const bundle_only[] = {"bundle.pem"};
    static const char *const both[] = {"bundle.pem", "client.pem", "client.pem"};
    static const char *const pair[] = {"client.pem", "client.key"};
    static const char *const sent[] = {"client.pem", "client.key", "client.pem"};
    static const char *const p7b[] = {"certificates.p7b"};
    (void)printf("\nTry:\n");
    if (c->has_bundle) {
        command_print(folder, "mtls-validate upload %", bundle_only);
        command_print(folder, "openssl storeutl -noout -text -certs %", bundle_only);
    }
    if (c->has_bundle && chain) {
        command_print(folder, "mtls-validate client --trust % --cert %", both);
        command_print(folder, "openssl verify -purpose sslclient -CAfile % -untrusted % %", both);
    }
    if (key) {
        command_print(folder, "openssl s_client -connect HOST:443 -cert % -key % -cert_chain %", sent);
        command_print(folder, "curl --cert % --key % https://HOST/", pair);
    }
    if (fixture->p7b) {
        command_print(folder, "openssl pkcs7 -inform DER -print_certs -noout -in %", p7b);
    }
}

static int case_write(const scenario_options *options, mtlsgen_builder *builder, const mtls_case *c) {
    mtlsgen_output *output;
    mtls_error error;
    mtls_status status = mtlsgen_output_open(options->out, MTLSGEN_OUTPUT_CASE, &output, &error);
    if (status != MTLS_OK) {
        return cli_fail("scenario", "%s", error.text);
    }
    status = mtlsgen_fixture_write(output, builder, c, &options->fixture, &error);
    if (status == MTLS_OK && mtlsgen_interrupt_signal() != 0) {
        status = mtls_fail(MTLS_ERR_INTERRUPT, &error, "interrupted; %s is as it was", options->out);
    }
    if (status != MTLS_OK) {
        mtlsgen_output_abandon(output);
    } else {
        status = mtlsgen_output_commit(output, &error);
    }
    if (status != MTLS_OK) {
        (void)cli_fail("scenario", "%s", error.text);
        mtlsgen_interrupt_die();
        return CLI_FAILED;
    }
    (void)printf("%s is in %s\n", c->id, options->out);
    if (!options->fixture.with_expectation) {
        (void)printf(
            "The scenario does not say what comes back with these choices, so there is no case.json.\n");
    }
    commands_print(options->out, c, &options->fixture);
    return cli_flush("scenario");
}

static int scenario_run(scenario_options *options, const found_scenario *found) {
    mtlsgen_scenario *scenario = NULL;
    mtlsgen_key_pool *pool = NULL;
    mtlsgen_builder *builder = NULL;
    mtlsgen_seed seed;
    mtls_case c;
    mtls_error error = {""};
    int result = CLI_OK;
    mtls_case_init(&c);
    mtlsgen_seed_init(options->fixture.seed, &seed);
    mtls_status status =
        mtlsgen_scenario_read(found->entry->name, found->entry->id, found->entry->text, &scenario, &error);
    if (status == MTLS_OK && found->variant != NULL) {
        result = options->any_choice ? cli_fail("scenario", "a name with a variant takes no --set")
                                     : variant_find(scenario, found->variant, &options->choices);
    }
    if (status == MTLS_OK && result == CLI_OK) {
        options->fixture.with_expectation = is_own_variant(scenario, &options->choices);
        if ((status = mtlsgen_key_pool_new(&seed, &pool)) == MTLS_OK &&
            (status = mtlsgen_builder_new(&seed, pool, &builder)) == MTLS_OK &&
            (status = mtlsgen_case_build(builder, scenario, &options->choices, &c, &error)) == MTLS_OK) {
            result = case_write(options, builder, &c);
        }
    }
    if (status != MTLS_OK) {
        result = cli_fail("scenario", "%s", error.text[0] != '\0' ? error.text : mtls_status_text(status));
    }
    mtls_case_clear(&c);
    mtlsgen_builder_free(builder);
    mtlsgen_key_pool_free(pool);
    mtlsgen_scenario_free(scenario);
    return result;
}

int mtlsgen_cli_scenario(int argc, char **argv) {
    struct option table[CLI_OPTIONS_MAX];
    const struct option *options = cli_options_get(CLI_COMMAND_SCENARIO, table);
    scenario_options chosen = {.fixture = {.seed = MTLSGEN_DEFAULT_SEED}};
    found_scenario found = {0};
    char id[ID_LEN];
    int result = CLI_OK;
    opterr = 0;
    for (int option; result == CLI_OK && (option = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
        switch (option) {
        case 'o':
            chosen.out = optarg;
            break;
        case 't':
            result = choice_set(&chosen, optarg);
            break;
        case 'a':
            result = also_set(&chosen, optarg);
            break;
        case 'e':
            chosen.fixture.seed = optarg;
            result = cli_seed_check("scenario", optarg);
            break;
        case 'h':
            cli_options_help(CLI_COMMAND_SCENARIO);
            return cli_flush("scenario");
        default:
            return cli_bad_option("scenario", option, argv, options);
        }
    }
    if (result != CLI_OK) {
        return result;
    }
    if (argc - optind != 1) {
        return cli_fail("scenario", "expected one NAME or FILE.yaml; see mtls-gen scenario --help");
    }
    if (chosen.out == NULL) {
        return cli_fail("scenario", "--out says where the files go; it is missing");
    }
    mtlsgen_interrupt_catch();
    if ((result = scenario_find(argv[optind], id, &found)) == CLI_OK) {
        result = scenario_run(&chosen, &found);
    }
    mtlsgen_catalog_clear(&found.catalog);
    return result;
}
