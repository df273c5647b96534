#include "controller/sheet/picture.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

static void write_some(png_structp png, png_bytep bytes, size_t size)
{
    if (!target_write(png_get_io_ptr(png), bytes, size))
        png_error(png, "write");
}

static void complain_not(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

/* Not cairo_surface_write_to_png(): that one says nothing of dots per inch, and a printer would have
 * to guess the size. */
static void write_rows(png_structp png, const unsigned char *pixels, int width, int height, int stride,
                       png_bytep row)
{
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            uint32_t pixel;
            memcpy(&pixel, pixels + (size_t)y * (size_t)stride + (size_t)x * sizeof(pixel), sizeof(pixel));
            row[x] = (png_byte)(pixel & 0xFF);
        }
        png_write_row(png, row);
    }
}

static bool write_image(png_structp png, png_infop info, struct target *target, cairo_surface_t *image,
                        int32_t dpi, png_bytep row)
{
    if (setjmp(png_jmpbuf(png))) /* NOLINT(cert-err52-cpp): libpng's way to tell of an error */
        return false;
    int width = cairo_image_surface_get_width(image), height = cairo_image_surface_get_height(image);
    png_uint_32 per_metre = (png_uint_32)((dpi * 10000 + 127) / 254);
    png_set_write_fn(png, target, &write_some, NULL);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_write_info(png, info);
    write_rows(png, cairo_image_surface_get_data(image), width, height, cairo_image_surface_get_stride(image),
               row);
    png_write_end(png, info);
    return true;
}

bool picture_write(struct target *target, cairo_surface_t *image, int32_t dpi)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, &complain_not, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    png_bytep row = malloc((size_t)cairo_image_surface_get_width(image) + 1);
    cairo_surface_flush(image);
    bool good = info && row && write_image(png, info, target, image, dpi, row);
    png_destroy_write_struct(&png, &info);
    free(row);
    return good;
}
