#!/usr/bin/python3
"""kioskctl qr check against a second reading of the rules, in Python: random codes, right and slightly wrong.

The rules are written down here once more, from the specification's table, without a look at the program's. Each code has the sum
that it ought to have (mostly), so that it is the fields that are judged. KIOSK_SOAK=1: thirty times as many.
"""
import os
import random
import re
import sys
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from qr_cli import crc, report, sha  # noqa: E402

COUNT = 30000 if os.environ.get("KIOSK_SOAK") == "1" else 1000
SEED = int(os.environ.get("SEED", "20261123"))
DECIMALS = {"933": 2, "980": 2, "643": 2, "392": 0}
LENGTHS = {0: (2, 2), 1: (2, 2), 52: (4, 4), 53: (3, 3), 54: (1, 13), 55: (2, 2), 56: (1, 13), 57: (1, 5), 58: (2, 2),
           59: (1, 25), 60: (1, 15), 61: (1, 10), 63: (4, 4)}
UNSEEN = "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"


def parse(text):
    """[(ID, value)] of one level, each ID once; None if it is not one."""
    at, found = 0, []
    while at < len(text):
        head = text[at:at + 4]
        if not re.fullmatch("[0-9]{4}", head) or len(text) < at + 4 + int(head[2:]):
            return None
        found.append((int(head[:2]), text[at + 4:at + 4 + int(head[2:])]))
        at += 4 + int(head[2:])
    return found if len({i for i, _ in found}) == len(found) else None


def is_template(number):
    return 26 <= number <= 51 or number in (62, 64) or number >= 80


def is_text(value, most):
    return 1 <= len(value) <= most and not re.search(UNSEEN, value)


def is_amount(value, currency, zero=False):
    if not re.fullmatch("[0-9]*[.]?[0-9]*", value) or not re.search("[0-9]", value) or len(value) > 13:
        return False
    finer = value.partition(".")[2][DECIMALS.get(currency, 2):]
    return finer.strip("0") == "" and (zero or float(value) != 0)


def template_right(number, value):
    inner = parse(value)
    if inner is None or any(len(v) == 0 for _, v in inner):
        return False
    inner = dict(inner)
    if number == 62:
        named = all(is_text(inner[i], 25) for i in range(1, 9) if i in inner)
        letters = inner.get(9, "A")
        return named and len(letters) == len(set(letters)) <= 3 and set(letters) <= set("AME")
    if number == 64:
        return bool(re.fullmatch("[A-Za-z]{2}", inner.get(0, "ru"))) and is_text(inner.get(1, "a"), 25) and \
            is_text(inner.get(2, "a"), 15)
    return is_text(inner.get(0, ""), 32)


def emv_right(text):
    found = parse(text)
    if found is None or not text.startswith("000201") or len(text) > 512 or found[-1][0] != 63:
        return False
    field = dict(found)
    if text[-4:] != crc(text[:-4]) or any(len(v) == 0 for v in field.values()):
        return False
    for number, value in found:
        least, most = LENGTHS.get(number, (1, 99))
        if not least <= len(value) <= most or (is_template(number) and not template_right(number, value)):
            return False
        if (2 <= number <= 25 or number in (59, 60, 61)) and not is_text(value, most):
            return False
    if not any(2 <= n <= 51 for n in field) or not {52, 53, 58, 59, 60} <= set(field):
        return False
    if field.get(1, "11") not in ("11", "12") or not re.fullmatch("[0-9]{4}", field[52]) or field[53] not in DECIMALS:
        return False
    if not re.fullmatch("[A-Z]{2}", field[58]) or not is_amount(field.get(54, "1"), field[53]):
        return False
    fee, percent = field.get(56, "1"), field.get(57, "1")
    return (field.get(55, "01") in ("01", "02", "03") and (56 in field) == (field.get(55) == "02") and
            (57 in field) == (field.get(55) == "03") and is_amount(fee, field[53]) and is_amount(percent, "933") and
            float(percent) < 100)


def erip_right(text):
    """Lenient but for what ERIP itself reads, and for what breaks the structure."""
    found = parse(text)
    if found is None or not text.startswith("000201") or found[-1][0] != 63 or len(found[-1][1]) != 4:
        return False
    field = dict(found)
    if text[-4:] not in (sha(text[:-8]), crc(text[:-4])) or not {32, 33} & set(field):
        return False
    if any(is_template(n) and parse(v) is None for n, v in found):
        return False
    if 32 in field:
        inner = dict(parse(field[32]))
        if inner.get(0) != "by.raschet" or not re.fullmatch("|[0-9]{3,7}", inner.get(1, "")) or \
                inner.get(12, "") not in ("", "11", "12") or re.search(UNSEEN, inner.get(10, "")):
            return False
    return field.get(53, "") in ("", "933") and (not field.get(54) or is_amount(field[54], "933", zero=True))


def tlv(number, value):
    return f"{number:02d}{len(value):02d}{value}"


AMOUNTS = ["2.50", "2", "98.", ".50", "0.00", "0", "1e3", "2,50", "1.2.3", ".", "0002.50", "2.505", "2.500", "12345678901.23",
           "9999999999.99", "-1", " 1", "2.50 "]
WORDS = ["KIOSK", "Кафэ", "ab\u202e", "x" * 26, "y" * 16, "Minsk", "最佳运输", "a", "7", "***", " ", "a\nb"]
VALUES = {
    1: ["11", "12", "13", "1"], 52: ["5814", "0000", "58a4", "581"], 53: ["933", "980", "392", "974", "BYN", "93"],
    26: [tlv(0, "com.example") + tlv(1, "K7"), tlv(1, "K7"), tlv(0, "g" * 33), tlv(0, "a") + tlv(0, "b"), "K7"],
    32: [tlv(0, "by.raschet") + tlv(1, s) + tlv(10, a) + tlv(12, e)
         for s, a, e in (("4440631", "12345-1", "12"), ("44", "1", "12"), ("444", "", "11"), ("444", "1", "13"), ("44a", "1", "12"),
                         ("12345678", "1", "11"), ("444", "a\u202eb", "12"))] + [tlv(0, "by.raschet"), tlv(0, "by.raschet") + "01"],
    33: [tlv(0, "by.epos.bePaid") + tlv(6, "7"), tlv(0, "x"), "0"],
    54: AMOUNTS, 55: ["01", "02", "03", "04"], 56: ["1.00", "0", "x"], 57: ["3.00", "0.00", "100", "99.99", "3%"],
    58: ["BY", "by", "BYN", "B1"], 62: [tlv(5, "K7S03"), tlv(1, "x" * 26), tlv(9, "AM"), tlv(9, "AA"), tlv(55, "z"), tlv(5, ""), "x"],
    64: [tlv(0, "ru") + tlv(1, "Кафэ"), tlv(0, "r1") + tlv(1, "a"), tlv(0, "ru") + tlv(1, "x" * 26)], 70: ["rfu"],
    80: [tlv(0, "a.b") + tlv(1, "c"), tlv(1, "c")], 4: WORDS, 59: WORDS, 60: WORDS, 61: WORDS,
}


def draw(rng, erip):
    field = {1: "11", 52: "5814", 53: "933", 54: "2.50", 58: "BY", 59: "KIOSK", 60: "Minsk"}
    field[32 if erip else 26] = VALUES[32 if erip else 26][0]
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        number = rng.choice([n for n in VALUES if erip or n not in (32, 33)])
        if number in field and rng.random() < 0.15:
            del field[number]
        else:
            field[number] = rng.choice(VALUES[number])
        fee = {"02": 56, "03": 57}.get(field.get(55))
        if fee and rng.random() < 0.7:
            field[fee] = rng.choice(VALUES[fee])
    items = list(field.items())
    if rng.random() < 0.3:
        rng.shuffle(items)
    text = "000201" + "".join(tlv(*item) for item in items)
    text += tlv(*rng.choice(items)) if rng.random() < 0.05 else ""
    total = sha(text) if erip and rng.random() < 0.9 else crc(text + "6304")
    total = total.lower() if rng.random() < 0.05 else total[::-1] if rng.random() < 0.03 else total
    return text + "6304" + total + (rng.choice([" ", "00", "6304"]) if rng.random() < 0.03 else "")


def main():
    rng = random.Random(SEED)
    codes = [draw(rng, i % 2 == 1) for i in range(COUNT)]
    good = wrong = failed = 0
    with ThreadPoolExecutor(4) as pool:
        for text, (said, _) in zip(codes, pool.map(report, codes)):
            erip = "by.raschet" in text
            right = erip_right(text) if erip else emv_right(text)
            good, wrong = good + right, wrong + (not right)
            if said["good"] != right or said["profile"] != ("ERIP" if erip else "EMV"):
                failed += 1
                print(f"FAILED {text!r}: {'right' if right else 'wrong'} by the reference; said: {said['problems']}", flush=True)
    print(f"{COUNT} codes (seed {SEED}): {good} right, {wrong} wrong by the reference, {failed} read otherwise")
    failed += min(good, wrong) < COUNT // 5  # a test of codes that are all alike shows nothing
    print(f"{0 if failed else 1} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
