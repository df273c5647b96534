/* Draws what a wandering, darkened panel shows: panel_frames DIR. Every place of the idle page at 800x480,
 * and of other pages and sizes the four corners at full and at the least brightness. DIR/index.tsv: picture,
 * then a code a column. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "display/frame.h"
#include "display/paint.h"
#include "display/samples.h"
#include "display/type.h"
#include "display/wear.h"

enum { REACH = 4, PLACES = (2 * REACH + 1) * (2 * REACH + 1) };

static struct paint *paint;
static FILE *list;
static const char *folder;
static struct scene scene;
static struct snapshot snapshot;
static struct journal journal;

static struct frame_pixels pixels_of(SDL_Surface *surface)
{
    return (struct frame_pixels){surface->pixels, surface->w, surface->h, surface->pitch / 4};
}

static void scene_of(const char *state, int32_t width, int32_t height)
{
    struct scene_view view = {.width = width - 2 * REACH, .height = height - 2 * REACH, .clock = "14:05"};
    for (int32_t i = 0; i < samples_count(); i++)
        if (strcmp(samples_name(i), state) == 0) {
            samples_fill(&snapshot, i);
            samples_view(&view, &journal, i);
            scene_build(&scene, &snapshot, &view);
            return;
        }
    fprintf(stderr, "no state %s\n", state);
    exit(1);
}

static int frame_write(SDL_Surface *page, const char *state, int32_t x, int32_t y, int32_t percent)
{
    char name[128], path[512];
    uint8_t tone[256];
    SDL_Surface *frame = paint_surface(page->w + 2 * REACH, page->h + 2 * REACH);
    if (!frame)
        return -1;
    frame_tone(tone, percent);
    struct frame_pixels to = pixels_of(frame), from = pixels_of(page);
    frame_compose(&to, &from, x, y, tone);
    (void)snprintf(name, sizeof(name), "%s-%dx%d-%d-%d-%d.png", state, frame->w, frame->h, x, y, percent);
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    int failed = paint_save(frame, path);
    SDL_FreeSurface(frame);
    fprintf(list, "%s", name);
    for (int32_t i = 0; i < scene.count; i++)
        if (scene.items[i].kind == SCENE_QR)
            fprintf(list, "\t%s", scene_text(&scene, &scene.items[i]));
    fprintf(list, "\n");
    return failed;
}

static int state_write(const char *state, int32_t width, int32_t height, bool all)
{
    int failed = 0;
    scene_of(state, width, height);
    SDL_Surface *page = paint_surface(scene.width, scene.height);
    if (!page)
        return -1;
    paint_scene(paint, page, &scene);
    for (int32_t step = 0; all && step < PLACES; step++) {
        int32_t x, y;
        wear_place(step, REACH, &x, &y);
        failed |= frame_write(page, state, x + REACH, y + REACH, 100);
    }
    for (int32_t corner = 0; corner < 4; corner++)
        for (int32_t percent = all ? 0 : 100; percent >= 0; percent -= 100)
            failed |= frame_write(page, state, corner % 2 * 2 * REACH, corner / 2 * 2 * REACH, percent);
    SDL_FreeSurface(page);
    return failed;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *state;
        int32_t width, height;
        bool all;
    } pages[] = {{"idle", 800, 480, true},        {"idle", 480, 800, false},
                 {"idle-many", 1024, 600, false}, {"moving", 800, 480, false},
                 {"lane-pay", 480, 800, false},   {"bus-few", 800, 480, false},
                 {"idle-long", 1280, 800, false}};
    char path[512];
    if (argc != 2)
        return 2;
    folder = argv[1];
    struct type *type = type_open(getenv("KIOSK_FONTS"), NULL, NULL);
    paint = type ? paint_open(type) : NULL;
    (void)snprintf(path, sizeof(path), "%s/index.tsv", folder);
    list = fopen(path, "w");
    if (!paint || !list)
        return 1;
    int failed = 0;
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        failed |= state_write(pages[i].state, pages[i].width, pages[i].height, pages[i].all);
    paint_close(paint);
    SDL_Quit();
    return fclose(list) != 0 || failed;
}
