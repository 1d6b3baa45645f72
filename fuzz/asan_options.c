/* What AddressSanitizer takes, where ASAN_OPTIONS says nothing else, in the targets that meet no libcrypto.
 * One execution frees far less than the quarantine holds, so that each use after free is still seen, and
 * memory stays in the processor's caches; of new memory no more is filled than what finds a pointer in it,
 * the rest is MemorySanitizer's. It must not be weak: ASan's own definition is, and comes first. A replay by
 * the ordinary sanitizer build has ASan's own quarantine and whole stacks: there the runtime is a shared
 * library, which does not see this function. Second opinions free much more, and keep ASan's own, too. */
#ifndef MTLSFUZZ_SECOND_OPINION
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64:max_malloc_fill_size=256:"
           "malloc_context_size=10";
}
#else
typedef int mtlsfuzz_nothing; /* C wants a declaration */
#endif
