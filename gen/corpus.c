#include "gen/corpus.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gen/form.h"
#include "gen/interrupt.h"
#include "gen/plan.h"

enum {
    CHUNK_CASES = 16,                 /* cases that a job takes at once */
    CHUNKS_AHEAD = 64,                /* chunks a job that may wait for their turn, as some take long */
    BYTES_AHEAD = 4 * 1024 * 1024,    /* and their records' bytes */
    RECORDS_MAX = 1024 * 1024 * 1024, /* bytes of a chunk's records */
    IDLE_NS = 2 * 1000 * 1000,
    NS_A_SECOND = 1000 * 1000 * 1000,
    PROGRESS_AFTER = 1,                  /* seconds */
    PROGRESS_STEP_NS = 200 * 1000 * 1000 /* between two lines */
};

static const mtlsgen_form *const forms[MTLSGEN_NUM_FORMS] = {
    [MTLSGEN_FORM_TREE] = &mtlsgen_form_tree,
    [MTLSGEN_FORM_JSONL] = &mtlsgen_form_jsonl,
    [MTLSGEN_FORM_LIMBO] = &mtlsgen_form_limbo,
    [MTLSGEN_FORM_FUZZ_SEEDS] = &mtlsgen_form_fuzz_seeds,
};

const char *mtlsgen_form_word(mtlsgen_form_id form) {
    return forms[form]->word;
}

/* The records of one chunk on their way from the job that makes them to the one thread that writes. */
typedef struct {
    bool done;
    mtls_status status;
    mtls_error error;
    mtls_buf records;
} slot;

typedef struct {
    const mtlsgen_corpus_options *options;
    const mtlsgen_form *form;
    const mtlsgen_plan *plan;
    const mtlsgen_seed *seed;
    mtlsgen_key_pool *pool;
    mtlsgen_output *output;
    size_t first, end; /* the shard's cases */
    size_t num_chunks;

    pthread_mutex_t lock;
    pthread_cond_t changed;
    slot *slots;
    size_t num_slots;
    size_t next;    /* the chunk that the next free job takes */
    size_t written; /* chunks collected so far */
    size_t waiting; /* bytes of records that are made and not collected */
    bool stop;
} run;

/* What a job keeps between chunks. */
typedef struct {
    run *r;
    mtlsgen_builder *builder;
    mtlsgen_walk walk;
} job;

static mtls_status job_open(job *j, run *r, mtls_error *error) {
    *j = (job){.r = r, .walk = {.plan = r->plan}};
    const mtls_status status = mtlsgen_builder_new(r->seed, r->pool, &j->builder);
    return status == MTLS_OK ? status
                             : mtls_fail(status, error, "a job cannot start: %s", mtls_status_text(status));
}

static void job_close(job *j) {
    mtlsgen_builder_free(j->builder);
    mtlsgen_walk_clear(&j->walk);
}

static mtls_status case_emit(job *j, size_t number, mtls_buf *records, mtls_error *error) {
    const bool opened = j->walk.scenario != NULL;
    const size_t before = j->walk.entry;
    const mtlsgen_scenario *scenario;
    mtlsgen_choices choices;
    mtls_case c;
    if (mtlsgen_interrupt_signal() != 0) {
        return mtls_fail(MTLS_ERR_INTERRUPT, error, "interrupted");
    }
    mtls_status status = mtlsgen_walk_next(&j->walk, number, &scenario, &choices, error);
    if (status != MTLS_OK) {
        return status;
    }
    if (!opened || j->walk.entry != before) {
        mtlsgen_builder_forget(j->builder);
    }
    mtls_case_init(&c);
    if ((status = mtlsgen_case_build(j->builder, scenario, &choices, &c, error)) == MTLS_OK) {
        status = j->r->form->emit(j->r->output, j->builder, &c, records, error);
    }
    mtls_case_clear(&c);
    return status;
}

static mtls_status chunk_make(job *j, size_t chunk, mtls_buf *records, mtls_error *error) {
    const run *r = j->r;
    const size_t first = r->first + chunk * CHUNK_CASES;
    const size_t end = r->end - first < CHUNK_CASES ? r->end : first + CHUNK_CASES;
    mtls_status status = MTLS_OK;
    for (size_t number = first; status == MTLS_OK && number < end; number++) {
        status = case_emit(j, number, records, error);
    }
    return status;
}

/* may_go_on holds jobs back that are far ahead; the chunk whose turn it is never waits. */
static bool may_go_on(const run *r) {
    return r->next == r->written || (r->next < r->written + r->num_slots && r->waiting < BYTES_AHEAD);
}

/* A case with dozens of RSA certificates takes as many keys, seconds for one job: the others help, or look
 * again in a moment. The lock is held on the way in and out. */
static void job_idle(run *r) {
    struct timespec until;
    (void)pthread_mutex_unlock(&r->lock);
    const bool helped = mtlsgen_key_pool_help(r->pool);
    (void)pthread_mutex_lock(&r->lock);
    if (!helped && clock_gettime(CLOCK_REALTIME, &until) == 0) {
        until.tv_nsec += IDLE_NS;
        until.tv_sec += until.tv_nsec / NS_A_SECOND;
        until.tv_nsec %= NS_A_SECOND;
        (void)pthread_cond_timedwait(&r->changed, &r->lock, &until);
    }
}

static void *job_run(void *argument) {
    run *r = argument;
    job j;
    mtls_error error = {""};
    const mtls_status open_status = job_open(&j, r, &error);
    (void)pthread_mutex_lock(&r->lock);
    for (;;) {
        while (!r->stop && r->next < r->num_chunks && !may_go_on(r)) {
            job_idle(r);
        }
        while (!r->stop && r->next >= r->num_chunks && r->written < r->num_chunks) {
            job_idle(r);
        }
        if (r->stop || r->next >= r->num_chunks) {
            break;
        }
        const size_t chunk = r->next++;
        slot *s = &r->slots[chunk % r->num_slots];
        (void)pthread_mutex_unlock(&r->lock);
        s->error = error;
        s->status = open_status == MTLS_OK ? chunk_make(&j, chunk, &s->records, &s->error) : open_status;
        (void)pthread_mutex_lock(&r->lock);
        s->done = true;
        r->waiting += s->records.len;
        (void)pthread_cond_broadcast(&r->changed);
    }
    (void)pthread_mutex_unlock(&r->lock);
    job_close(&j);
    return NULL;
}

/* Progress for people: on a terminal, and not before there is something to wait for. */
typedef struct {
    bool on, shown;
    struct timespec start, last;
} progress;

static double seconds_between(const struct timespec *from, const struct timespec *to) {
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

static void progress_show(progress *p, size_t done, size_t all) {
    struct timespec now;
    if (!p->on || clock_gettime(CLOCK_MONOTONIC, &now) != 0 ||
        seconds_between(&p->start, &now) < PROGRESS_AFTER ||
        (p->shown && seconds_between(&p->last, &now) < PROGRESS_STEP_NS / 1e9)) {
        return;
    }
    (void)fprintf(stderr, "\r%zu of %zu cases", done, all);
    (void)fflush(stderr);
    p->shown = true;
    p->last = now;
}

static void progress_end(const progress *p) {
    if (p->shown) {
        (void)fputs("\r\033[K", stderr);
    }
}

static mtls_status chunk_collect(run *r, mtlsgen_form_state *state, const mtls_buf *records, size_t chunk,
                                 mtls_error *error) {
    const size_t done = (chunk + 1) * CHUNK_CASES;
    state->num_cases = done < r->end - r->first ? done : r->end - r->first;
    return r->form->collect(state, mtls_buf_view(records), error);
}

static mtls_status run_alone(run *r, mtlsgen_form_state *state, progress *p, mtls_error *error) {
    job j;
    mtls_buf records = {.max = RECORDS_MAX};
    mtls_status status = job_open(&j, r, error);
    for (size_t chunk = 0; status == MTLS_OK && chunk < r->num_chunks; chunk++) {
        mtls_buf_reset(&records);
        if ((status = chunk_make(&j, chunk, &records, error)) == MTLS_OK) {
            status = chunk_collect(r, state, &records, chunk, error);
        }
        progress_show(p, state->num_cases, r->end - r->first);
    }
    mtls_buf_cleanse(&records);
    job_close(&j);
    return status;
}

static mtls_status records_take(run *r, mtlsgen_form_state *state, progress *p, mtls_error *error) {
    mtls_status status = MTLS_OK;
    for (size_t chunk = 0; status == MTLS_OK && chunk < r->num_chunks; chunk++) {
        slot *s = &r->slots[chunk % r->num_slots];
        (void)pthread_mutex_lock(&r->lock);
        while (!s->done) {
            (void)pthread_cond_wait(&r->changed, &r->lock);
        }
        (void)pthread_mutex_unlock(&r->lock);
        status = s->status;
        if (status != MTLS_OK && error != NULL) {
            *error = s->error;
        }
        if (status == MTLS_OK) {
            status = chunk_collect(r, state, &s->records, chunk, error);
        }
        progress_show(p, state->num_cases, r->end - r->first);
        const size_t len = s->records.len;
        mtls_buf_cleanse(&s->records);
        (void)pthread_mutex_lock(&r->lock);
        s->done = false;
        r->waiting -= len;
        r->written++;
        r->stop = status != MTLS_OK;
        (void)pthread_cond_broadcast(&r->changed);
        (void)pthread_mutex_unlock(&r->lock);
    }
    return status;
}

static mtls_status run_together(run *r, mtlsgen_form_state *state, progress *p, unsigned jobs,
                                mtls_error *error) {
    pthread_t threads[MTLSGEN_JOBS_MAX];
    unsigned started = 0;
    mtls_status status = MTLS_OK;
    r->num_slots = (size_t)jobs * CHUNKS_AHEAD;
    r->slots = calloc(r->num_slots, sizeof *r->slots);
    if (r->slots == NULL) {
        return mtls_fail(MTLS_ERR_NOMEM, error, "no memory for the jobs");
    }
    for (size_t i = 0; i < r->num_slots; i++) {
        r->slots[i].records.max = RECORDS_MAX;
    }
    while (started < jobs && pthread_create(&threads[started], NULL, job_run, r) == 0) {
        started++;
    }
    if (started == 0) {
        status = mtls_fail(MTLS_ERR_NOMEM, error, "no job can be started; try --jobs 1");
    } else {
        status = records_take(r, state, p, error);
    }
    for (unsigned i = 0; i < started; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    for (size_t i = 0; i < r->num_slots; i++) {
        mtls_buf_cleanse(&r->slots[i].records);
    }
    free(r->slots);
    return status;
}

static mtls_status run_form(run *r, mtlsgen_form_state *state, mtls_error *error) {
    progress p = {.on = r->options->progress && isatty(STDERR_FILENO) == 1};
    unsigned jobs = r->options->jobs;
    (void)clock_gettime(CLOCK_MONOTONIC, &p.start);
    mtls_status status = r->form->begin == NULL ? MTLS_OK : r->form->begin(state, error);
    jobs = jobs > r->num_chunks ? (unsigned)r->num_chunks : jobs;
    if (status == MTLS_OK) {
        status = jobs <= 1 ? run_alone(r, state, &p, error) : run_together(r, state, &p, jobs, error);
    }
    if (status == MTLS_OK && r->form->end != NULL) {
        status = r->form->end(state, error);
    }
    progress_end(&p);
    return status;
}

/* Cases [first, end) of the shard: neighbours stay together, so that shards put one after the other are the
 * whole. */
static void shard_bounds(size_t num_cases, size_t shard, size_t shards, size_t *first, size_t *end) {
    const size_t each = num_cases / shards, rest = num_cases % shards;
    const size_t before = shard - 1;
    *first = before * each + (before < rest ? before : rest);
    *end = *first + each + (before < rest ? 1 : 0);
}

mtls_status mtlsgen_corpus_write(const mtlsgen_catalog *catalog, const mtlsgen_corpus_options *options,
                                 mtlsgen_corpus_report *out_report, mtls_error *error) {
    mtlsgen_plan plan = {0};
    mtlsgen_seed seed;
    run r = {.options = options, .form = forms[options->form], .plan = &plan, .seed = &seed};
    mtlsgen_form_state state = {.options = options};
    mtls_status status = mtlsgen_plan_make(catalog, options->full, options->only, &plan, error);
    if (status != MTLS_OK) {
        return status;
    }
    *out_report = (mtlsgen_corpus_report){0};
    mtlsgen_seed_init(options->seed, &seed);
    shard_bounds(plan.num_cases, options->shard, options->shards, &r.first, &r.end);
    r.num_chunks = (r.end - r.first + CHUNK_CASES - 1) / CHUNK_CASES;
    (void)pthread_mutex_init(&r.lock, NULL);
    (void)pthread_cond_init(&r.changed, NULL);
    if (plan.num_cases == 0) {
        status = mtls_fail(
            MTLS_ERR_USAGE, error, "no case matches %s%s%s; `mtls-gen list` shows all scenarios",
            options->only != NULL ? "\"" : "", options->only != NULL ? options->only : "the catalog",
            options->only != NULL ? "\"" : "");
    }
    if (status == MTLS_OK && (status = mtlsgen_key_pool_new(&seed, &r.pool)) != MTLS_OK) {
        mtls_fail(status, error, "no memory for the keys");
    }
    if (status == MTLS_OK &&
        (status = mtlsgen_output_open(options->out, r.form->kind, &r.output, error)) == MTLS_OK) {
        state.output = r.output;
        status = run_form(&r, &state, error);
        if (status == MTLS_OK && mtlsgen_interrupt_signal() != 0) {
            status = mtls_fail(MTLS_ERR_INTERRUPT, error, "interrupted");
        }
        if (status == MTLS_OK) {
            status = mtlsgen_output_commit(r.output, error);
        } else {
            mtlsgen_output_abandon(r.output);
        }
    }
    out_report->num_cases = state.num_cases - state.num_left_out;
    out_report->num_left_out = state.num_left_out;
    if (r.form->explain != NULL && state.num_left_out > 0) {
        r.form->explain(&state, out_report->why, sizeof out_report->why);
    }
    mtlsgen_manifest_clear(&state.manifest);
    mtlsgen_key_pool_free(r.pool);
    (void)pthread_cond_destroy(&r.changed);
    (void)pthread_mutex_destroy(&r.lock);
    mtlsgen_plan_clear(&plan);
    return status;
}
