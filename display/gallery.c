#include "display/gallery.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/log.h"
#include "common/text.h"
#include "display/gallery_pages.h"
#include "display/samples.h"

static const int32_t sizes[][2] = {{1280, 800}, {800, 480},   {480, 800},  {1024, 600},
                                   {800, 1280}, {1920, 1080}, {1080, 1920}};

/* Of the source tree and of an installation, from where the program is. */
static const char *const picture_places[] = {"../../config/examples/pictures",
                                             "../share/doc/kioskd/examples/pictures"};

struct place {
    struct paint *paint;
    FILE *index;
    struct gallery_pages *pages;
    const char *dir;
    int32_t language;
    char pictures[256]; /* folder of the samples' pictures, "" = not found: they are drawn without */
};

static void pictures_find(char *ret, size_t size)
{
    char program[128];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    ret[0] = '\0';
    if (length <= 0 || (size_t)length == sizeof(program) - 1)
        return;
    program[length] = '\0';
    char *name = strrchr(program, '/');
    if (!name)
        return;
    *name = '\0';
    for (size_t i = 0; i < sizeof(picture_places) / sizeof(picture_places[0]); i++) {
        (void)snprintf(ret, size, "%s/%s", program, picture_places[i]);
        if (access(ret, R_OK) == 0)
            return;
    }
    ret[0] = '\0';
}

/* The samples name files only. */
static void pictures_place(const struct place *place, struct snapshot *snapshot)
{
    for (int32_t i = 0; i < snapshot->product_count; i++) {
        char *image = snapshot->products[i].image, path[CONFIG_PATH_SIZE];
        size_t used = 0;
        bool fits = place->pictures[0] && image[0] &&
                    text_append(path, sizeof(path), &used, "%s/%s", place->pictures, image);
        (void)text_copy(image, CONFIG_PATH_SIZE, fits ? path : "");
    }
}

/* One line of the index per code; newlines inside a text are written \n. */
static void index_write(FILE *index, const char *picture, const char *state, const struct scene *scene)
{
    bool any = false;
    for (int32_t i = 0; i < scene->count; i++) {
        const struct scene_item *item = &scene->items[i];
        if (item->kind != SCENE_QR)
            continue;
        any = true;
        fprintf(index, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%s\n", picture, state, item->box.x, item->box.y,
                item->box.w, item->box.h, item->module_px, scene_text(scene, item));
    }
    if (!any)
        fprintf(index, "%s\t%s\n", picture, state);
}

static int picture_write(const struct place *place, const struct scene *scene, const char *state,
                         const char *language)
{
    char name[128], path[512];
    SDL_Surface *surface = paint_surface(scene->width, scene->height);
    if (!surface)
        return -1;
    int32_t page = scene->page + 1;
    int length = snprintf(name, sizeof(name), "%dx%d/%s", scene->width, scene->height, state);
    if (scene->pages > 1)
        length += snprintf(name + length, sizeof(name) - (size_t)length, "-p%d", page);
    (void)snprintf(name + length, sizeof(name) - (size_t)length, ".png");
    (void)snprintf(path, sizeof(path), "%s/%s", place->dir, name);
    paint_scene(place->paint, surface, scene);
    int failed = paint_save(surface, path);
    SDL_FreeSurface(surface);
    index_write(place->index, name, state, scene);
    return failed ? failed : gallery_pages_add(place->pages, name, state, language, scene);
}

static int size_write(const struct place *place, int32_t width, int32_t height)
{
    static struct scene scene;
    static struct snapshot snapshot;
    static struct journal journal;
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/%dx%d", place->dir, width, height);
    if (mkdir(path, 0777) != 0 && errno != EEXIST) {
        log_error("cannot make %s: %s", path, strerror(errno));
        return -1;
    }
    for (int32_t i = 0; i < samples_count(); i++) {
        struct scene_view view = {.width = width, .height = height, .clock = "14:05", .page = 0};
        view.language = place->language >= 0 ? place->language : i;
        samples_fill(&snapshot, i);
        pictures_place(place, &snapshot);
        samples_view(&view, &journal, i);
        const char *language = snapshot.languages[view.language % snapshot.language_count];
        int32_t pages = 1;
        for (; view.page < pages; view.page++) {
            scene_build(&scene, &snapshot, &view);
            pages = scene.pages;
            if (picture_write(place, &scene, samples_name(i), language) != 0)
                return -1;
        }
    }
    return 0;
}

static int sizes_write(const struct place *place, int32_t width, int32_t height)
{
    int failed = 0;
    if (width > 0)
        return size_write(place, width, height);
    for (size_t i = 0; failed == 0 && i < sizeof(sizes) / sizeof(sizes[0]); i++)
        failed = size_write(place, sizes[i][0], sizes[i][1]);
    return failed;
}

int gallery_write(struct paint *paint, const char *dir, int32_t width, int32_t height, int32_t language)
{
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/index.tsv", dir);
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        log_error("cannot make %s: %s", dir, strerror(errno));
        return -1;
    }
    struct place place = {.paint = paint, .index = fopen(path, "w"), .dir = dir, .language = language};
    pictures_find(place.pictures, sizeof(place.pictures));
    if (!place.index) {
        log_error("cannot write %s: %s", path, strerror(errno));
        return -1;
    }
    place.pages = gallery_pages_open();
    int failed = place.pages ? sizes_write(&place, width, height) : -1;
    if (fclose(place.index) != 0)
        failed = -1;
    if (failed == 0)
        failed = gallery_pages_write(place.pages, dir);
    gallery_pages_close(place.pages);
    return failed;
}
