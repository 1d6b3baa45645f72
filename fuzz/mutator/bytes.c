#include "fuzz/mutator/bytes.h"

#include <string.h>

enum { PIECE_MAX = 16 };

static size_t insert(mtlsmut_random *random, uint8_t *data, size_t size, size_t max_size) {
    size_t at = mtlsmut_below(random, size + 1), len = 1 + mtlsmut_below(random, PIECE_MAX);
    len = len > max_size - size ? max_size - size : len;
    memmove(data + at + len, data + at, size - at);
    for (size_t i = 0; i < len; i++) {
        data[at + i] = (uint8_t)mtlsmut_random_next(random);
    }
    return size + len;
}

static size_t erase(mtlsmut_random *random, uint8_t *data, size_t size) {
    size_t at = mtlsmut_below(random, size), len = 1 + mtlsmut_below(random, PIECE_MAX);
    len = len > size - at ? size - at : len;
    if (len == size) {
        return size;
    }
    memmove(data + at, data + at + len, size - at - len);
    return size - len;
}

static void copy_within(mtlsmut_random *random, uint8_t *data, size_t size) {
    size_t from = mtlsmut_below(random, size), to = mtlsmut_below(random, size);
    size_t room = size - (from > to ? from : to), len = 1 + mtlsmut_below(random, PIECE_MAX);
    memmove(data + to, data + from, len > room ? room : len);
}

size_t mtlsmut_bytes_edit(mtlsmut_random *random, uint8_t *data, size_t size, size_t max_size) {
    static const uint8_t telling[] = {0x00, 0xff, 0x7f, 0x80, 0x30, 0x31, 0x02,
                                      0x04, 0x05, 0x06, 0x82, 0xa0, 0xa3, '-'};
    if (max_size == 0) {
        return 0;
    }
    size = size > max_size ? max_size : size;
    size_t way = mtlsmut_below(random, 6);
    if (size < max_size && (size == 0 || way == 0)) {
        return insert(random, data, size, max_size);
    }
    size_t at = mtlsmut_below(random, size);
    switch (way) {
    case 1:
        return erase(random, data, size);
    case 2:
        copy_within(random, data, size);
        break;
    case 3:
        data[at] ^= (uint8_t)(1u << mtlsmut_below(random, 8));
        break;
    case 4:
        data[at] = telling[mtlsmut_below(random, sizeof telling)];
        break;
    default:
        data[at] = (uint8_t)mtlsmut_random_next(random);
    }
    return size;
}
