#!/usr/bin/python3
"""Every code of every picture of the gallery is read by zbar and by zxing, and is the text of a product for sale."""
import collections
import html.parser
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DISPLAY = os.path.join(TOP, os.environ.get("KIOSK_BUILD", "build/gcc"), "kiosk-display")
SIZES = ["1280x800", "800x480", "480x800", "1024x600", "800x1280", "1920x1080", "1080x1920"]
SILENT = ["sold-out-all", "moving-offline", "starting", "offline", "door-open", "fire", "clock", "out-of-service", "stale"]
SELLING = ["idle", "idle-one", "idle-two", "idle-long", "idle-many", "message", "paid", "moving", "take", "failed",
           "unknown", "refused", "three-payments", "five-payments", "idle-touch", "chosen"]
LANES = {  # how many different codes a state of lanes shows, over all its pages
    "lane-free": 1, "lane-pay": 1, "lane-message": 1, "lane-touch": 1, "lane-refused": 1, "lane-paid": 0, "lane-opening": 0,
    "lane-go": 0, "lane-return": 0, "lane-help": 0, "lane-held": 0, "lane-arm": 0, "lane-closed": 0, "lane-offline": 0, "lane-fire": 0,
    "lane-tariffs": 3, "gate-pay": 1, "gate-go": 1, "gate-full": 0, "gate-no-passage": 1, "gate-help": 0, "gate-fire": 0,
    "lanes-two": 1, "lanes-two-dead": 1, "lanes-gates": 2, "lanes-lockers": 7, "lanes-lockers-go": 6, "bus-empty": 1,
    "bus-few": 1, "bus-12": 1, "bus-50": 1, "bus-64": 1, "bus-ends": 1, "bus-hour": 1, "bus-closed": 0, "bus-offline": 0,
    "bus-and-gate": 2}
AFAR = ["lane-free", "lane-pay", "gate-pay", "gate-go"]  # read from a car: a code of 80 % of the shorter side


def vectors():
    with open(os.path.join(TOP, "tests/unit/qr_vectors.tsv"), encoding="utf-8") as f:
        rows = [line.rstrip("\n").split("\t") for line in f][1:]
    return {row[0]: row[6] for row in rows}


def pictures_of(folder):
    """{picture: (state, [texts])} as the program says it drew them."""
    drawn = {}
    with open(os.path.join(folder, "index.tsv"), encoding="utf-8") as f:
        for line in f:
            fields = line.rstrip("\n").split("\t")
            state, texts = drawn.setdefault(fields[0], (fields[1], []))
            if len(fields) > 2:
                assert int(fields[6]) >= 4, f"{fields[0]}: a module has {fields[6]} px"
                texts.append(fields[7])
    return drawn


def read_zbar(folder, names):
    read = collections.defaultdict(list)
    run = subprocess.run(["zbarimg", "-q", "--xml", "-Sdisable", "-Sqrcode.enable"] + names, cwd=folder,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    root = ET.fromstring(run.stdout)
    space = {"z": "http://zbar.sourceforge.net/2008/barcode"}
    for source in root.findall("z:source", space):
        for data in source.findall(".//z:data", space):
            read[source.get("href")].append(data.text)
    return read


def read_zxing(folder, names):
    read = collections.defaultdict(list)
    run = subprocess.run(["ZXingReader", "-1", "-format", "QRCode"] + names, cwd=folder, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, encoding="utf-8")
    for line in run.stdout.splitlines():
        found = re.match(r'(\S+) QRCode "(.*)"', line)
        if found:
            read[found.group(1)].append(found.group(2))
    return read


def check_states(drawn, known):
    """What the states must show, from the outside: not from the program's own index."""
    usual = [known[n] for n in ("S1", "S5", "E1", "B2", "E5")]
    want = {"idle": usual, "idle-long": usual + [known["E7"]], "idle-one": usual[:1], "idle-two": usual[:2]}
    for size in SIZES:
        by_state = collections.defaultdict(list)
        for picture, (state, texts) in drawn.items():
            if picture.startswith(size + "/"):
                by_state[state] += texts
        for state, texts in want.items():
            assert sorted(by_state[state]) == sorted(texts), f"{size} {state}: {by_state[state]}"
        assert len(set(by_state["idle-many"])) == 20, f"{size} idle-many"
        assert sorted(by_state["sold-out"]) == sorted(set(usual) - {usual[1], usual[4]}), f"{size} sold-out"
        for state in SILENT:
            assert state in by_state and not by_state[state], f"{size} {state} shows a code"
        for state in SELLING:
            assert by_state[state], f"{size} {state} shows no code"
        for state, count in LANES.items():
            assert state in by_state and len(set(by_state[state])) == count, f"{size} {state}: {by_state[state]}"


class Page(html.parser.HTMLParser):
    """Links, names and pictures of one page for a browser."""

    def __init__(self, path):
        super().__init__()
        self.links, self.names, self.pictures, self.tags = [], [], {}, set()
        with open(path, encoding="utf-8") as f:
            self.feed(f.read())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        self.links += [attrs[name] for name in ("href", "src") if name in attrs]
        self.names += [attrs["id"]] if "id" in attrs else []
        if tag == "img":
            self.pictures[attrs["src"]] = attrs


def check_pages(folder, drawn):
    """Every picture is on a page of its size, one of its state and one of its language, with its words; no link is broken."""
    pages = {n: Page(os.path.join(folder, n)) for n in os.listdir(folder) if n.endswith(".html")}
    found = collections.defaultdict(set)
    for name, page in pages.items():
        assert "script" not in page.tags, f"{name} has a script"
        assert len(set(page.names)) == len(page.names), f"{name}: {page.names}"
        for link in page.links:
            path, _, place = link.partition("#")
            assert os.path.isfile(os.path.join(folder, path)), f"{name}: a link to {path}"
            assert not place or place in pages[path].names, f"{name}: a link to {link}"
        for picture, attrs in page.pictures.items():
            found[picture].add(name.split("-")[0])
            size = picture.split("/")[0]
            assert f"{attrs['width']}x{attrs['height']}" == size, f"{name}: {attrs}"
            assert re.search(r"\w\w.*\d payment codes?\.$", attrs["alt"]), f"{picture}: {attrs['alt']!r}"
            codes = len(drawn[picture][1])
            assert attrs["alt"].endswith(f" {codes} payment code{'' if codes == 1 else 's'}."), f"{picture}: {attrs['alt']!r}"
    assert set(found) == set(drawn), set(drawn) ^ set(found)
    assert all(kinds == {"size", "state", "language"} for kinds in found.values())
    reached, todo = set(), ["index.html"]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += [link.partition("#")[0] for link in pages[name].links if link.partition("#")[0] in pages]
    assert reached == set(pages), f"nothing leads to {set(pages) - reached}"


def check_once(folder, drawn):
    """Pages of one state are not the same picture again: a page that differs in nothing is none."""
    seen = {}
    for picture, (state, _) in drawn.items():
        with open(os.path.join(folder, picture), "rb") as f:
            key = state, f.read()
        assert key not in seen, f"{picture} is {seen[key]} again"
        seen[key] = picture


def check_sizes(folder):
    with open(os.path.join(folder, "index.tsv"), encoding="utf-8") as f:
        for fields in (line.rstrip("\n").split("\t") for line in f):
            width, height = map(int, fields[0].split("/")[0].split("x"))
            if fields[1] in AFAR:
                share = int(fields[4]) / min(width, height)
                assert share >= 0.8, f"{fields[0]}: a code of {share:.0%} of the shorter side"


def main():
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="screen-decode-") as folder:
        subprocess.run([DISPLAY, "--gallery", folder], check=True)
        drawn = pictures_of(folder)
        names = sorted(drawn)
        readers = {"zbar": read_zbar(folder, names), "zxing": read_zxing(folder, names)}
        for picture in names:
            state, texts = drawn[picture]
            for reader, read in readers.items():
                if sorted(read[picture]) == sorted(texts):
                    passed += 1
                else:
                    failed += 1
                    print(f"FAILED {picture}: {reader} reads {sorted(read[picture])}, drawn {sorted(texts)}")
        check_states({p: (s, readers["zbar"][p]) for p, (s, _) in drawn.items()}, vectors())
        check_sizes(folder)
        check_pages(folder, drawn)
        check_once(folder, drawn)
        passed += 4
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
