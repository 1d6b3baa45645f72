/* mtls-validate: the reference validator as a program. */
#include <locale.h>
#include <openssl/crypto.h>
#include <stdio.h>

#include "validator/program/commands.h"
#include "validator/program/options.h"
#include "validator/program/report_text.h"

int command_fail(const char *message) {
    fputs("mtls-validate: ", stderr);
    report_text_escaped(stderr, message);
    fputc('\n', stderr);
    return EXIT_TROUBLE;
}

static int run(const options *o) {
    static int (*const commands[NUM_COMMANDS])(const options *) = {
        [COMMAND_UPLOAD] = command_upload, [COMMAND_CLIENT] = command_client,
        [COMMAND_CORPUS] = command_corpus, [COMMAND_EXPLAIN] = command_explain,
        [COMMAND_SERVE] = command_serve,
    };
    if (o->help) {
        options_help(o->command);
        return EXIT_YES;
    }
    if (o->version) {
        printf("mtls-validate %s (%s)\n", MTLS_VERSION, OpenSSL_version(OPENSSL_VERSION));
        return EXIT_YES;
    }
    return commands[o->command](o);
}

int main(int argc, char **argv) {
    options o;
    mtls_error error = {""};
    setlocale(LC_CTYPE, "");
    /* A machine's openssl.cnf can take algorithms away, and the answers are to be the same everywhere. */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    mtls_status status = options_parse(argc, argv, &o, &error);
    int result = status == MTLS_OK
                     ? run(&o)
                     : command_fail(error.text[0] == '\0' ? mtls_status_text(status) : error.text);
    /* A full disk or a closed pipe shows up here at the latest. */
    if (fflush(stdout) != 0 || ferror(stdout)) {
        result = command_fail("cannot write to standard output");
    }
    options_clear(&o);
    return result;
}
