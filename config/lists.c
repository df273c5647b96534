/* The values that are lists or groups themselves: languages, titles, uses. */
#include <stdio.h>
#include <string.h>
#include "common/language.h"
#include "common/text.h"
#include "config/loading.h"

static bool is_sequence(const config_setting_t *setting)
{
    int type = config_setting_type(setting);
    return type == CONFIG_TYPE_ARRAY || type == CONFIG_TYPE_LIST;
}

static bool is_language(const char *text)
{
    size_t length = strlen(text);
    if (length < 2 || length >= CONFIG_LANG_SIZE)
        return false;
    for (size_t i = 0; i < length; i++)
        if (text[i] < 'a' || text[i] > 'z')
            return false;
    return true;
}

static int find_language(const struct config *config, const char *language)
{
    for (int i = 0; i < config->kiosk.language_count; i++)
        if (strcmp(config->kiosk.languages[i], language) == 0)
            return i;
    return -1;
}

static void add_language(struct loading *loading, const struct loading_place *place,
                         const config_setting_t *at)
{
    struct config *config = place->entry;
    const char *text = config_setting_get_string(at);
    char shown[LOADING_KEY_SIZE];
    loading_show(shown, sizeof(shown), at);
    if (text == NULL || !is_language(text)) {
        loading->doubtful_languages = true;
        loading_fault(loading, at, place->path,
                      "%s is no language code; must be two or three small letters like \"en\"", shown);
    } else if (find_language(config, text) >= 0) {
        loading_fault(loading, at, place->path, "\"%s\" stands there twice", text);
    } else {
        (void)text_copy(config->kiosk.languages[config->kiosk.language_count++], CONFIG_LANG_SIZE, text);
        if (!language_shipped(text))
            loading_warning(
                loading, at, place->path,
                "the screen has no texts in \"%s\" and says them in English; it has " LANGUAGE_SHIPPED, text);
    }
}

void loading_read_languages(struct loading *loading, const struct loading_place *place)
{
    struct config *config = place->entry;
    config->kiosk.language_count = 0;
    int count = is_sequence(place->setting) ? config_setting_length(place->setting) : 0;
    loading->doubtful_languages = count == 0 || count > CONFIG_MAX_LANGUAGES;
    if (count == 0)
        loading_fault(loading, place->setting, place->path, "must be a list of language codes: [ \"en\" ]");
    else if (count > CONFIG_MAX_LANGUAGES)
        loading_fault(loading, place->setting, place->path,
                      "has %d entries; at most %d (CONFIG_MAX_LANGUAGES)", count, CONFIG_MAX_LANGUAGES);
    else
        for (int i = 0; i < count; i++)
            add_language(loading, place, config_setting_get_elem(place->setting, (unsigned)i));
}

/* One text of a title group; index of its language or -1 when it is not shown or not good. */
static int read_one_title(struct loading *loading, const struct loading_place *whole,
                          const config_setting_t *setting)
{
    struct config_product *product = whole->entry;
    struct loading_place place = *whole;
    const char *language = config_setting_name(setting);
    (void)snprintf(place.path, sizeof(place.path), "%.180s.%.64s", whole->path, language);
    place.setting = setting;
    if (!is_language(language)) {
        loading_fault(loading, setting, place.path,
                      "is no language code; must be two or three small letters like \"en\"");
        return -1;
    }
    int index = find_language(loading->config, language);
    const char *text = config_setting_get_string(setting);
    if (index < 0 && loading->doubtful_languages)
        return -1;
    if (index < 0)
        loading_warning(loading, setting, place.path, "is never shown; \"%s\" is not in kiosk.languages",
                        language);
    else if (text == NULL || text[0] == '\0')
        loading_fault(loading, setting, place.path, "must be a text of 1..64 characters");
    else if (loading_text(loading, &place, text, product->title[index], CONFIG_TEXT_SIZE))
        return index;
    return -1;
}

static void fill_titles(struct loading *loading, const struct loading_place *place, int first)
{
    struct config_product *product = place->entry;
    const struct config *config = loading->config;
    char missing[CONFIG_MAX_LANGUAGES * (CONFIG_LANG_SIZE + 2)] = "";
    size_t used = 0;
    for (int i = 0; i < config->kiosk.language_count; i++) {
        if (product->title[i][0] != '\0')
            continue;
        (void)text_copy(product->title[i], CONFIG_TEXT_SIZE, product->title[first]);
        (void)text_append(missing, sizeof(missing), &used, "%s%s", used > 0 ? ", " : "",
                          config->kiosk.languages[i]);
    }
    if (used > 0)
        loading_warning(loading, place->setting, place->path,
                        "is missing in %s; the text in \"%s\" is shown there", missing,
                        config->kiosk.languages[first]);
}

void loading_read_title(struct loading *loading, const struct loading_place *place)
{
    struct config_product *product = place->entry;
    const char *text = config_setting_get_string(place->setting);
    if (text != NULL && text[0] != '\0') {
        bool good = true;
        for (int i = 0; i < loading->config->kiosk.language_count && good; i++)
            good = loading_text(loading, place, text, product->title[i], CONFIG_TEXT_SIZE);
        return;
    }
    int count = config_setting_is_group(place->setting) ? config_setting_length(place->setting) : 0;
    int first = -1, faults = loading->real_count;
    for (int i = 0; i < count; i++) {
        int index = read_one_title(loading, place, config_setting_get_elem(place->setting, (unsigned)i));
        first = first < 0 ? index : first;
    }
    if (first >= 0)
        fill_titles(loading, place, first);
    else if (faults == loading->real_count && !loading->doubtful_languages)
        loading_fault(loading, place->setting, place->path,
                      "must be a text, or a group of texts in the kiosk's languages: { %s = \"...\"; }",
                      loading->config->kiosk.languages[0]);
}

void loading_read_uses(struct loading *loading, const struct loading_place *place)
{
    static const char uses[] = "payment|ack|command";
    struct config_key *key = place->entry;
    int count = is_sequence(place->setting) ? config_setting_length(place->setting) : 0;
    if (count == 0)
        loading_fault(loading, place->setting, place->path,
                      "must be a list of \"payment\", \"ack\", \"command\"");
    for (int i = 0; i < count; i++) {
        const config_setting_t *element = config_setting_get_elem(place->setting, (unsigned)i);
        const char *text = config_setting_get_string(element);
        int32_t index = text != NULL ? schema_choice_index(uses, text) : -1;
        char shown[LOADING_KEY_SIZE];
        loading_show(shown, sizeof(shown), element);
        if (index < 0)
            loading_fault(loading, element, place->path,
                          "%s is not known; must be \"payment\", \"ack\" or \"command\"", shown);
        else
            key->use |= 1U << index;
    }
}
