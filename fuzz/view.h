/* Views inside views. */
#ifndef MTLS_FUZZ_VIEW_H
#define MTLS_FUZZ_VIEW_H

#include <mtls/bytes.h>

/* mtlsfuzz_view_within answers whether `inner` lies within `outer`. An empty view lies anywhere. */
static inline bool mtlsfuzz_view_within(mtls_view inner, mtls_view outer) {
    uintptr_t inner_at = (uintptr_t)inner.data, outer_at = (uintptr_t)outer.data;
    return inner.len == 0 || (inner_at >= outer_at && inner_at - outer_at <= outer.len &&
                              inner.len <= outer.len - (inner_at - outer_at));
}

/* mtlsfuzz_view_slice gives the bytes of `view` from `from` up to `to`; it adds nothing to a NULL address. */
static inline mtls_view mtlsfuzz_view_slice(mtls_view view, size_t from, size_t to) {
    return (mtls_view){from == 0 ? view.data : view.data + from, to - from};
}

#endif
