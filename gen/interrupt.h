/* A request to stop: SIGINT, SIGTERM, SIGHUP or SIGQUIT. The work looks at it between cases and cleans up
 * after itself. */
#ifndef MTLS_GEN_INTERRUPT_H
#define MTLS_GEN_INTERRUPT_H

#include <stdbool.h>

/* mtlsgen_interrupt_catch turns the signals into a request. A write past a limit of the file system is then
 * an error like any other, too, and not a signal. */
void mtlsgen_interrupt_catch(void);

/* The signal that asked, or 0. */
int mtlsgen_interrupt_signal(void);

/* mtlsgen_interrupt_die ends the process the way the signal would have, now that all is cleaned up. */
void mtlsgen_interrupt_die(void);

#endif
