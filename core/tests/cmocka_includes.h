/* cmocka.h needs these four before it. */
#ifndef MTLS_CORE_TESTS_CMOCKA_INCLUDES_H
#define MTLS_CORE_TESTS_CMOCKA_INCLUDES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
