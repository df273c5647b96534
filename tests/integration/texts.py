#!/usr/bin/python3
"""The files of the screen's texts: what is wrong in one stops the build, with file and line; what is right is built in."""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEXTS = ROOT / "display" / "texts"
results = []


def make(folder, change=None):
    """Exit status, table and complaints of texts.awk over copies of the shipped files; change: {name: function}."""
    for file in TEXTS.glob("*.txt"):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text((change or {}).get(file.stem, lambda t: t)(text), encoding="utf-8")
    names = ["en.txt"] + sorted(f.name for f in folder.glob("*.txt") if f.name != "en.txt")
    done = subprocess.run(["awk", "-f", TEXTS / "texts.awk", *names], cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def case(name, good):
    results.append(good)
    print(f"{'ok  ' if good else 'FAIL'} {name}")


def refuses(name, change, said):
    with tempfile.TemporaryDirectory() as folder:
        status, table, errors = make(pathlib.Path(folder), change)
    case(name, status == 1 and table == "" and said in errors)
    if not results[-1]:
        print("   ", status, errors.strip() or table[:200])


def line_of(text, key):
    return next(n for n, line in enumerate(text.split("\n"), 1) if line.startswith(key + " = "))


with tempfile.TemporaryDirectory() as folder:
    status, table, errors = make(pathlib.Path(folder))
    case("the shipped files make a table", status == 0 and errors == "")
    case("with six languages", "LANGUAGES = 6" in table)
    lines = [l for l in (TEXTS / "lt.txt").read_text(encoding="utf-8").split("\n") if l and not l.startswith("#")]
    case("and every text of a file", all(f'[WORD_{l.split(" = ")[0].upper()}] = "{l.split(" = ")[1]}"' in table for l in lines))

ENGLISH = (TEXTS / "en.txt").read_text(encoding="utf-8")
refuses("a missing text", {"pl": lambda t: t.replace("sold_out = ", "# sold_out = ", 1)}, "pl.txt: sold_out is missing")
refuses("an unknown key", {"lt": lambda t: t + "new_word = Naujas\n"}, "new_word is not in en.txt")
refuses("a text twice", {"be": lambda t: t + "sold_out = Няма\n"}, "sold_out stands there twice")
refuses("a line without a text", {"en": lambda t: t.replace("sold_out = Sold out", "sold_out =")},
        f"en.txt:{line_of(ENGLISH, 'sold_out')}: must be")
refuses("a quote, which would end the string", {"uk": lambda t: t.replace("sold_out = ", 'sold_out = "')}, "uk.txt:")
refuses("an empty file", {"ru": lambda t: ""}, "scan is missing")
refuses("half a file", {"ru": lambda t: t[: len(t) // 2]}, "is missing")
refuses("no English", {"en": lambda t: ""}, "be.txt:2: scan is not in en.txt")

print(f"{results.count(True)} passed, {results.count(False)} failed")
sys.exit(0 if all(results) else 1)
