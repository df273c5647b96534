/* libFuzzer target for both ways of the panel socket: what the screen is told and what it answers.
 *   first byte 's'  the screen's answer; any other: the first three bytes choose size and time, the rest is a
 * snapshot Checked besides crashes: what is taken can be written and read again as the same; the scene of it
 * fits its list, every code in it belongs to a product that can be sold while the machine sells, and stays
 * inside the picture.
 */
#include <stdlib.h>
#include <string.h>

#include "common/snapshot.h"
#include "display/scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct snapshot first, second;
static struct scene scene;
static char text[SNAPSHOT_MAX_BYTES];

static void must(bool fact)
{
    if (!fact)
        abort();
}

static bool is_sold(const struct snapshot *snapshot, const char *code)
{
    for (int32_t i = 0; i < snapshot->product_count; i++)
        if (snapshot->products[i].can_sell && strcmp(snapshot->products[i].qr, code) == 0)
            return snapshot->selling;
    return false;
}

static void judge_scene(const struct snapshot *snapshot, uint8_t shape, uint8_t time)
{
    static const int32_t sizes[][2] = {{480, 800},  {800, 480},   {1024, 600},
                                       {1280, 800}, {1920, 1080}, {320, 320}};
    const int32_t *sides = sizes[shape % 6];
    struct scene_view view = {
        .width = sides[0], .height = sides[1], .now_ms = time * INT64_C(500), .page = -1, .language = -1};
    view.held_ms = shape & 0x80 ? SNAPSHOT_STALE_MS + 1 : 0;
    scene_build(&scene, snapshot, &view);
    must(!scene.full);
    for (int32_t i = 0; i < scene.count; i++) {
        const struct scene_item *item = &scene.items[i];
        if (item->kind != SCENE_QR)
            continue;
        must(view.held_ms == 0 && is_sold(snapshot, scene_text(&scene, item)));
        must(item->box.x >= 0 && item->box.y >= 0 && item->box.x + item->box.w <= sides[0] &&
             item->box.y + item->box.h <= sides[1]);
    }
}

static void judge_snapshot(const uint8_t *data, size_t size)
{
    memset(&first, 0, sizeof first);
    if (!snapshot_decode(&first, (const char *)data + 3, size - 3))
        return;
    size_t length = snapshot_encode(text, sizeof text, &first);
    must(length > 0);
    memset(&second, 0, sizeof second);
    must(snapshot_decode(&second, text, length));
    must(memcmp(&first, &second, sizeof first) == 0);
    judge_scene(&first, data[0], data[1]);
}

static void judge_answer(const uint8_t *data, size_t size)
{
    struct snapshot_shown shown = {0}, again = {0};
    if (!snapshot_shown_decode(&shown, (const char *)data, size))
        return;
    size_t length = snapshot_shown_encode(text, sizeof text, &shown);
    must(length > 0 && snapshot_shown_decode(&again, text, length));
    must(shown.from == again.from && shown.to == again.to && shown.number == again.number &&
         shown.from <= shown.to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 && data[0] == 's')
        judge_answer(data + 1, size - 1);
    else if (size > 3)
        judge_snapshot(data, size);
    return 0;
}
