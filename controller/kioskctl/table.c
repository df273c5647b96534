#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "common/text.h"
#include "controller/kioskctl/kioskctl.h"

static void put(struct table *table, char *text)
{
    if (table->cells == table->room) {
        table->room = table->room ? table->room * 2 : 64;
        char **larger = realloc(table->cell, (size_t)table->room * sizeof *table->cell);
        if (!larger)
            abort();
        table->cell = larger;
    }
    table->cell[table->cells++] = text;
}

void table_begin(struct table *table, const char *heads)
{
    memset(table, 0, sizeof *table);
    while (*heads && table->columns < (int)(sizeof table->right / sizeof *table->right)) {
        size_t size = strcspn(heads, "|");
        table->right[table->columns++] = *heads == '>';
        size_t skip = *heads == '>' ? 1 : 0;
        put(table, strndup(heads + skip, size - skip));
        heads += size + (heads[size] == '|' ? 1 : 0);
    }
}

void table_cell(struct table *table, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        abort();
    va_end(args);
    for (char *c = text; *c; c++) /* text from outside must not steer the terminal */
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    put(table, text);
}

static int width(const char *text)
{
    long length = text_utf8_length(text, strlen(text));
    return length < 0 ? (int)strlen(text) : (int)length;
}

static void print_cell(const char *text, int wide, bool right, bool last)
{
    int pad = wide - width(text);
    if (right)
        printf("%*s%s", pad, "", text);
    else
        printf("%s%*s", text, last ? 0 : pad, "");
    fputs(last ? "\n" : "  ", stdout);
}

void table_end(struct table *table)
{
    int wide[16] = {0};
    for (int i = 0; i < table->cells; i++) {
        int w = width(table->cell[i]);
        if (w > wide[i % table->columns])
            wide[i % table->columns] = w;
    }
    for (int i = 0; i < table->cells; i++) {
        int column = i % table->columns;
        print_cell(table->cell[i], wide[column], table->right[column], column == table->columns - 1);
        free(table->cell[i]);
    }
    free(table->cell);
}
