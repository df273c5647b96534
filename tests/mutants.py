#!/usr/bin/python3
"""Are the tests awake? Puts one bug at a time (tests/mutants.txt) into a copy of the tree and asks the tests that should see it.

    tests/mutants.py [WORD...]     only the mutants whose line has one of the words

Prints which test caught which. Exit status 1 if one survives or its text to change is gone.
"""
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIMIT_S = 300


def run(command, where, limit=LIMIT_S):
    """True if it ended well in time."""
    try:
        return subprocess.run(command, cwd=where, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=limit, check=False,
                              env={**os.environ, "KIOSK_BUILD": "build/gcc", "PYTHONDONTWRITEBYTECODE": "1"}).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def build(where, *targets):
    return run(["make", "-s", "-j2", "BUILD=gcc", "CC_gcc=gcc -w -Wno-error", *targets], where)


def sees(test, where):
    """The test fails, or what it tests does not even build any more."""
    if test.endswith(".py"):
        return not build(where, "all", "build/gcc/tools/hal_probe") or not run(["/usr/bin/python3", f"tests/integration/{test}"], where)
    return not build(where, f"build/gcc/tests/{test}") or not run([f"build/gcc/tests/{test}"], where)


def copy_tree(where):
    names = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if os.path.isfile(os.path.join(TOP, name)):
            os.makedirs(os.path.dirname(os.path.join(where, name)), exist_ok=True)
            shutil.copy(os.path.join(TOP, name), os.path.join(where, name))


def judge(where, name, file, edit, tests):
    """True if a test saw the bug."""
    path = os.path.join(where, file)
    saved = path + ".saved"
    shutil.copy(path, saved)
    try:
        subprocess.run(["sed", "-i", edit, path], check=True)
        with open(path) as changed, open(saved) as before:
            if changed.read() == before.read():
                print(f"stale     {name}: the text to change is gone from {file}", flush=True)
                return False
        by = next((test for test in tests.split() if sees(test, where)), None)
    finally:
        shutil.move(saved, path)
        os.utime(path)
    print(f"found     {name} ({file}): {by}" if by else f"survived  {name} ({file}): asked {tests}", flush=True)
    return by is not None


def main():
    with open(os.path.join(TOP, "tests/mutants.txt")) as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    chosen = [line for line in lines if len(sys.argv) < 2 or any(word in line for word in sys.argv[1:])]
    with tempfile.TemporaryDirectory(prefix="kiosk-mutants-") as where:
        copy_tree(where)
        print("building the tree as it is", flush=True)
        if not build(where, "tests"):
            print("it does not build")
            return 1
        found = sum(judge(where, *line.split(" :: ")) for line in chosen)
    print(f"{found} found, {len(chosen) - found} survived")
    return 0 if found == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
