/* fixtures: a CA, an intermediate and a client certificate for a test, in ten lines. Writes the file to
 * upload (bundle.pem) and what the client needs (client.pem, client.key) into the current folder. */
#include <mtls/generate.h>
#include <stdio.h>

static int put(const char *path, const char *first, const char *second) {
    FILE *out = fopen(path, "w");
    return out != NULL && fputs(first, out) >= 0 && fputs(second, out) >= 0 && fclose(out) == 0;
}

int main(void) {
    mtls_error error = {""};
    mtlsgen_fixtures *set = NULL;
    int done = mtlsgen_fixtures_new("my tests", &set) == MTLS_OK &&
               mtlsgen_fixtures_add(set, "root", &(mtlsgen_fixture){.ca = true}, &error) == MTLS_OK &&
               mtlsgen_fixtures_add(set, "int", &(mtlsgen_fixture){.ca = true, .issuer = "root"}, &error) ==
                   MTLS_OK &&
               mtlsgen_fixtures_add(set, "alice", &(mtlsgen_fixture){.issuer = "int"}, &error) == MTLS_OK &&
               put("bundle.pem", mtlsgen_fixtures_pem(set, "root"), mtlsgen_fixtures_pem(set, "int")) &&
               put("client.pem", mtlsgen_fixtures_pem(set, "alice"), "") &&
               put("client.key", mtlsgen_fixtures_key_pem(set, "alice"), "");
    mtlsgen_fixtures_free(set);
    if (!done) {
        fprintf(stderr, "fixtures: %s\n", error.text[0] != '\0' ? error.text : "failed");
    }
    return done ? 0 : 1;
}
