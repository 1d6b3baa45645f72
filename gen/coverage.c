#include "gen/coverage.h"

const mtlsgen_sentence mtlsgen_sentences[] = {
#define SENTENCE(anchor, paraphrase, reason) {anchor, paraphrase, reason},
#include "gen/coverage.def"
};
const size_t mtlsgen_num_sentences = sizeof mtlsgen_sentences / sizeof mtlsgen_sentences[0];
