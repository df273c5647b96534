/* What is chosen for the look must be readable, and there. */
#include <unistd.h>
#include "common/contrast.h"
#include "common/text.h"
#include "common/theme.h"
#include "config/loading.h"

static const config_setting_t *theme_at(const struct loading *loading, const char *key)
{
    char path[LOADING_KEY_SIZE];
    size_t used = 0;
    (void)text_append(path, sizeof(path), &used, "screen.theme.%s", key);
    return config_lookup(&loading->tree, path);
}

/* The first of two keys that the file has; it is where somebody will look. */
static const char *given(const struct loading *loading, const char *first, const char *second)
{
    return theme_at(loading, first) != NULL || theme_at(loading, second) == NULL ? first : second;
}

static void check_pair(struct loading *loading, const struct theme *theme, enum colour text,
                       enum colour ground, const char *first, const char *second)
{
    char path[LOADING_KEY_SIZE];
    size_t used = 0;
    double ratio = contrast_ratio(theme->colour[text], theme->colour[ground]);
    if (ratio >= CONTRAST_TEXT)
        return;
    const char *key = given(loading, first, second);
    (void)text_append(path, sizeof(path), &used, "screen.theme.%s", key);
    loading_fault(loading, theme_at(loading, key), path,
                  "text #%06X on #%06X has a contrast of %.1f:1; it must have 7:1 to be read in the sun",
                  (unsigned)theme->colour[text], (unsigned)theme->colour[ground], ratio);
}

static void check_readable(struct loading *loading, const char *key, const char *file, const char *instead)
{
    char path[LOADING_KEY_SIZE];
    size_t used = 0;
    if (file[0] == '\0' || access(file, R_OK) == 0)
        return;
    (void)text_append(path, sizeof(path), &used, "screen.theme.%s", key);
    loading_warning(loading, theme_at(loading, key), path, "%s cannot be read; %s", file, instead);
}

void loading_check_theme(struct loading *loading)
{
    const struct config_theme *choice = &loading->config->screen.theme;
    struct theme theme;
    theme_make(&theme, &(struct theme_choice){.base = (enum theme_base)choice->base,
                                              .accent = choice->accent,
                                              .ground = choice->ground,
                                              .card = choice->card,
                                              .ink = choice->ink});
    check_pair(loading, &theme, COLOUR_BAR_TEXT, COLOUR_BAR, "accent", "accent");
    check_pair(loading, &theme, COLOUR_TEXT, COLOUR_PAGE, "ground", "ink");
    check_pair(loading, &theme, COLOUR_TEXT, COLOUR_TILE, "card", "ink");
    if (contrast_ratio(theme.colour[COLOUR_TEXT], theme.colour[COLOUR_TILE]) >= CONTRAST_TEXT)
        check_pair(loading, &theme, COLOUR_TEXT, COLOUR_VOID, "card", "ink");
    if ((choice->night_from_min == CONFIG_NO_TIME) != (choice->night_to_min == CONFIG_NO_TIME))
        loading_fault(loading, theme_at(loading, given(loading, "night_from", "night_to")), "screen.theme",
                      "night_from and night_to belong together; give both or none");
    check_readable(loading, "logo", choice->logo, "the heading has the name only");
    check_readable(loading, "font", choice->font, "texts are set in Roboto");
    check_readable(loading, "font_bold", choice->font_bold, "headings are set in Roboto");
}
