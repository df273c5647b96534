#!/usr/bin/python3
"""Codes as a phone sees them: pictures of the gallery are scaled, blurred, paled, turned, seen from the side and noisy; zbar or zxing must still read every code, and each of them nearly all."""
import os
import random
import subprocess
import sys
import tempfile

from PIL import Image, ImageFilter

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from screen_decode import DISPLAY, read_zbar, read_zxing

SIZES = ["480x800", "1280x800"]
STATES = ["idle", "idle-dark", "idle-night", "idle-large", "idle-many", "chosen", "refused", "lane-pay", "gate-go", "bus-50"]
EACH = 0.85  # share of the distorted codes that each reader alone must read
MARGIN = 24  # what a photograph has around a code


def scaled(image, factor):
    return image.resize((int(image.width * factor), int(image.height * factor)), Image.BICUBIC)


def pale(image, black, white):
    return image.point(lambda v: black + v * (white - black) // 255)


def noisy(image, spread):
    draw = random.Random(7)
    noise = Image.frombytes("L", (64, 64), bytes(draw.randrange(256) for _ in range(64 * 64)))
    field = Image.new("L", image.size)
    for x in range(0, image.width, 64):
        for y in range(0, image.height, 64):
            field.paste(noise, (x, y))
    return Image.blend(image, field, spread)


def from_side(image, lean):
    """The right edge is farther away, and so that much shorter."""
    w, h = image.size
    return image.transform((w, h), Image.PERSPECTIVE, (1 - lean, 0, 0, -lean * h / w / 2, 1, 0, -lean / w, 0), Image.BICUBIC,
                           fillcolor=128)


def light_from_left(image):
    shade = Image.linear_gradient("L").rotate(90).resize(image.size)
    return Image.composite(image, pale(image, 0, 110), shade)


DISTORTIONS = {
    "half the size": lambda i: scaled(scaled(i, 0.5), 1.5),
    "three quarters": lambda i: scaled(i, 0.75),
    "larger by 1.37": lambda i: scaled(i, 1.37),
    "blurred": lambda i: i.filter(ImageFilter.GaussianBlur(1.6)),
    "pale": lambda i: pale(i, 105, 175),
    "dark": lambda i: pale(i, 5, 60),
    "turned by 7 degrees": lambda i: i.rotate(7, Image.BICUBIC, expand=True, fillcolor=128),
    "upside down": lambda i: i.rotate(180),
    "from the side": lambda i: from_side(i, 0.25),
    "light from the left": light_from_left,
    "noisy": lambda i: noisy(i, 0.35),
    "blurred, pale and turned": lambda i: pale(i.filter(ImageFilter.GaussianBlur(1.2)).rotate(
        -4, Image.BICUBIC, expand=True, fillcolor=128), 80, 190),
}


def codes_of(folder):
    """(picture, number of the code, box, text) of the chosen states."""
    with open(os.path.join(folder, "index.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    count = 0
    for fields in rows:
        if len(fields) > 2 and fields[1] in STATES:
            count += 1
            yield fields[0], count, tuple(map(int, fields[2:6])), fields[7]


def distort(folder, target):
    """{file: (what, text)}"""
    made = {}
    for number, (picture, count, (x, y, w, h), text) in enumerate(codes_of(folder)):
        with Image.open(os.path.join(folder, picture)) as page:
            whole = page.convert("L")
        code = whole.crop((max(0, x - MARGIN), max(0, y - MARGIN), min(whole.width, x + w + MARGIN),
                           min(whole.height, y + h + MARGIN)))
        for index, (what, change) in enumerate(DISTORTIONS.items()):
            if (number + index) % 3 != 0 and "blurred" not in what:  # a third of each is enough
                continue
            name = f"{number:03}-{index:02}.png"
            change(code).save(os.path.join(target, name))
            made[name] = (f"{picture} code {count}, {what}", text)
    return made


def main():
    with tempfile.TemporaryDirectory(prefix="screen-photo-") as folder:
        for size in SIZES:
            subprocess.run([DISPLAY, "--gallery", os.path.join(folder, size), "--size", size], check=True)
        target = os.path.join(folder, "made")
        os.mkdir(target)
        passed = failed = 0
        for size in SIZES:
            made = distort(os.path.join(folder, size), target)
            names = sorted(made)
            assert len(names) > 50, f"{size}: {len(names)} pictures"
            read = {"zbar": read_zbar(target, names), "zxing": read_zxing(target, names)}
            for name in names:
                what, text = made[name]
                if any(text in found[name] for found in read.values()):
                    passed += 1
                else:
                    failed += 1
                    print(f"FAILED nobody reads {what}")
            for reader, found in read.items():
                share = sum(made[n][1] in found[n] for n in names) / len(names)
                print(f"# {size}: {reader} alone reads {share:.1%} of {len(names)}")
                if share >= EACH:
                    passed += 1
                else:
                    failed += 1
                    print(f"FAILED {size}: {reader} alone reads {share:.1%}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
