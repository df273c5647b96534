#include "config/load.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sodium.h>
#include "common/text.h"
#include "config/loading.h"

static void print_fault(void *user, const char *file, int line, const char *text)
{
    (void)user;
    (void)fprintf(stderr, "%s:%d: %s\n", file, line, text);
}

static void print_warning(void *user, const char *file, int line, const char *text)
{
    (void)user;
    (void)fprintf(stderr, "%s:%d: warning: %s\n", file, line, text);
}

const struct config_report config_report_stderr = {.fault = print_fault, .warning = print_warning};

/* Works out where the file lies; false after a fault. */
static bool find_folder(struct loading *loading, const char *path)
{
    char copy[PATH_MAX], name[PATH_MAX];
    struct loading_file *file = &loading->files[loading->file_count++];
    if (!text_copy(file->name, sizeof(file->name), path)) {
        loading_fault_at(loading, 0, 1, "file: the path is longer than %d bytes", PATH_MAX - 1);
        return false;
    }
    (void)text_copy(copy, sizeof(copy), path);
    (void)text_copy(loading->folder, sizeof(loading->folder), dirname(copy));
    if (realpath(loading->folder, loading->base) == NULL)
        (void)text_copy(loading->base, sizeof(loading->base), loading->folder);
    (void)text_copy(copy, sizeof(copy), path);
    (void)text_copy(name, sizeof(name), basename(copy));
    int length = snprintf(loading->config->file, sizeof(loading->config->file), "%s/%s",
                          strcmp(loading->base, "/") == 0 ? "" : loading->base, name);
    if (length < 0 || (size_t)length >= sizeof(loading->config->file)) {
        loading_fault_at(loading, 0, 1, "file: its absolute path is %d bytes long; at most %zu", length,
                         sizeof(loading->config->file) - 1);
        return false;
    }
    return true;
}

/* libconfig stops at the first one. 1.7 also calls a number beyond 64 bits a syntax error. */
static void tell_syntax(struct loading *loading)
{
    const char *text = config_error_text(&loading->tree);
    int file = loading_file_index(loading, config_error_file(&loading->tree));
    int line = config_error_line(&loading->tree);
    for (int i = 0; i < loading->number_count; i++)
        if (loading->numbers[i].overflow && loading->numbers[i].file == file &&
            loading->numbers[i].line == line)
            text = "a number is beyond 64 bits";
    if (text == NULL || strcmp(text, "syntax error") == 0)
        loading_fault_at(loading, file, line,
                         "syntax error; look for a missing , = \" or bracket, or a comma too many, here or "
                         "on the line before");
    else
        loading_fault_at(loading, file, line, "syntax error: %s%s", text,
                         strcmp(text, "duplicate setting name") == 0 ? "; a key stands twice in one group"
                                                                     : "");
}

static bool parse(struct loading *loading)
{
    FILE *stream = fmemopen(loading->main_text, loading->main_size, "r");
    if (stream == NULL) {
        loading_fault_at(loading, 0, 1, "file: out of memory");
        return false;
    }
    config_set_include_dir(&loading->tree, loading->folder);
    bool good = config_read(&loading->tree, stream) == CONFIG_TRUE;
    (void)fclose(stream);
    if (!good)
        tell_syntax(loading);
    return good;
}

static void load(struct loading *loading, const char *path)
{
    if (sodium_init() < 0) {
        loading_fault_at(loading, 0, 1, "file: libsodium does not start");
        return;
    }
    if (!find_folder(loading, path) || !loading_scan(loading, path) || !parse(loading))
        return;
    loading_match(loading);
    loading_walk(loading);
    loading_check_lines(loading);
    loading_check_devices(loading);
    loading_check_lanes(loading);
    loading_check_products(loading);
    loading_check_rest(loading);
}

/* Where the file lets the sockets be; not the default in place of what was refused. */
static void keep_run_dir(const struct loading *loading, struct config *ret)
{
    static const char key[] = "kiosk.run_dir:";
    ret->kiosk.run_dir[0] = '\0';
    for (int i = 0; i < loading->fault_count; i++)
        if (strncmp(loading->faults[i].text, key, sizeof(key) - 1) == 0)
            return;
    (void)text_copy(ret->kiosk.run_dir, sizeof(ret->kiosk.run_dir), loading->config->kiosk.run_dir);
}

int config_load(struct config *ret, const char *path, unsigned flags, const struct config_report *report)
{
    struct loading *loading = calloc(1, sizeof(*loading));
    struct config *config = calloc(1, sizeof(*config));
    struct loading_file *files = calloc(LOADING_MAX_FILES, sizeof(*files));
    struct loading_number *numbers = calloc(LOADING_MAX_NUMBERS, sizeof(*numbers));
    struct loading_fault *faults = calloc(LOADING_MAX_FAULTS, sizeof(*faults));
    int count = 1;
    if (loading == NULL || config == NULL || files == NULL || numbers == NULL || faults == NULL) {
        report->fault(report->user, path, 1, "file: out of memory");
    } else {
        loading->config = config;
        loading->files = files;
        loading->numbers = numbers;
        loading->faults = faults;
        loading->flags = flags;
        config_init(&loading->tree);
        load(loading, path);
        loading_tell(loading, report);
        config_destroy(&loading->tree);
        count = loading->real_count;
        free(loading->main_text);
        if ((flags & CONFIG_LOAD_LINES) != 0)
            loading_disarm_lines(loading);
        if (count == 0 || (flags & CONFIG_LOAD_LINES) != 0)
            *ret = *config;
        else if ((flags & CONFIG_LOAD_RUN_DIR) != 0)
            keep_run_dir(loading, ret);
        sodium_memzero(config, sizeof(*config));
    }
    free(loading);
    free(config);
    free(files);
    free(numbers);
    free(faults);
    return count;
}

void config_screen_presets(struct config_screen *ret)
{
    static struct config config;
    memset(&config.screen, 0, sizeof(config.screen));
    for (size_t i = 0; i < SCHEMA_SCREEN_KEYS; i++)
        loading_preset(&schema_screen_keys[i], &config);
    for (size_t i = 0; i < SCHEMA_THEME_KEYS; i++)
        loading_preset(&schema_theme_keys[i], &config);
    *ret = config.screen;
}
