/* The manual page and the shell completions of a program, written from the same tables as its parser and its
 * help. Used when building, by a small program beside each tool's own. */
#ifndef MTLS_CORE_PAGES_H
#define MTLS_CORE_PAGES_H

#include <stddef.h>
#include <stdio.h>

/* `argument` is "" where there is none. `complete` is what a shell offers for it: "file", "" for nothing, or
 * words divided by spaces. `commands` is a set: bit N for the Nth row of the commands. */
typedef struct {
    const char *name, *argument, *complete, *summary;
} mtls_page_command;

typedef struct {
    const char *name, *argument, *complete, *summary;
    unsigned long commands;
} mtls_page_option;

/* A section of the manual page: paragraphs divided by empty lines. */
typedef struct {
    const char *heading, *text;
} mtls_page_section;

typedef struct {
    const char *program, *version, *summary;
    const mtls_page_command *commands;
    size_t num_commands;
    const mtls_page_option *options;
    size_t num_options;
    const mtls_page_section *sections; /* after the options */
    size_t num_sections;
} mtls_pages;

/* Each writes one page: man(7), a bash completion, a zsh completion. */
void mtls_pages_man(const mtls_pages *pages, FILE *out);
void mtls_pages_bash(const mtls_pages *pages, FILE *out);
void mtls_pages_zsh(const mtls_pages *pages, FILE *out);

/* mtls_pages_main is the whole of a program that takes "man", "bash" or "zsh" and writes that page. */
int mtls_pages_main(const mtls_pages *pages, int argc, char **argv);

#endif
