#!/usr/bin/python3
"""Labels for printing, rendered as a printer would: every code read by zbar and zxing, its modules, border and error
correction measured on the pixels, fonts embedded, the letters of every language there."""
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET

from _screen import run_tests

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(TOP, os.environ.get("KIOSK_BUILD", "build/gcc"))
CTL = os.path.join(BUILD, "kioskctl")
KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
QR = {"tea": "https://pay.example/tea", "bread": "https://pay.example/bread?" + "x" * 160, "cocoa": "c" * 700,
      "juice": "https://pay.example/juice/42"}
CONFIG = """
kiosk = {{ id = "kyiv-7"; currency = "UAH"; languages = [ "uk", "be", "ru", "en" ]; support = "+380 44 000 00 00"; }};
mqtt = {{ host = "::1"; }};
keys = ( {{ kid = "p"; alg = "EdDSA"; use = [ "payment" ]; public = "{key}"; }} );
lines = {{ out = {{ driver = "sim"; direction = "out"; }}; }};
devices = ( {{ name = "d"; kind = "relay"; output = "out"; pulse_ms = 500; }} );
products = (
  {{ id = "tea"; device = "d"; price = 2550; qr = "{tea}";
    title = {{ uk = "Ґречаний їжачок із чаєм"; be = "Ваўсяны чай і пірог"; ru = "Чай"; en = "Tea"; }}; }},
  {{ id = "bread"; device = "d"; price = 1250000; qr = "{bread}";
    title = {{ uk = "{long}"; be = "Хлеб"; ru = "Хлеб"; en = "Bread"; }}; }},
  {{ id = "juice"; device = "d"; price = 1; qr = "{juice}"; title = "{chinese}"; }} );
"""
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>{dirs}<cachedir>{cache}</cachedir>
</fontconfig>"""


def write_config(folder, chinese="Сік", long="Надзвичайнодовгийхліббезпробілів" * 2, **more):
    path = os.path.join(folder, "kiosk.cfg")
    with open(path, "w", encoding="utf-8") as f:
        f.write(CONFIG.format(key=KEY, chinese=chinese, long=long[:64], **{**QR, **more}))
    return path


def fonts(folder, *dirs):
    """The same fonts on every machine, whatever else it has."""
    path = os.path.join(folder, f"fonts{len(dirs)}.conf")
    with open(path, "w", encoding="utf-8") as f:
        f.write(FONTS.format(dirs="".join(f"<dir>{d}</dir>" for d in dirs), cache=os.path.join(folder, "cache")))
    return {**os.environ, "FONTCONFIG_FILE": path, "LC_ALL": "C.UTF-8"}


def usual_fonts(folder):
    return fonts(folder, "/usr/share/fonts/truetype/roboto", "/usr/share/fonts/truetype/dejavu")


def sheet(folder, *words, status=0, environment=None, stdout=subprocess.PIPE):
    config = os.path.join(folder, "kiosk.cfg")
    if not os.path.exists(config):
        write_config(folder)
    run = subprocess.run([CTL, "-c", config, "qr", "sheet", *words], cwd=folder, stdout=stdout, stderr=subprocess.PIPE,
                         env=environment or usual_fonts(folder), timeout=60)
    said = run.stderr.decode() + (run.stdout.decode("utf-8", "replace") if stdout == subprocess.PIPE else "")
    assert run.returncode == status, f"{words}: exit {run.returncode}: {said}"
    return said


def tool(folder, *command):
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def render(folder, name, dpi):
    """Grey pictures of the pages, as (path, width, rows)."""
    tool(folder, "pdftoppm", "-gray", "-r", str(dpi), name, "page")
    pages = []
    for path in sorted(p for p in os.listdir(folder) if p.startswith("page") and p.endswith(".pgm")):
        with open(os.path.join(folder, path), "rb") as f:
            data = f.read()
        width, height = map(int, re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", data).groups())
        body = data[len(data) - width * height:]
        pages.append((path, width, [body[y * width:(y + 1) * width] for y in range(height)]))
    return pages


def read_zbar(folder, name):
    root = ET.fromstring(tool(folder, "zbarimg", "-q", "--xml", "-Sdisable", "-Sqrcode.enable", name))
    return [data.text for data in root.iter("{http://zbar.sourceforge.net/2008/barcode}data")]


def read_both(folder, name):
    """[(text, (x, y) in the middle of the code)], as both decoders read it."""
    found = tool(folder, "ZXingReader", "-format", "QRCode", name).decode()
    codes = []
    for text, corners in re.findall(r'Text:\s+"(.*)"(?:\n.+)*?\nPosition:\s+(.*\d)', found):
        points = [tuple(map(int, p.split("x"))) for p in corners.split()]
        codes.append((text, tuple(sum(p[i] for p in points) // len(points) for i in (0, 1))))
    zbar = read_zbar(folder, name)
    assert codes and sorted(t for t, _ in codes) == sorted(zbar), f"{name}: zbar {zbar}, zxing {codes}"
    return codes


def is_white(rows, x0, y0, x1, y1):
    return all(min(row[x0:x1]) > 250 for row in rows[y0:y1])


def measure(rows, middle):
    """Box of the code around a point inside: it grows while there is anything dark on its edge."""
    x0, y0, x1, y1 = middle[0] - 30, middle[1] - 30, middle[0] + 30, middle[1] + 30
    grown = True
    while grown:
        grown = False
        if not is_white(rows, x0 - 1, y0, x0, y1):
            x0, grown = x0 - 1, True
        if not is_white(rows, x1, y0, x1 + 1, y1):
            x1, grown = x1 + 1, True
        if not is_white(rows, x0, y0 - 1, x1, y0):
            y0, grown = y0 - 1, True
        if not is_white(rows, x0, y1, x1, y1 + 1):
            y1, grown = y1 + 1, True
    return x0, y0, x1, y1


def check_code(rows, middle, dpi):
    """Square, whole modules of at least 0.5 mm, four of them white all around, error correction Q. The module in mm."""
    x0, y0, x1, y1 = measure(rows, middle)
    finder = next(i for i in range(1, 999) if rows[y0 + 2][x0 + 2 + i] > 128) + 2
    side = round((x1 - x0) * 7 / finder)
    side = min((4 * v + 17 for v in range(1, 41)), key=lambda s: abs(s - side))
    module = (x1 - x0) / side
    assert abs((x1 - x0) - (y1 - y0)) <= 1, "not a square"
    assert abs(finder / 7 - module) < 0.2, f"finder {finder} px, module {module}"
    millimetres = module / dpi * 25.4
    assert millimetres > 0.499, f"a module of {millimetres:.3f} mm"
    border = int(4 * module)
    assert x0 >= border and y0 >= border and x1 + border <= len(rows[0]) and y1 + border <= len(rows), "no room for a border"
    for box in ((x0 - border, y0 - border, x1 + border, y0), (x0 - border, y1, x1 + border, y1 + border),
                (x0 - border, y0, x0, y1), (x1, y0, x1 + border, y1)):
        assert is_white(rows, *box), f"something stands in the border {box}"

    def dark(x, y):
        return rows[int(y0 + (y + 0.5) * module)][int(x0 + (x + 0.5) * module)] < 128

    # ISO/IEC 18004, 7.9: the first two bits of the format, masked with 10; Q is 11.
    assert (dark(0, 8), dark(1, 8)) == (False, True), "the error correction is not Q"
    return millimetres


def check_pages(folder, name, expect, dpi=300):
    codes = []
    for path, _width, rows in render(folder, name, dpi):
        for text, middle in read_both(folder, path):
            codes.append(text)
            check_code(rows, middle, dpi)
        os.unlink(os.path.join(folder, path))
    assert sorted(codes) == sorted(expect), f"{name}: {codes}"


def test_every_code_of_a_sheet_is_read_and_has_its_size_and_border(folder):
    said = sheet(folder, "-o", "all.pdf")
    assert "3 labels" in said, said
    check_pages(folder, "all.pdf", [QR["tea"], QR["bread"], QR["juice"]])


def test_the_fonts_are_embedded_and_the_words_can_be_found(folder):
    sheet(folder, "-o", "all.pdf")
    rows = tool(folder, "pdffonts", "all.pdf").decode().splitlines()[2:]
    assert rows and all(re.search(r"\byes\s+yes\s+yes\b", row) for row in rows), rows
    assert all("Roboto" in row for row in rows), rows
    text = tool(folder, "pdftotext", "all.pdf", "-").decode().replace("\u00a0", " ")
    text = re.sub(r"\s+", " ", text)
    for wanted in ("Ґречаний", "їжачок із", "Ваўсяны чай і пірог", "25,50 грн", "25,50 UAH", "25.50 UAH", "12 500,00 грн",
                   "12,500.00 UAH", "kyiv-7 · tea", "Допомога: +380 44 000 00 00", "0,01 грн"):
        assert wanted in text, f"{wanted!r} is not in {text!r}"
    for letter in "ўіїґ":
        assert letter in text.lower(), letter
    assert "A4" in tool(folder, "pdfinfo", "all.pdf").decode()


def test_no_text_touches_a_code_at_any_size(folder):
    for size in ("70x45", "90x52", "45x80", "62x100", "60x60", "148x105"):
        sheet(folder, "-o", "one.pdf", "--single", "--size", size, "tea", "juice")
        check_pages(folder, "one.pdf", [QR["tea"], QR["juice"]])
    sheet(folder, "-o", "long.pdf", "--single", "--size", "80x60", "bread")
    check_pages(folder, "long.pdf", [QR["bread"]])


def test_a_single_label_is_as_large_as_it_was_ordered(folder):
    sheet(folder, "-o", "one.pdf", "--single", "--size", "62.5x100", "tea")
    width, height = map(float, re.search(r"Page size:\s+([\d.]+) x ([\d.]+) pts", tool(folder, "pdfinfo", "one.pdf").decode()).groups())
    assert abs(width / 72 * 25.4 - 62.5) < 0.05 and abs(height / 72 * 25.4 - 100) < 0.05, (width, height)


def test_a_module_is_as_large_as_asked(folder):
    for asked in (0.5, 0.8, 1.2):
        sheet(folder, "-o", "one.pdf", "--single", "--module", str(asked), "tea")
        (path, _width, rows), = render(folder, "one.pdf", 600)
        (_text, middle), = read_both(folder, path)
        found = check_code(rows, middle, 600)
        assert found > asked - 0.005, f"{asked} mm asked, {found:.3f} mm drawn"
    assert "from 0.5 mm" in sheet(folder, "-o", "one.pdf", "--module", "0.4", status=2)


def test_a_label_too_small_for_its_code_is_refused_with_a_size_that_works(folder):
    said = sheet(folder, "-o", "one.pdf", "--single", "--size", "40x30", "bread", status=1)
    assert not os.path.exists(os.path.join(folder, "one.pdf"))
    size = re.search(r"([\d.]+) x ([\d.]+) mm is enough", said).groups()
    sheet(folder, "-o", "one.pdf", "--single", "--size", "x".join(size), "bread")
    check_pages(folder, "one.pdf", [QR["bread"]])


def test_the_usual_label_grows_with_a_long_code(folder):
    write_config(folder, juice=QR["cocoa"])
    sheet(folder, "-o", "all.pdf", "juice")
    check_pages(folder, "all.pdf", [QR["cocoa"]])


def test_png_and_svg_are_read_and_a_png_knows_its_size(folder):
    for dpi in (300, 600):
        sheet(folder, "-o", "one.png", "--single", "--dpi", str(dpi), "tea")
        with open(os.path.join(folder, "one.png"), "rb") as f:
            data = f.read()
        width, = struct.unpack(">I", data[16:20])
        per_metre, = struct.unpack(">I", data[data.index(b"pHYs") + 4:][:4])
        assert abs(width / per_metre - 0.090) < 0.0002 and round(per_metre * 0.0254) == dpi, (width, per_metre)
        assert [t for t, _ in read_both(folder, "one.png")] == [QR["tea"]]
    sheet(folder, "-o", "all.svg")
    width, height = (re.fullmatch(r"([\d.]+)pt", ET.parse(os.path.join(folder, "all.svg")).getroot().get(side)).group(1)
                     for side in ("width", "height"))
    assert abs(float(width) / 72 * 25.4 - 210) < 0.1 and abs(float(height) / 72 * 25.4 - 297) < 0.1, (width, height)
    tool(folder, "rsvg-convert", "-d", "300", "-p", "300", "-b", "white", "-o", "svg.png", "all.svg")
    assert len(read_both(folder, "svg.png")) == 3
    sheet(folder, "-o", "many.png", "--single")
    assert sorted(n for n in os.listdir(folder) if n.startswith("many")) == ["many-1.png", "many-2.png", "many-3.png"]


def test_sheets_have_marks_to_cut_by_and_only_where_they_are_wanted(folder):
    def edge_is_white():
        (path, _width, rows), = render(folder, "all.pdf", 150)
        os.unlink(os.path.join(folder, path))
        return is_white(rows, 0, 0, int(12 / 25.4 * 150), len(rows))
    sheet(folder, "-o", "all.pdf")
    assert not edge_is_white()
    sheet(folder, "-o", "all.pdf", "--no-marks")
    assert edge_is_white()


def test_copies_fill_further_pages(folder):
    assert "12 labels" in sheet(folder, "-o", "all.pdf", "--copies", "12", "tea")
    check_pages(folder, "all.pdf", [QR["tea"]] * 12)


def test_letters_that_no_font_has_and_a_machine_without_fonts_are_told(folder):
    write_config(folder, chinese="\u8336")
    assert "lack letters" in sheet(folder, "-o", "a.pdf", status=1)
    os.mkdir(os.path.join(folder, "none"))
    assert "lack letters" in sheet(folder, "-o", "a.pdf", status=1, environment=fonts(folder, os.path.join(folder, "none")))
    assert "no font family" in sheet(folder, "-o", "a.pdf", "--font", "Nowhere Sans", status=1)
    assert not os.path.exists(os.path.join(folder, "a.pdf"))


def test_only_regular_files_are_replaced_and_only_by_whole_ones(folder):
    place = os.path.join(folder, "old.pdf")
    with open(place, "w", encoding="utf-8") as f:
        f.write("precious")
    sheet(folder, "-o", "old.pdf", "nothing", status=1)
    with open(place, encoding="utf-8") as f:
        assert f.read() == "precious"
    os.mkfifo(os.path.join(folder, "pipe.pdf"))
    os.symlink("/dev/null", os.path.join(folder, "null.pdf"))
    os.symlink(os.path.join(folder, "nowhere", "at-all"), os.path.join(folder, "dangling.pdf"))
    os.mkdir(os.path.join(folder, "dir.pdf"))
    for name in ("pipe.pdf", "null.pdf", "dangling.pdf", "dir.pdf"):
        assert name in sheet(folder, "-o", name, status=1), name
    assert os.path.islink(os.path.join(folder, "null.pdf"))
    os.symlink("old.pdf", os.path.join(folder, "link.pdf"))
    sheet(folder, "-o", "link.pdf")
    assert os.path.islink(os.path.join(folder, "link.pdf"))
    with open(place, "rb") as f:
        assert f.read(5) == b"%PDF-"
    left = [n for n in os.listdir(folder) if ".pdf." in n]
    assert not left, left


def test_standard_output_takes_a_pdf_and_a_full_disk_is_a_failure(folder):
    with open(os.path.join(folder, "out.pdf"), "wb") as out:
        sheet(folder, "-o", "-", "tea", stdout=out)
    check_pages(folder, "out.pdf", [QR["tea"]])
    with open("/dev/full", "wb") as full:
        assert "No space" in sheet(folder, "-o", "-", "tea", stdout=full, status=1)


def test_what_is_wrong_is_said(folder):
    for words, status, wanted in (
            (["-o", "a.gif"], 2, "pdf, png or svg"), ([], 2, "-o FILE"), (["-o", "a.pdf", "--size", "big"], 2, "width x height"),
            (["-o", "a.pdf", "--language", "fr"], 2, "kiosk.languages"), (["-o", "a.pdf", "free"], 1, "no product \"free\""),
            (["-o", "no/where.pdf"], 1, "No such file"), (["-o", "a.pdf", "--size", "250x100"], 1, "does not fit on paper"),
            (["-o", "a.png", "--dpi", "200"], 2, "300"), (["-o", "a.pdf", "--copies", "0"], 2, "whole number"),
            (["-o", "a.pdf", "-c", "none.cfg"], 2, "none.cfg")):
        said = sheet(folder, *words, status=status)
        assert wanted in said, f"{words}: {said}"
    assert "usage: kioskctl qr sheet" in sheet(folder, "--help")


if __name__ == "__main__":
    sys.exit(run_tests(globals()))
