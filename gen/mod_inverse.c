/* Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019), in variable time:
 * division steps go over the low words of f and g, 62 of them at once, and their product as a matrix is then
 * applied to the whole numbers. */
#include "gen/mod_inverse.h"

#include <string.h>

enum { LIMBS = MTLSGEN_MODULUS_LIMBS, LIMB_BITS = 62, BYTES = 32, STEPS_MAX = 12 };

#define LIMB_MASK (UINT64_MAX >> 2)

__extension__ typedef __int128 wide;

/* Signed: the limbs but the last are from 0 to 2^62 - 1, the last carries the sign. */
typedef struct {
    int64_t limbs[LIMBS];
} number;

/* What 62 division steps do: (f, g) become (u f + v g, q f + r g) / 2^62. */
typedef struct {
    int64_t u, v, q, r;
} transition;

static void number_from_bytes(const uint8_t bytes[BYTES], number *out) {
    *out = (number){0};
    for (size_t bit = 0; bit < 8 * BYTES; bit += 8) {
        uint64_t byte = bytes[bit / 8];
        size_t limb = bit / LIMB_BITS, at = bit % LIMB_BITS;
        out->limbs[limb] |= (int64_t)(byte << at & LIMB_MASK);
        if (at > LIMB_BITS - 8) {
            out->limbs[limb + 1] |= (int64_t)(byte >> (LIMB_BITS - at));
        }
    }
}

static void number_to_bytes(const number *n, uint8_t out[BYTES]) {
    for (size_t bit = 0; bit < 8 * BYTES; bit += 8) {
        size_t limb = bit / LIMB_BITS, at = bit % LIMB_BITS;
        uint64_t value = (uint64_t)n->limbs[limb] >> at;
        if (at > LIMB_BITS - 8) {
            value |= (uint64_t)n->limbs[limb + 1] << (LIMB_BITS - at);
        }
        out[bit / 8] = (uint8_t)value;
    }
}

/* divide_steps does 62 steps on the low words. `eta` is minus the paper's delta. */
static int64_t divide_steps(int64_t eta, uint64_t f, uint64_t g, transition *out) {
    uint64_t u = 1, v = 0, q = 0, r = 1;
    int left = LIMB_BITS;
    for (;;) {
        /* As many halvings as g has low zeros, and no more than are left. */
        int zeros = __builtin_ctzll(g | UINT64_MAX << left);
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= zeros;
        left -= zeros;
        if (left == 0) {
            break;
        }
        if (eta < 0) {
            uint64_t old_f = f, old_u = u, old_v = v;
            eta = -eta;
            f = g;
            g = 0 - old_f;
            u = q;
            q = 0 - old_u;
            v = r;
            r = 0 - old_v;
        }
        /* g += w f clears several low bits of g at once: at most six, those before the next swap, and those
         * left. w = -g / f, and f (2 - f f) is 1 / f modulo 64 for odd f. */
        int64_t limit = eta + 1 < left ? eta + 1 : left;
        uint64_t mask = limit < 6 ? ((uint64_t)1 << limit) - 1 : 63;
        uint64_t w = (f * g * (f * f - 2)) & mask;
        g += f * w;
        q += u * w;
        r += v * w;
    }
    *out = (transition){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
    return eta;
}

/* apply_exact replaces f and g, whose combinations are multiples of 2^62. */
static void apply_exact(const transition *t, number *f, number *g) {
    wide cf = (wide)t->u * f->limbs[0] + (wide)t->v * g->limbs[0];
    wide cg = (wide)t->q * f->limbs[0] + (wide)t->r * g->limbs[0];
    for (size_t i = 1; i < LIMBS; i++) {
        cf = (cf >> LIMB_BITS) + (wide)t->u * f->limbs[i] + (wide)t->v * g->limbs[i];
        cg = (cg >> LIMB_BITS) + (wide)t->q * f->limbs[i] + (wide)t->r * g->limbs[i];
        f->limbs[i - 1] = (int64_t)((uint64_t)cf & LIMB_MASK);
        g->limbs[i - 1] = (int64_t)((uint64_t)cg & LIMB_MASK);
    }
    f->limbs[LIMBS - 1] = (int64_t)(cf >> LIMB_BITS);
    g->limbs[LIMBS - 1] = (int64_t)(cg >> LIMB_BITS);
}

/* multiple_for gives how often the modulus is added so that `low`, a combination's lowest limb, comes out as
 * a multiple of 2^62; `start` is what is added anyway, to keep the result's size down. */
static int64_t multiple_for(const mtlsgen_modulus *m, wide low, int64_t start) {
    return start - (int64_t)((m->inverse * (uint64_t)low + (uint64_t)start) & LIMB_MASK);
}

/* apply_modular does the same to d and e modulo the modulus. They stay above -2 m and below m. */
static void apply_modular(const mtlsgen_modulus *m, const transition *t, number *d, number *e) {
    int64_t d_negative = d->limbs[LIMBS - 1] >> 63, e_negative = e->limbs[LIMBS - 1] >> 63;
    wide cd = (wide)t->u * d->limbs[0] + (wide)t->v * e->limbs[0];
    wide ce = (wide)t->q * d->limbs[0] + (wide)t->r * e->limbs[0];
    int64_t md = multiple_for(m, cd, (t->u & d_negative) + (t->v & e_negative));
    int64_t me = multiple_for(m, ce, (t->q & d_negative) + (t->r & e_negative));
    cd += (wide)m->limbs[0] * md;
    ce += (wide)m->limbs[0] * me;
    for (size_t i = 1; i < LIMBS; i++) {
        cd = (cd >> LIMB_BITS) + (wide)t->u * d->limbs[i] + (wide)t->v * e->limbs[i] + (wide)m->limbs[i] * md;
        ce = (ce >> LIMB_BITS) + (wide)t->q * d->limbs[i] + (wide)t->r * e->limbs[i] + (wide)m->limbs[i] * me;
        d->limbs[i - 1] = (int64_t)((uint64_t)cd & LIMB_MASK);
        e->limbs[i - 1] = (int64_t)((uint64_t)ce & LIMB_MASK);
    }
    d->limbs[LIMBS - 1] = (int64_t)(cd >> LIMB_BITS);
    e->limbs[LIMBS - 1] = (int64_t)(ce >> LIMB_BITS);
}

/* carry brings the limbs but the last back into 0 to 2^62 - 1. */
static void carry(number *n) {
    for (size_t i = 0; i + 1 < LIMBS; i++) {
        n->limbs[i + 1] += n->limbs[i] >> LIMB_BITS;
        n->limbs[i] = (int64_t)((uint64_t)n->limbs[i] & LIMB_MASK);
    }
}

static bool is_negative(const number *n) {
    return n->limbs[LIMBS - 1] < 0;
}

/* reduce brings d, above -2 m and below m, or minus that, into 0 to m - 1. */
static void reduce(const mtlsgen_modulus *m, bool negate, number *d) {
    for (int round = 0; round < 2; round++) {
        if (is_negative(d)) {
            for (size_t i = 0; i < LIMBS; i++) {
                d->limbs[i] += m->limbs[i];
            }
            carry(d);
        }
        if (round == 0 && negate) {
            for (size_t i = 0; i < LIMBS; i++) {
                d->limbs[i] = -d->limbs[i];
            }
            carry(d);
        }
    }
}

static bool is_zero(const number *n) {
    int64_t any = 0;
    for (size_t i = 0; i < LIMBS; i++) {
        any |= n->limbs[i];
    }
    return any == 0;
}

/* is_unit answers whether f is 1 or -1. */
static bool is_unit(const number *f) {
    number one = *f;
    if (is_negative(f)) {
        for (size_t i = 0; i < LIMBS; i++) {
            one.limbs[i] = -one.limbs[i];
        }
        carry(&one);
    }
    one.limbs[0] -= 1;
    return is_zero(&one);
}

bool mtlsgen_modulus_init(const BIGNUM *modulus, mtlsgen_modulus *out_modulus) {
    uint8_t bytes[BYTES];
    number n;
    if (!BN_is_odd(modulus) || BN_is_one(modulus) || BN_is_negative(modulus) ||
        BN_bn2lebinpad(modulus, bytes, BYTES) != BYTES) {
        return false;
    }
    number_from_bytes(bytes, &n);
    memcpy(out_modulus->limbs, n.limbs, sizeof n.limbs);
    /* Newton: each round doubles the bits that are right, three at first */
    uint64_t low = (uint64_t)n.limbs[0], inverse = low;
    for (int bits = 3; bits < LIMB_BITS; bits *= 2) {
        inverse *= 2 - low * inverse;
    }
    out_modulus->inverse = inverse & LIMB_MASK;
    return true;
}

bool mtlsgen_mod_inverse(const mtlsgen_modulus *modulus, const BIGNUM *number_in, BIGNUM *out_inverse) {
    uint8_t bytes[BYTES];
    number d = {{0}}, e = {{1}}, f, g;
    if (BN_is_negative(number_in) || BN_bn2lebinpad(number_in, bytes, BYTES) != BYTES) {
        return false;
    }
    memcpy(f.limbs, modulus->limbs, sizeof f.limbs);
    number_from_bytes(bytes, &g);
    int64_t eta = -1;
    /* 741 steps are enough for 256 bits (theorem 11.2): twelve rounds */
    for (int round = 0; round < STEPS_MAX && !is_zero(&g); round++) {
        transition t;
        eta = divide_steps(eta, (uint64_t)f.limbs[0], (uint64_t)g.limbs[0], &t);
        apply_modular(modulus, &t, &d, &e);
        apply_exact(&t, &f, &g);
    }
    if (!is_zero(&g) || !is_unit(&f)) {
        return false;
    }
    reduce(modulus, is_negative(&f), &d);
    number_to_bytes(&d, bytes);
    return BN_lebin2bn(bytes, BYTES, out_inverse) != NULL;
}
