#include "gen/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>

static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static volatile sig_atomic_t received;

static void note(int signal_number) {
    received = signal_number;
}

void mtlsgen_interrupt_catch(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    (void)sigemptyset(&action.sa_mask);
    action.sa_handler = note;
    for (size_t i = 0; i < sizeof caught / sizeof caught[0]; i++) {
        struct sigaction before;
        /* A signal that is ignored from outside (nohup) stays ignored. */
        if (sigaction(caught[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            (void)sigaction(caught[i], &action, NULL);
        }
    }
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGXFSZ, &action, NULL);
    (void)sigaction(SIGPIPE, &action, NULL);
}

int mtlsgen_interrupt_signal(void) {
    return received;
}

void mtlsgen_interrupt_die(void) {
    if (received != 0) {
        (void)signal(received, SIG_DFL);
        (void)raise(received);
    }
}
