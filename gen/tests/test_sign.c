#include "core/tests/cmocka_includes.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "gen/key_material.h"
#include "gen/mod_inverse.h"
#include "gen/private_key_der.h"
#include "gen/signer.h"

/* unhex gives how many bytes `text` stands for. */
static size_t unhex(const char *text, uint8_t *out) {
    size_t len = 0;
    for (; *text != '\0'; text += 2) {
        const char pair[3] = {text[0], text[1], '\0'};
        out[len++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return len;
}

static const struct {
    mtlsgen_key_algorithm curve;
    mtlsgen_digest digest;
    const char *message, *r, *s;
} vectors[] = {
#define VECTOR(curve, digest, message, r, s) {MTLSGEN_KEY_##curve, MTLSGEN_DIGEST_##digest, message, r, s},
#include "gen/tests/rfc6979.def"
};

static const char *const rfc6979_keys[MTLSGEN_NUM_KEY_ALGORITHMS] = {
    [MTLSGEN_KEY_P256] = "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
    [MTLSGEN_KEY_P384] = "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8"
                         "96D5724E4C70A825F872C9EA60D2EDF5",
    [MTLSGEN_KEY_P521] = "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75"
                         "CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
};

static mtlsgen_key *rfc6979_key(mtlsgen_key_algorithm curve) {
    uint8_t bytes[MTLSGEN_SCALAR_MAX];
    size_t len = unhex(rfc6979_keys[curve], bytes);
    mtlsgen_key *key;
    assert_int_equal(mtlsgen_key_from_scalar(curve, (mtls_view){bytes, len}, &key), MTLS_OK);
    return key;
}

static void ecdsa_agrees_with_the_vectors_of_rfc_6979(void **state) {
    (void)state;
    mtlsgen_signer *signer;
    assert_int_equal(mtlsgen_signer_new(&signer), MTLS_OK);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        mtlsgen_key *key = rfc6979_key(vectors[i].curve);
        uint8_t signature[MTLSGEN_SIGNATURE_MAX], *expected = NULL;
        size_t len;
        mtlsgen_sign_options options = {.digest = vectors[i].digest};
        assert_int_equal(
            mtlsgen_sign(signer, key, &options, mtls_view_of_text(vectors[i].message), signature, &len),
            MTLS_OK);
        BIGNUM *r = NULL, *s = NULL;
        BN_hex2bn(&r, vectors[i].r);
        BN_hex2bn(&s, vectors[i].s);
        ECDSA_SIG *sig = ECDSA_SIG_new();
        ECDSA_SIG_set0(sig, r, s);
        int expected_len = i2d_ECDSA_SIG(sig, &expected);
        assert_int_equal(len, expected_len);
        assert_memory_equal(signature, expected, len);
        OPENSSL_free(expected);
        ECDSA_SIG_free(sig);
        mtlsgen_key_free(key);
    }
    mtlsgen_signer_free(signer);
}

/* RFC 8032 7.1 (tests 1 to 3) and 7.4 (blank) */
static const struct {
    mtlsgen_key_algorithm algorithm;
    const char *key, *message, *signature;
} ed_vectors[] = {
    {MTLSGEN_KEY_ED25519, "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {MTLSGEN_KEY_ED25519, "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {MTLSGEN_KEY_ED25519, "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
    {MTLSGEN_KEY_ED448,
     "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e754"
     "9"
     "a20098f95b",                                                                            "",
     "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd"
     "0"
     "a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a73632"
     "6"
     "8c71d95808ff2e652600"                                            },
};

static void eddsa_agrees_with_the_vectors_of_rfc_8032(void **state) {
    (void)state;
    mtlsgen_signer *signer;
    assert_int_equal(mtlsgen_signer_new(&signer), MTLS_OK);
    for (size_t i = 0; i < sizeof ed_vectors / sizeof ed_vectors[0]; i++) {
        uint8_t bytes[64], message[8], expected[128], signature[MTLSGEN_SIGNATURE_MAX];
        mtlsgen_key *key;
        mtlsgen_sign_options options = {0};
        size_t len = unhex(ed_vectors[i].key, bytes);
        assert_int_equal(mtlsgen_key_from_ed_bytes(ed_vectors[i].algorithm, (mtls_view){bytes, len}, &key),
                         MTLS_OK);
        size_t message_len = unhex(ed_vectors[i].message, message);
        assert_int_equal(
            mtlsgen_sign(signer, key, &options, (mtls_view){message, message_len}, signature, &len), MTLS_OK);
        assert_int_equal(len, unhex(ed_vectors[i].signature, expected));
        assert_memory_equal(signature, expected, len);
        mtlsgen_key_free(key);
    }
    mtlsgen_signer_free(signer);
}

/* pkey_of gives the key as libcrypto reads it. */
static EVP_PKEY *pkey_of(const mtlsgen_key *key) {
    mtlsgen_arena arena = {0};
    mtls_view der;
    assert_int_equal(mtlsgen_private_key_info(key, &arena, &der), MTLS_OK);
    const unsigned char *at = der.data;
    EVP_PKEY *pkey = d2i_AutoPrivateKey(NULL, &at, (long)der.len);
    assert_non_null(pkey);
    mtlsgen_arena_clear(&arena);
    return pkey;
}

/* libcrypto's PKCS#1 v1.5 signature over the same digest is the same bytes, and it verifies our PSS. */
static void rsa_agrees_with_libcrypto(void **state) {
    (void)state;
    mtlsgen_signer *signer;
    mtlsgen_seed seed;
    mtlsgen_key *key;
    mtlsgen_seed_init("test", &seed);
    assert_int_equal(mtlsgen_signer_new(&signer), MTLS_OK);
    assert_int_equal(mtlsgen_key_derive(&seed, MTLSGEN_KEY_RSA2048, 0, &key), MTLS_OK);
    EVP_PKEY *pkey = pkey_of(key);
    static const char *const names[] = {NULL, "SHA1", "SHA224", "SHA256", "SHA384", "SHA512"};
    static const uint8_t salt[MTLSGEN_HASH_MAX] = {1, 2, 3};
    mtls_view message = mtls_view_of_text("sample");
    for (int d = MTLSGEN_DIGEST_SHA1; d < MTLSGEN_NUM_DIGESTS; d++) {
        uint8_t ours[MTLSGEN_SIGNATURE_MAX], theirs[MTLSGEN_SIGNATURE_MAX];
        size_t our_len, their_len = sizeof theirs;
        mtlsgen_sign_options options = {.digest = (mtlsgen_digest)d};
        assert_int_equal(mtlsgen_sign(signer, key, &options, message, ours, &our_len), MTLS_OK);
        EVP_MD_CTX *md = EVP_MD_CTX_new();
        assert_int_equal(EVP_DigestSignInit_ex(md, NULL, names[d], NULL, NULL, pkey, NULL), 1);
        assert_int_equal(EVP_DigestSign(md, theirs, &their_len, message.data, message.len), 1);
        assert_int_equal(our_len, their_len);
        assert_memory_equal(ours, theirs, our_len);
        EVP_MD_CTX_free(md);

        EVP_PKEY_CTX *ctx;
        options.pss = true;
        options.pss_salt = (mtls_view){salt, mtlsgen_hash_len(mtlsgen_digest_hash(options.digest))};
        assert_int_equal(mtlsgen_sign(signer, key, &options, message, ours, &our_len), MTLS_OK);
        md = EVP_MD_CTX_new();
        assert_int_equal(EVP_DigestVerifyInit_ex(md, &ctx, names[d], NULL, NULL, pkey, NULL), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST), 1);
        assert_int_equal(EVP_DigestVerify(md, ours, our_len, message.data, message.len), 1);
        ours[our_len - 2] ^= 1;
        assert_int_not_equal(EVP_DigestVerify(md, ours, our_len, message.data, message.len), 1);
        EVP_MD_CTX_free(md);
    }
    EVP_PKEY_free(pkey);
    mtlsgen_key_free(key);
    mtlsgen_signer_free(signer);
}

static void signing_refuses_what_does_not_go_together(void **state) {
    (void)state;
    mtlsgen_signer *signer;
    mtlsgen_seed seed;
    mtlsgen_key *key;
    uint8_t signature[MTLSGEN_SIGNATURE_MAX];
    size_t len;
    mtlsgen_seed_init("test", &seed);
    assert_int_equal(mtlsgen_signer_new(&signer), MTLS_OK);
    assert_int_equal(mtlsgen_key_derive(&seed, MTLSGEN_KEY_P256, 0, &key), MTLS_OK);
    mtlsgen_sign_options options = {.pss = true};
    assert_int_equal(mtlsgen_sign(signer, key, &options, (mtls_view){0}, signature, &len), MTLS_ERR_USAGE);
    mtlsgen_key_free(key);
    /* 1024 bits have no room for two SHA-512 digests (RFC 8017 9.1.1 step 3) */
    static const uint8_t salt[64] = {0};
    assert_int_equal(mtlsgen_key_derive(&seed, MTLSGEN_KEY_RSA1024, 0, &key), MTLS_OK);
    options = (mtlsgen_sign_options){
        .digest = MTLSGEN_DIGEST_SHA512, .pss = true, .pss_salt = {salt, 64}
    };
    assert_int_equal(mtlsgen_sign(signer, key, &options, (mtls_view){0}, signature, &len), MTLS_ERR_USAGE);
    mtlsgen_key_free(key);
    mtlsgen_signer_free(signer);
}

/* BN_check_prime and the bits of the modulus: our prime search finds what it should. */
static void rsa_keys_are_made_of_primes_of_the_right_size(void **state) {
    (void)state;
    mtlsgen_seed seed;
    mtlsgen_seed_init("test", &seed);
    for (mtlsgen_key_algorithm a = MTLSGEN_KEY_RSA1024; a <= MTLSGEN_KEY_RSA3072; a++) {
        mtlsgen_key *key;
        assert_int_equal(mtlsgen_key_derive(&seed, a, 7, &key), MTLS_OK);
        assert_int_equal(BN_num_bits(key->rsa[MTLSGEN_RSA_N]), mtlsgen_key_algorithm_describe(a)->bits);
        assert_int_equal(BN_check_prime(key->rsa[MTLSGEN_RSA_P], NULL, NULL), 1);
        assert_int_equal(BN_check_prime(key->rsa[MTLSGEN_RSA_Q], NULL, NULL), 1);
        EVP_PKEY *pkey = pkey_of(key);
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pkey, NULL);
        assert_int_equal(EVP_PKEY_check(ctx), 1);
        EVP_PKEY_CTX_free(ctx);
        EVP_PKEY_free(pkey);
        mtlsgen_key_free(key);
    }
}

/* The ends of the range: 1 gives the generator, the order less 1 its mirror image. */
static void scalars_at_the_ends_of_the_range_give_the_generator(void **state) {
    (void)state;
    for (mtlsgen_key_algorithm a = MTLSGEN_KEY_P256; a <= MTLSGEN_KEY_SECP256K1; a++) {
        const mtlsgen_curve *curve = mtlsgen_curve_get(a);
        uint8_t generator[1 + 2 * MTLSGEN_SCALAR_MAX], scalar[MTLSGEN_SCALAR_MAX];
        size_t len = 1 + 2 * curve->field_len;
        assert_int_equal(EC_POINT_point2oct(curve->group, EC_GROUP_get0_generator(curve->group),
                                            POINT_CONVERSION_UNCOMPRESSED, generator, len, NULL),
                         len);
        mtlsgen_key *first, *last;
        assert_int_equal(mtlsgen_key_from_scalar(a, (mtls_view){(const uint8_t *)"\x01", 1}, &first),
                         MTLS_OK);
        assert_true(mtls_view_equal(first->public_bits, (mtls_view){generator, len}));
        BIGNUM *below = BN_dup(curve->order);
        assert_int_equal(BN_sub_word(below, 1), 1);
        int scalar_len = BN_bn2bin(below, scalar);
        assert_int_equal(mtlsgen_key_from_scalar(a, (mtls_view){scalar, (size_t)scalar_len}, &last), MTLS_OK);
        assert_int_equal(last->public_bits.len, len);
        assert_memory_equal(last->public_bits.data + 1, generator + 1, curve->field_len);
        assert_memory_not_equal(last->public_bits.data + 1 + curve->field_len,
                                generator + 1 + curve->field_len, curve->field_len);
        BN_free(below);
        mtlsgen_key_free(first);
        mtlsgen_key_free(last);
    }
}

/* The corpus depends on these: changing them changes every byte of it. */
static void keys_of_a_seed_never_change(void **state) {
    (void)state;
    static const struct {
        mtlsgen_key_algorithm algorithm;
        const char *id;
    } rows[] = {
#include "gen/tests/key_ids.def"
    };
    mtlsgen_seed seed;
    mtlsgen_seed_init("test", &seed);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        mtlsgen_key *key;
        uint8_t id[32];
        assert_int_equal(mtlsgen_key_derive(&seed, rows[i].algorithm, 3, &key), MTLS_OK);
        assert_int_equal(unhex(rows[i].id, id), 20);
        assert_memory_equal(mtlsgen_key_id(key).data, id, 20);
        mtlsgen_key_free(key);
    }
}

static void mod_inverse_agrees_with_libcrypto(void **state) {
    (void)state;
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *m = BN_new(), *x = BN_new(), *ours = BN_new(), *theirs = BN_new();
    mtlsgen_seed seed;
    uint8_t bytes[64];
    char address[32];
    size_t num_with = 0, num_without = 0;
    mtlsgen_seed_init("test", &seed);
    for (int i = 0; i < 4000; i++) {
        mtlsgen_modulus modulus;
        snprintf(address, sizeof address, "inverse/%d", i);
        assert_int_equal(mtlsgen_seed_expand(&seed, address, bytes, sizeof bytes), MTLS_OK);
        BN_bin2bn(bytes, 1 + i % 32, m);
        BN_bin2bn(bytes + 32, 1 + i % 29, x);
        BN_set_bit(m, 0);
        if (BN_is_one(m)) {
            continue;
        }
        assert_true(mtlsgen_modulus_init(m, &modulus));
        BIGNUM *found = BN_mod_inverse(theirs, x, m, ctx);
        assert_int_equal(mtlsgen_mod_inverse(&modulus, x, ours), found != NULL);
        if (found != NULL) {
            assert_int_equal(BN_cmp(ours, theirs), 0);
            num_with++;
        } else {
            num_without++;
        }
    }
    assert_in_range(num_with, 1000, 4000);
    assert_in_range(num_without, 100, 4000);
    BN_zero(m);
    mtlsgen_modulus modulus;
    assert_false(mtlsgen_modulus_init(m, &modulus));
    BN_set_word(m, 10);
    assert_false(mtlsgen_modulus_init(m, &modulus));
    BN_set_bit(m, 256);
    BN_set_bit(m, 0);
    assert_false(mtlsgen_modulus_init(m, &modulus));
    BN_free(m);
    BN_free(x);
    BN_free(ours);
    BN_free(theirs);
    BN_CTX_free(ctx);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdsa_agrees_with_the_vectors_of_rfc_6979),
        cmocka_unit_test(eddsa_agrees_with_the_vectors_of_rfc_8032),
        cmocka_unit_test(rsa_agrees_with_libcrypto),
        cmocka_unit_test(signing_refuses_what_does_not_go_together),
        cmocka_unit_test(rsa_keys_are_made_of_primes_of_the_right_size),
        cmocka_unit_test(scalars_at_the_ends_of_the_range_give_the_generator),
        cmocka_unit_test(keys_of_a_seed_never_change),
        cmocka_unit_test(mod_inverse_agrees_with_libcrypto),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
