/* Runs a fuzz target over files and folders, with any compiler. Names the file on a crash, a failed oracle or
 * a hang; no file at all, an empty folder and an unreadable file are failures. */
#include "fuzz/inputs.h"
#include "fuzz/oracle.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_PER_FILE = 120, EXIT_NOT_REACHED = 1, EXIT_BAD_USE = 2 };

/* The sanitizers have this; without them it is NULL. */
__attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)(void));

static const char *current_file = "";

/* Only what a signal handler may call. */
static void say_where(const char *what) {
    const char *parts[] = {"replay: ", what, ": ", current_file, "\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (write(STDERR_FILENO, parts[i], strlen(parts[i])) < 0) {
            return;
        }
    }
}

static void on_signal(int number) {
    say_where(number == SIGALRM ? "hang" : "crash");
    signal(number, SIG_DFL);
    raise(number);
}

static void on_sanitizer_death(void) {
    say_where("crash");
}

static void catch_crashes(void) {
    static const int faults[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    signal(SIGABRT, on_signal);
    signal(SIGALRM, on_signal);
    if (__sanitizer_set_death_callback != NULL) {
        __sanitizer_set_death_callback(on_sanitizer_death); /* its own handlers describe faults better */
        return;
    }
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        signal(faults[i], on_signal);
    }
}

static void run_once(const mtlsfuzz_inputs *inputs) {
    mtlsfuzz_thorough = true;
    for (size_t i = 0; i < inputs->num_items; i++) {
        current_file = inputs->items[i].path;
        alarm(SECONDS_PER_FILE);
        (void)LLVMFuzzerTestOneInput(inputs->items[i].data, inputs->items[i].size);
        alarm(0);
    }
}

static double seconds_used(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* run_for repeats the inputs for `seconds` of processor time, which other programs do not shorten, and prints
 * the rate that a fuzzer has. */
static void run_for(const mtlsfuzz_inputs *inputs, double seconds) {
    double started = seconds_used(), elapsed = 0;
    uint64_t num_runs = 0;
    mtlsfuzz_thorough = false;
    while (elapsed < seconds) {
        for (size_t i = 0; i < inputs->num_items; i++) {
            current_file = inputs->items[i].path;
            (void)LLVMFuzzerTestOneInput(inputs->items[i].data, inputs->items[i].size);
        }
        num_runs += inputs->num_items;
        elapsed = seconds_used() - started;
    }
    printf("%.0f exec/s\n", (double)num_runs / elapsed);
}

/* Points of one name count together; is_first tells the one to print. */
static uint64_t count_of(mtlsfuzz_point *const *points, size_t num_points, const char *name) {
    uint64_t sum = 0;
    for (size_t i = 0; i < num_points; i++) {
        sum += strcmp(points[i]->name, name) == 0 ? points[i]->count : 0;
    }
    return sum;
}

static bool is_first(mtlsfuzz_point *const *points, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (strcmp(points[i]->name, points[at]->name) == 0) {
            return false;
        }
    }
    return true;
}

/* print_points gives the number of points that no input reached. */
static size_t print_points(bool with_counts) {
    size_t num_points, num_missed = 0;
    mtlsfuzz_point *const *points = mtlsfuzz_points(&num_points);
    for (size_t i = 0; i < num_points; i++) {
        if (!is_first(points, i)) {
            continue;
        }
        uint64_t count = count_of(points, num_points, points[i]->name);
        num_missed += count == 0;
        printf("%-8s%s", points[i]->is_oracle ? "oracle" : "reached", points[i]->name);
        if (with_counts) {
            printf(" %llu", (unsigned long long)count);
        }
        putchar('\n');
    }
    return num_missed;
}

typedef struct {
    bool list, counts, require_reached, help;
    double seconds;
    const char *then; /* NULL: nothing more */
} replay_options;

static bool read_options(int argc, char **argv, replay_options *out) {
    static const struct option options[] = {
        {"list",            no_argument,       NULL, 'l'},
        {"counts",          no_argument,       NULL, 'c'},
        {"require-reached", no_argument,       NULL, 'r'},
        {"seconds",         required_argument, NULL, 's'},
        {"then",            required_argument, NULL, 't'},
        {"help",            no_argument,       NULL, 'h'},
        {NULL,              0,                 NULL, 0  }
    };
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        char *end = NULL;
        switch (option) {
        case 'l':
            out->list = true;
            break;
        case 'c':
            out->counts = true;
            break;
        case 'r':
            out->counts = out->require_reached = true;
            break;
        case 's':
            out->seconds = strtod(optarg, &end);
            if (*end != '\0' || !(out->seconds > 0)) {
                return false;
            }
            break;
        case 't':
            out->then = optarg;
            break;
        case 'h':
            out->help = true;
            break;
        default:
            return false;
        }
    }
    return out->list || out->help || optind < argc;
}

static int usage(FILE *stream, int status) {
    fputs("usage: TARGET [--counts] [--require-reached] [--seconds N] [--then FILE|FOLDER] FILE|FOLDER...\n"
          "       TARGET --list\n"
          "  --counts           print how often each oracle was checked and each place reached\n"
          "  --require-reached  the same, and fail when one never was\n"
          "  --seconds N        then repeat the inputs for N seconds of processor time and print the rate\n"
          "  --then PATH        at last run this, and count nothing\n"
          "  --list             print the target's oracles and places, and run nothing\n",
          stream);
    return status;
}

static int add(mtlsfuzz_inputs *inputs, const char *path) {
    mtls_error error;
    if (mtlsfuzz_inputs_add(inputs, path, &error) == MTLS_OK) {
        return 0;
    }
    fprintf(stderr, "replay: %s\n", error.text);
    return EXIT_BAD_USE;
}

int main(int argc, char **argv) {
    replay_options options = {0};
    mtlsfuzz_inputs inputs = {0}, more = {0};
    int status = 0;
    if (!read_options(argc, argv, &options)) {
        return usage(stderr, EXIT_BAD_USE);
    }
    if (options.help) {
        return usage(stdout, 0);
    }
    if (options.list) {
        print_points(false);
        return 0;
    }
    for (int i = optind; i < argc && status == 0; i++) {
        status = add(&inputs, argv[i]);
    }
    if (status == 0 && options.then != NULL) {
        status = add(&more, options.then);
    }
    if (status == 0) {
        catch_crashes();
        run_once(&inputs);
        printf("%zu files\n", inputs.num_items + more.num_items);
        if (options.seconds > 0) {
            run_for(&inputs, options.seconds);
        }
        size_t num_missed = options.counts ? print_points(true) : 0;
        if (options.require_reached && num_missed > 0) {
            fprintf(stderr, "replay: %zu oracles or places were never reached\n", num_missed);
            status = EXIT_NOT_REACHED;
        }
        run_once(&more);
    }
    mtlsfuzz_inputs_clear(&more);
    mtlsfuzz_inputs_clear(&inputs);
    return status;
}
