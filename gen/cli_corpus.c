#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen/cli.h"
#include "gen/cli_options.h"
#include "gen/corpus.h"
#include "gen/interrupt.h"

static bool number_parse(const char *text, size_t most, size_t *out, char **out_end) {
    errno = 0;
    if (text[0] < '0' || text[0] > '9') {
        return false;
    }
    const unsigned long long value = strtoull(text, out_end, 10);
    *out = (size_t)value;
    return errno == 0 && value >= 1 && value <= most;
}

static int suite_set(mtlsgen_corpus_options *options, const char *text) {
    options->full = strcmp(text, "full") == 0;
    if (options->full || strcmp(text, "base") == 0) {
        return CLI_OK;
    }
    return cli_fail("corpus", "unknown suite \"%s\"; there are base and full", text);
}

static int form_set(mtlsgen_corpus_options *options, const char *text) {
    for (int i = 0; i < MTLSGEN_NUM_FORMS; i++) {
        if (strcmp(mtlsgen_form_word((mtlsgen_form_id)i), text) == 0) {
            options->form = (mtlsgen_form_id)i;
            return CLI_OK;
        }
    }
    return cli_fail("corpus", "unknown format \"%s\"; there are tree, jsonl, limbo and fuzz-seeds", text);
}

static int shard_set(mtlsgen_corpus_options *options, const char *text) {
    char *slash = NULL, *end = NULL;
    if (!number_parse(text, MTLSGEN_SHARDS_MAX, &options->shard, &slash) || *slash != '/' ||
        !number_parse(slash + 1, MTLSGEN_SHARDS_MAX, &options->shards, &end) || *end != '\0' ||
        options->shard > options->shards) {
        return cli_fail("corpus", "--shard %s: expected K/N with K from 1 to N, such as 2/8", text);
    }
    return CLI_OK;
}

static int jobs_set(mtlsgen_corpus_options *options, const char *text) {
    char *end = NULL;
    size_t jobs = 0;
    if (!number_parse(text, MTLSGEN_JOBS_MAX, &jobs, &end) || *end != '\0') {
        return cli_fail("corpus", "--jobs %s: expected a number from 1 to %d", text, MTLSGEN_JOBS_MAX);
    }
    options->jobs = (unsigned)jobs;
    return CLI_OK;
}

static unsigned processors_count(void) {
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online < 1 ? 1 : online > MTLSGEN_JOBS_MAX ? MTLSGEN_JOBS_MAX : (unsigned)online;
}

static int corpus_run(const mtlsgen_corpus_options *options, const cli_paths *paths, bool only_paths) {
    mtlsgen_catalog catalog;
    mtlsgen_corpus_report report;
    mtls_error error;
    mtls_status status = mtlsgen_catalog_open(paths->items, paths->num_items, only_paths, &catalog, &error);
    if (status != MTLS_OK) {
        return cli_fail("corpus", "%s", error.text);
    }
    mtlsgen_interrupt_catch();
    status = mtlsgen_corpus_write(&catalog, options, &report, &error);
    mtlsgen_catalog_clear(&catalog);
    if (status == MTLS_ERR_INTERRUPT) {
        (void)cli_fail("corpus", "interrupted; %s is as it was", options->out);
        mtlsgen_interrupt_die();
    }
    if (status != MTLS_OK) {
        return cli_fail("corpus", "%s", error.text);
    }
    (void)fprintf(stderr, "%zu %s in %s\n", report.num_cases, report.num_cases == 1 ? "case" : "cases",
                  strcmp(options->out, "-") == 0 ? "standard output" : options->out);
    if (report.num_left_out > 0) {
        (void)fprintf(stderr, "%zu cases left out: %s\n", report.num_left_out, report.why);
    }
    return CLI_OK;
}

int mtlsgen_cli_corpus(int argc, char **argv) {
    struct option table[CLI_OPTIONS_MAX];
    const struct option *options = cli_options_get(CLI_COMMAND_CORPUS, table);
    mtlsgen_corpus_options chosen = {
        .seed = MTLSGEN_DEFAULT_SEED, .jobs = processors_count(), .shard = 1, .shards = 1, .progress = true};
    cli_paths paths = {0};
    bool only_paths = false;
    int result = CLI_OK;
    opterr = 0;
    for (int option; result == CLI_OK && (option = getopt_long(argc, argv, ":h", options, NULL)) != -1;) {
        switch (option) {
        case 'o':
            chosen.out = optarg;
            break;
        case 'u':
            result = suite_set(&chosen, optarg);
            break;
        case 'e':
            chosen.seed = optarg;
            result = cli_seed_check("corpus", optarg);
            break;
        case 'f':
            result = form_set(&chosen, optarg);
            break;
        case 'y':
            chosen.only = optarg;
            break;
        case 'j':
            result = jobs_set(&chosen, optarg);
            break;
        case 'd':
            result = shard_set(&chosen, optarg);
            break;
        case 's':
            result = cli_paths_add(&paths, optarg) ? CLI_OK : cli_fail("corpus", "too many --scenarios");
            break;
        case 'n':
            only_paths = true;
            break;
        case 'h':
            cli_options_help(CLI_COMMAND_CORPUS);
            return cli_flush("corpus");
        default:
            return cli_bad_option("corpus", option, argv, options);
        }
    }
    if (result != CLI_OK) {
        return result;
    }
    if (optind < argc) {
        return cli_fail("corpus", "\"%s\": the command takes options only; see mtls-gen corpus --help",
                        argv[optind]);
    }
    if (chosen.out == NULL) {
        return cli_fail("corpus", "--out says where the corpus goes; it is missing");
    }
    if (only_paths && paths.num_items == 0) {
        return cli_fail("corpus", "--no-builtin leaves no scenario; name some with --scenarios");
    }
    return corpus_run(&chosen, &paths, only_paths);
}
