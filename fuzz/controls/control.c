/* Tells each lie of a control in a process of its own over all inputs: the oracle named with it must end that
 * process, every oracle of the target must be named by some lie, and without a lie nothing may fail. */
#include "fuzz/controls/control.h"

#include "fuzz/inputs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS_PER_LIE = 240 };

static const char *told = NULL;

bool mtlsfuzz_lie_is_told(const char *name) {
    return told != NULL && strcmp(told, name) == 0;
}

/* run_apart runs all inputs in a child and gives how it ended; what it wrote to standard error is in
 * `output`. */
static int run_apart(const mtlsfuzz_inputs *inputs, const char *lie, mtls_buf *output) {
    int ends[2], status = -1;
    mtls_buf_reset(output);
    if (pipe(ends) != 0) {
        return -1;
    }
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        alarm(SECONDS_PER_LIE);
        told = lie;
        for (size_t i = 0; i < inputs->num_items; i++) {
            (void)LLVMFuzzerTestOneInput(inputs->items[i].data, inputs->items[i].size);
        }
        _exit(0);
    }
    close(ends[1]);
    char chunk[4096];
    ssize_t num_read;
    while ((num_read = read(ends[0], chunk, sizeof chunk)) > 0) {
        if (mtls_buf_append(output, (mtls_view){(const uint8_t *)chunk, (size_t)num_read}) != MTLS_OK) {
            break; /* the first lines are what counts */
        }
    }
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child) {
        return -1;
    }
    return status;
}

static bool caught_by(const char *oracle, int status, mtls_buf *output) {
    char wanted[256];
    const char *text = mtls_buf_text(output);
    snprintf(wanted, sizeof wanted, "ORACLE %s: ", oracle);
    return WIFSIGNALED(status) && text != NULL && strstr(text, wanted) != NULL;
}

static bool is_named(const char *oracle) {
    for (size_t i = 0; i < mtlsfuzz_num_lies; i++) {
        if (strcmp(mtlsfuzz_lies[i].oracle, oracle) == 0) {
            return true;
        }
    }
    return false;
}

static int count_unnamed(void) {
    size_t num_points;
    mtlsfuzz_point *const *points = mtlsfuzz_points(&num_points);
    int num_unnamed = 0;
    for (size_t i = 0; i < num_points; i++) {
        if (points[i]->is_oracle && !is_named(points[i]->name)) {
            printf("NO LIE    shows that the oracle %s can fail\n", points[i]->name);
            num_unnamed++;
        }
    }
    return num_unnamed;
}

int main(int argc, char **argv) {
    mtlsfuzz_inputs inputs = {0};
    mtls_buf output = {.max = 64 * 1024};
    mtls_error error;
    for (int i = 1; i < argc; i++) {
        if (mtlsfuzz_inputs_add(&inputs, argv[i], &error) != MTLS_OK) {
            fprintf(stderr, "control: %s\n", error.text);
            return 2;
        }
    }
    if (inputs.num_items == 0) {
        fputs("usage: CONTROL FILE|FOLDER...\n", stderr);
        return 2;
    }
    int num_bad = count_unnamed();
    mtlsfuzz_thorough = true;
    int status = run_apart(&inputs, NULL, &output);
    if (status != 0) {
        printf("TRUTH     did not pass: status %d\n%.*s\n", status, (int)output.len, (char *)output.data);
        num_bad++;
    }
    for (size_t i = 0; i < mtlsfuzz_num_lies; i++) {
        const mtlsfuzz_lie *lie = &mtlsfuzz_lies[i];
        status = run_apart(&inputs, lie->name, &output);
        bool caught = caught_by(lie->oracle, status, &output);
        printf("%-9s %s (oracle %s)\n", caught ? "caught" : "NOT", lie->name, lie->oracle);
        if (!caught) {
            printf("          status %d\n%.*s\n", status, (int)output.len, (char *)output.data);
            num_bad++;
        }
    }
    mtls_buf_clear(&output);
    mtlsfuzz_inputs_clear(&inputs);
    return num_bad == 0 ? 0 : 1;
}
