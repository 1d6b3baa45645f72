#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/cli.h"
#include "gen/cli_options.h"
#include "gen/coverage.h"
#include "gen/scenario.h"

typedef struct {
    bool json, coverage;
    cli_paths paths;
} list_options;

/* All scenarios, read and checked. */
typedef struct {
    mtlsgen_scenario **items;
    size_t num_items;
} scenario_list;

static void scenarios_free(scenario_list *list) {
    for (size_t i = 0; i < list->num_items; i++) {
        mtlsgen_scenario_free(list->items[i]);
    }
    free(list->items);
}

static mtls_status scenarios_read(const mtlsgen_catalog *catalog, scenario_list *out, mtls_error *error) {
    mtls_status status = MTLS_OK;
    *out = (scenario_list){calloc(catalog->num_entries + 1, sizeof *out->items), 0};
    if (out->items == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "no memory");
    }
    for (size_t i = 0; status == MTLS_OK && i < catalog->num_entries; i++) {
        const mtlsgen_catalog_entry *entry = &catalog->entries[i];
        status = mtlsgen_scenario_read(entry->name, entry->id, entry->text, &out->items[i], error);
        out->num_items += status == MTLS_OK;
    }
    return status;
}

static bool cites(const mtlsgen_scenario *scenario, const char *anchor) {
    for (size_t i = 0; i < scenario->cites.num_items; i++) {
        if (strcmp(scenario->cites.items[i], anchor) == 0) {
            return true;
        }
    }
    return false;
}

static void scenarios_print(const scenario_list *list) {
    size_t base = 0, full = 0;
    for (size_t i = 0; i < list->num_items; i++) {
        const mtlsgen_scenario *s = list->items[i];
        (void)printf("%-44s %s\n", s->id, s->summary);
        base += mtlsgen_variant_count(s, false);
        full += mtlsgen_variant_count(s, true);
    }
    (void)printf("\n%zu scenarios: %zu cases in the suite base, %zu in full\n", list->num_items, base, full);
}

static void coverage_print(const scenario_list *list) {
    size_t covered = 0, explained = 0, open = 0;
    for (size_t i = 0; i < mtlsgen_num_sentences; i++) {
        const mtlsgen_sentence *sentence = &mtlsgen_sentences[i];
        size_t num = 0;
        (void)printf("%s\n    %s\n", sentence->anchor, sentence->sentence);
        for (size_t j = 0; j < list->num_items; j++) {
            if (cites(list->items[j], sentence->anchor)) {
                (void)printf("        %s\n", list->items[j]->id);
                num++;
            }
        }
        if (sentence->reason != NULL) {
            (void)printf("        no case: %s\n", sentence->reason);
        } else if (num == 0) {
            (void)printf("        OPEN: no scenario cites it, and no reason is given\n");
        }
        covered += num > 0;
        explained += num == 0 && sentence->reason != NULL;
        open += num == 0 && sentence->reason == NULL;
    }
    (void)printf("\n%zu sentences: %zu with scenarios, %zu with a reason why none can be, %zu open\n",
                 mtlsgen_num_sentences, covered, explained, open);
}

static json_t *texts_json(const mtlsgen_texts *texts) {
    json_t *array = json_array();
    for (size_t i = 0; i < texts->num_items; i++) {
        (void)json_array_append_new(array, json_string(texts->items[i]));
    }
    return array;
}

static json_t *scenarios_json(const scenario_list *list) {
    json_t *array = json_array();
    for (size_t i = 0; i < list->num_items; i++) {
        const mtlsgen_scenario *s = list->items[i];
        (void)json_array_append_new(array, json_pack("{s:s, s:s, s:o, s:o, s:{s:I, s:I}}", "id", s->id,
                                                     "summary", s->summary, "cites", texts_json(&s->cites),
                                                     "tags", texts_json(&s->tags), "cases", "base",
                                                     (json_int_t)mtlsgen_variant_count(s, false), "full",
                                                     (json_int_t)mtlsgen_variant_count(s, true)));
    }
    return json_pack("{s:o}", "scenarios", array);
}

static json_t *coverage_json(const scenario_list *list) {
    json_t *array = json_array();
    for (size_t i = 0; i < mtlsgen_num_sentences; i++) {
        const mtlsgen_sentence *sentence = &mtlsgen_sentences[i];
        json_t *scenarios = json_array();
        for (size_t j = 0; j < list->num_items; j++) {
            if (cites(list->items[j], sentence->anchor)) {
                (void)json_array_append_new(scenarios, json_string(list->items[j]->id));
            }
        }
        (void)json_array_append_new(array, json_pack("{s:s, s:s, s:s?, s:o}", "anchor", sentence->anchor,
                                                     "sentence", sentence->sentence, "reason",
                                                     sentence->reason, "scenarios", scenarios));
    }
    return json_pack("{s:o}", "sentences", array);
}

static int json_print(json_t *value) {
    const bool bad = value == NULL || json_dumpf(value, stdout, JSON_INDENT(2)) != 0;
    json_decref(value);
    (void)putchar('\n');
    return bad ? cli_fail("list", "the JSON cannot be written") : CLI_OK;
}

static int list_run(const list_options *options) {
    mtlsgen_catalog catalog;
    scenario_list list = {0};
    mtls_error error;
    int result = CLI_OK;
    if (mtlsgen_catalog_open(options->paths.items, options->paths.num_items, false, &catalog, &error) !=
        MTLS_OK) {
        return cli_fail("list", "%s", error.text);
    }
    if (scenarios_read(&catalog, &list, &error) != MTLS_OK) {
        result = cli_fail("list", "%s", error.text);
    } else if (options->json) {
        result = json_print(options->coverage ? coverage_json(&list) : scenarios_json(&list));
    } else if (options->coverage) {
        coverage_print(&list);
    } else {
        scenarios_print(&list);
    }
    scenarios_free(&list);
    mtlsgen_catalog_clear(&catalog);
    return result == CLI_OK ? cli_flush("list") : result;
}

int mtlsgen_cli_list(int argc, char **argv) {
    struct option table[CLI_OPTIONS_MAX];
    const struct option *options = cli_options_get(CLI_COMMAND_LIST, table);
    list_options chosen = {0};
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
        switch (option) {
        case 'j':
            chosen.json = true;
            break;
        case 'c':
            chosen.coverage = true;
            break;
        case 's':
            if (!cli_paths_add(&chosen.paths, optarg)) {
                return cli_fail("list", "too many --scenarios");
            }
            break;
        case 'h':
            cli_options_help(CLI_COMMAND_LIST);
            return cli_flush("list");
        default:
            return cli_bad_option("list", option, argv, options);
        }
    }
    if (optind < argc) {
        return cli_fail("list", "\"%s\": the command takes options only; see mtls-gen list --help",
                        argv[optind]);
    }
    return list_run(&chosen);
}
