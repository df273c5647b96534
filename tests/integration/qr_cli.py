#!/usr/bin/python3
"""kioskctl qr check and qr make, without a daemon. The sums are computed here once more, by other code."""
import base64
import binascii
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest
from urllib.parse import unquote

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("KIOSK_BUILD", "build/gcc"))
KIOSKCTL = os.path.join(BUILD, "kioskctl")
NSPK = "https://qr.nspk.ru/AS10003P3RH0LJ2A9ROO038L6NT5RU1M?type=01&bank=000000000001&sum=10000&cur=RUB"


def run(*words, text=None):
    given = text if isinstance(text, bytes) or text is None else text.encode()
    return subprocess.run([KIOSKCTL, "qr", *words], input=given, capture_output=True, timeout=30,
                          env=dict(os.environ, LC_ALL="C.UTF-8"))


def report(text, *words):
    """What check --json says, and its exit status. The text goes in by standard input."""
    done = run("check", "-", "--json", *words, text=text)
    assert done.returncode in (0, 1) and done.stderr == b"", (text, done)
    said = json.loads(done.stdout)
    assert said["good"] == (done.returncode == 0), said
    return said, done.returncode


def faults(text, *words):
    return [f"{p['tag']}: {p['text']}" for p in report(text, *words)[0]["problems"] if p["level"] == "error"]


def crc(text):
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()[-4:].upper()


def tlv(*pairs):
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in pairs)


def emv(*pairs):
    text = tlv(*pairs) + "6304"
    return text + crc(text)


def erip(*pairs):
    text = tlv(*pairs)
    return text + "6304" + sha(text)


HEAD = ("00", "01"), ("01", "11")
SHOP = ("58", "BY"), ("59", "KIOSK"), ("60", "Minsk")
SCHEME = ("26", tlv(("00", "com.example.kiosk"), ("01", "K7")))
BYN = ("53", "933"), ("54", "2.50")
ERIP = ("32", tlv(("00", "by.raschet"), ("01", "4440631"), ("10", "12345-1-K7S03"), ("12", "12")))


def vectors():
    with open(os.path.join(ROOT, "tests/unit/qr_vectors.tsv"), encoding="utf-8") as f:
        names = f.readline().rstrip("\n").split("\t")
        return [dict(zip(names, line.rstrip("\n").split("\t"))) for line in f]


class Check(unittest.TestCase):
    def test_the_sums_of_the_vectors_are_those_computed_here(self):
        for v in vectors():
            text = v["text"]
            if v["verdict"] != "valid" or v["profile"] == "nbu":
                continue
            if v["profile"] == "sbp":
                before, given = text.split("&crc=")
                self.assertEqual(crc(before), given, v["name"])
                continue
            body = unquote(text.split("#", 1)[-1])
            want = sha(body[:-8]) if v["profile"] == "erip" else crc(body[:-4])
            self.assertEqual(body[-4:], want, v["name"])

    def test_every_vector_has_its_verdict(self):
        for v in vectors():
            said, status = report(v["text"])
            self.assertEqual(said["profile"].lower(), v["profile"])
            self.assertEqual(status, 1 if v["verdict"] == "invalid" else 0, v["name"])
            self.assertEqual(said.get("checksum") == "old", v["verdict"] == "old-crc")

    def test_wrong_codes_are_told_with_place_and_reason(self):
        shop = HEAD + (SCHEME, ("52", "5814"), *BYN, *SHOP)
        good = emv(*shop)
        lettered = next(c for c in (emv(*shop, ("61", str(i))) for i in range(99)) if c[-4:] != c[-4:].lower())
        cases = [
            (lettered[:-4] + lettered[-4:].lower(), "63: ", "capitals"),
            (tlv(*shop) + "6304" + crc(tlv(*shop)), "63: ", "without \"6304\""),
            (tlv(*shop) + "6304" + sha(tlv(*shop)), "63: ", "ERIP's sum"),
            (good + "\n\n", "63: ", "behind the checksum"), (good + " ", "63: ", "a space first"),
            (good + "00", "63: ", "behind the checksum"),
            (emv(*HEAD, SCHEME, *BYN, *BYN, *SHOP), "54: ", "twice"),
            (emv(*HEAD, SCHEME, ("53", "933"), ("54", "2,50"), *SHOP), "54: ", "comma"),
            (emv(*HEAD, SCHEME, ("53", "933"), ("54", "1e3"), *SHOP), "54: ", "digits"),
            (emv(*HEAD, SCHEME, ("53", "933"), ("54", "-1"), *SHOP), "54: ", "digits"),
            (emv(*HEAD, SCHEME, ("53", "933"), ("54", "0.00"), *SHOP), "54: ", "zero"),
            (emv(*HEAD, SCHEME, ("53", "933"), ("54", "1.2.3"), *SHOP), "54: ", "one point"),
            (emv(*HEAD, SCHEME, ("53", "933"), ("54", "."), *SHOP), "54: ", "digit is missing"),
            (emv(*HEAD, SCHEME, ("53", "933"), ("54", "2.505"), *SHOP), "54: ", "finer"),
            (emv(*HEAD, SCHEME, ("53", "392"), ("54", "2.50"), *SHOP), "54: ", "no fraction"),
            (emv(*HEAD, SCHEME, ("53", "933"), ("54", "12345678901234"), *SHOP), "54: ", "14 characters"),
            (emv(*HEAD, SCHEME, ("54", "2.50"), *SHOP), "54: ", "without its currency"),
            (emv(*HEAD, SCHEME, ("53", "974"), *SHOP), "53: ", "ISO 4217"),
            (emv(*HEAD, SCHEME, *BYN, ("55", "02"), *SHOP), "56: ", "missing"),
            (emv(*HEAD, SCHEME, *BYN, ("56", "1.00"), *SHOP), "56: ", "only with 55"),
            (emv(*HEAD, SCHEME, *BYN, ("55", "03"), ("57", "100"), *SHOP), "57: ", "0.01 to 99.99"),
            (emv(*HEAD, SCHEME, *BYN, ("55", "04"), *SHOP), "55: ", "01 or 02 or 03"),
            (emv(("00", "01"), ("01", "13"), SCHEME, *BYN, *SHOP), "01: ", "11 or 12"),
            (emv(*HEAD, SCHEME, *BYN, ("58", "by"), ("59", "K"), ("60", "M")), "58: ", "capital"),
            (emv(*HEAD, SCHEME, ("52", "58a4"), *BYN, *SHOP), "52: ", "digits"),
            (emv(*HEAD, ("26", tlv(("01", "K7"))), *BYN, *SHOP), "26-00: ", "GUID"),
            (emv(*HEAD, ("26", "K7"), *BYN, *SHOP), "26: ", "no two-digit ID"),
            (emv(*HEAD, SCHEME, *BYN, ("62", tlv(("09", "AX"))), *SHOP), "62-09: ", "A, M, E"),
            (emv(*HEAD, SCHEME, *BYN, ("59", "a\nb")), "59: ", "line end"),
            (emv(*HEAD, SCHEME, *BYN, ("59", "КИОСК" * 6)), "59: ", "30 characters"),
            (tlv(*shop), "63: ", "missing"),
            (emv(*HEAD, SCHEME, *BYN, ("80", tlv(("00", "x"), ("01", "y" * 80))), ("81", tlv(("00", "x" * 90))),
                 ("82", tlv(("00", "x"), ("01", "y" * 80))), ("83", tlv(("00", "x"), ("01", "y" * 80))),
                 ("84", tlv(("00", "x"), ("01", "y" * 80)))), ": ", "EMVCo allows 512"),
        ]
        for case in cases:
            said = faults(case[0])
            self.assertTrue([f for f in said if f.startswith(case[1]) and case[2] in f], (case, said))

    def test_an_amount_that_is_none_is_not_called_missing(self):
        for text, said in ((emv(*HEAD, SCHEME, ("52", "5814"), ("53", "933"), ("54", "2,50"), *SHOP), "Amount    cannot be read\n"),
                           (emv(*HEAD, SCHEME, ("52", "5814"), ("53", "933"), *SHOP), "Amount    none: the payer types it in\n")):
            self.assertIn(said, run("check", text).stdout.decode())

    def test_lengths_that_count_bytes_are_named_so(self):
        name = "Кафэ"
        text = tlv(*HEAD, SCHEME, *BYN) + f"59{len(name.encode()):02d}{name}" + tlv(("60", "Minsk")) + "6304"
        self.assertTrue([f for f in faults(text + crc(text)) if "count bytes" in f])
        self.assertEqual(report(emv(*HEAD, SCHEME, ("52", "5814"), *BYN, ("58", "BY"), ("59", name), ("60", "Мінск")))[1], 0)

    def test_unusual_amounts_that_are_allowed_are_read(self):
        for number, minor in (("98.", 9800), ("98", 9800), ("00098.5", 9850), (".50", 50), ("2.500", 250)):
            text = emv(*HEAD, SCHEME, ("52", "5814"), ("53", "933"), ("54", number), *SHOP)
            self.assertEqual(report(text)[0]["amount"], minor, number)

    def test_erip_is_read_as_it_is_used_and_no_further(self):
        text = erip(*HEAD, ERIP, *BYN)
        self.assertEqual(report(text, "--price", "250", "--currency", "BYN", "--account", "12345-1-K7S03")[1], 0)
        self.assertEqual(report("https://pay.raschet.by#" + text)[1], 0)
        self.assertEqual(report("https://pay.raschet.by/#" + "".join(f"%{b:02x}" for b in text.encode()))[1], 0)
        self.assertNotIn("amount", report(erip(*HEAD, ERIP, ("53", "933"), ("54", "0.00")))[0])
        wrong = [
            (text[:-4] + hashlib.sha256(text[:-4].encode()).hexdigest()[-4:].upper(), "63: ", "\"6304\""),
            (erip(*HEAD, ERIP, ("53", "643"), ("54", "2.50")), "53: ", "933"),
            (erip(*HEAD, ("32", tlv(("00", "by.raschet"), ("01", "44"), ("10", "7")))), "32-01: ", "3 to 7"),
            (erip(*HEAD, ("32", tlv(("00", "by.raschet"), ("12", "13")))), "32-12: ", "11 or 12"),
            (erip(*HEAD, ("32", tlv(("00", "by.raschot"), ("10", "raschet.by#")))), "32-00: ", "by.raschet"),
            ("https://pay.raschet.by/" + text, ": ", "'#'"), ("https://pay.raschet.by/#%30%3", ": ", "percent-encoding"),
            ("https://pay.raschet.by/#" + text + "%0A", "63: ", "behind the checksum"),
        ]
        for code, place, words in wrong:
            said = faults(code)
            self.assertTrue([f for f in said if f.startswith(place) and words in f], (code, said))
        encoded = "https://pay.raschet.by/#" + tlv(*HEAD, ERIP, ("53", "933"), ("59", "a b")).replace(" ", "%20")
        text = encoded + "6304" + hashlib.sha256(encoded.split("#")[1].encode()).hexdigest()[-4:].upper()
        self.assertTrue([f for f in faults(text) if "before percent-decoding" in f], faults(text))
        host = report("https://pay.raschet.by.example.com/#" + erip(*HEAD, ERIP, *BYN))[0]
        self.assertTrue([p for p in host["problems"] if "another host" in p["text"]])

    def test_what_the_sum_of_sbp_does_not_cover_is_refused(self):
        good = NSPK + "&crc=" + crc(NSPK)
        self.assertEqual(report(good, "--price", "10000", "--currency", "RUB")[1], 0)
        for text, words in ((good + "&sum=1", "behind it"), (good.replace("&crc", "&a=b&crc"), "does not fit"),
                            (good[:-4] + good[-4:].lower(), "capitals"), (good + " ", "does not have"),
                            (NSPK.replace("10000", "100.00"), "kopecks"), (NSPK.replace("10000", "0"), "zero"),
                            (NSPK.replace("RUB", "rub"), "ISO 4217"), (NSPK.replace("RUB", "USD"), "RUB"),
                            (NSPK.replace("=01", "=03"), "neither"), (NSPK + "&sum=1", "twice"),
                            (NSPK.replace("sum", "s%75m"), "hides"), ("https://qr.nspk.ru/?type=01", "missing"),
                            (NSPK.replace("?", "?crc=ABCD&"), "wrong place")):
            self.assertTrue([f for f in faults(text) if words in f], (text, faults(text)))

    def test_nbu_is_read_line_by_line(self):
        iban, lines = "UA723220010000026002360009669", 13

        def code(*words, host="https://bank.gov.ua/qr/", end=""):
            order = "\n".join(words) + end
            return host + base64.urlsafe_b64encode(order.encode()).decode().rstrip("=")

        def order(version="002", encoding="1", function="UCT", number=iban, amount="UAH590.00", count=lines):
            words = ["BCD", version, encoding, function, "", "ФОП", number, amount, "3363403087", "", "", "За 36", ""]
            return (words + ["x"] * 9)[:count]

        self.assertEqual(report(code(*order()))[0]["amount"], 59000)
        self.assertEqual(report(code(*order(), end="\n"))[1], 0)
        self.assertEqual(report(code(*order("001")))[1], 0)
        self.assertEqual(report(code(*order("003", count=17), host="https://qr.bank.gov.ua/"))[1], 0)
        self.assertEqual(report(code(*order(amount="")))[0].get("amount"), None)
        for text, words in ((code(*order("004")), "version"), (code(*order("003")), "13 lines"),
                            (code(*order(count=12)), "12 lines"), (code(*order(count=16)), "16 lines"),
                            (code(*order(encoding="3")), "encoding"), (code(*order(number=iban[:-1] + "8")), "check digits"),
                            (code(*order(number=iban[:-1])), "29"), (code(*order(amount="590.00")), "currency"),
                            (code(*order(amount="EUR1.00")), "UAH"), (code(*order(amount="UAH1e3")), "digits"),
                            (code(*order(amount="UAH1,50")), "comma"), (code(*order()) + "=", "base64url"),
                            (code(*order()) + "?a", "base64url"), (code("BCD"), "ends after"), (code("BCE"), "BCD"),
                            ("https://bank.gov.ua/qr/", "nothing"), (code(*order(), end="\0"), "NUL")):
            self.assertTrue([f for f in faults(text) if words in f], (text, faults(text)))

    def test_other_texts_are_opaque_and_near_codes_are_warned_of(self):
        for text, warned in (("https://shop.example/42", 0), ("just a text", 0), (" " + NSPK, 1), (NSPK.upper(), 1),
                             (NSPK.replace("https", "http"), 1), ("https://qr.nspk.ru.example.com/x", 1),
                             ("\ufeff000201", 1), ("https://x.example/#000201", 1)):
            said, status = report(text)
            self.assertEqual((said["profile"], status, len(said["problems"])), ("opaque", 0, warned), text)

    def test_hostile_texts_end_in_an_answer(self):
        for text, words in ((b"", "empty"), (b"\xff\xfe", "UTF-8"), (b"a\0b", "NUL"), (b"a" * 1025, "1024"),
                            (b"0" * 5000, "1024")):
            self.assertTrue([f for f in faults(text) if words in f], text)
        payer = "hQVDUFYwMWFPNEAAAAGQECFQA5VSU0FET1c="
        done = run("check", payer)
        self.assertEqual(done.returncode, 1)
        self.assertNotIn(b"MWFP", done.stdout + done.stderr)
        for words in (["check", "x", "--currency", payer], ["check", "--" + payer], [payer], ["make", "emv", "--field", payer],
                      ["make", "erip", "--service", "123", "--account", payer], ["check", "\ufeff" + payer]):
            done = run(*words)
            self.assertNotEqual(done.returncode, 0, words)
            self.assertNotIn(b"MWFP", done.stdout + done.stderr, words)
        for words in (["make", "emv", "--field", "\x1b[2J"], ["check", "x", "--price", "1\u202e"], ["\x9b2J"],
                      ["check", "--\x1b]0;x\x07"], ["make", "erip", "--service", "\x1b[31m"]):
            said = run(*words).stderr.decode()
            self.assertRegex(said, r"<U\+[0-9A-F]{4}>", words)
            self.assertNotRegex(said, "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", words)
        sneaky = erip(*HEAD, ERIP, *BYN, ("59", "ab\u202edc"))
        shown = run("check", sneaky).stdout.decode()
        self.assertIn("<U+202E>", shown)
        self.assertNotIn("\u202e", shown)

    def test_a_product_of_the_configuration_is_the_measure(self):
        example = os.path.join(ROOT, "config/examples/vending.cfg")
        done = run("check", "-c", example, "--json")
        said = json.loads(done.stdout)["products"]
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual([p["id"] for p in said], ["cola", "water", "crisps", "chocolate"])
        self.assertTrue(all(p["good"] for p in said))
        done = run("check", "-c", example, "--product", "cola", said[1]["text"])
        self.assertEqual(done.returncode, 1)
        self.assertIn("asks for 1.80 BYN, the price is 2.50 BYN", done.stdout.decode())
        self.assertIn("the product's is 12345-1-K7S01", done.stdout.decode())
        for words in (["-c", example, "--product", "beer"], ["-c", example, "--price", "5"], [], ["a", "b"],
                      ["a", "--price", "2.50"], ["a", "--price", "0"], ["a", "--currency", "ABC"], ["a", "--nonsense"],
                      ["-c", "/nonexistent.cfg"]):
            self.assertEqual(run("check", *words).returncode, 2, words)


class Make(unittest.TestCase):
    def made(self, *words):
        done = run("make", *words)
        self.assertEqual((done.returncode, done.stderr), (0, b""), words)
        return done.stdout.decode().rstrip("\n")

    def test_known_codes_are_built_as_they_were_issued(self):
        texts = {v["name"]: v["text"] for v in vectors()}
        shop = ["--mcc", "5814", "--name", "KIOSKTEST", "--price", "250"]
        self.assertEqual(self.made("erip", "--service", "4440631", "--account", "12345-1-K7S03", "--city", "Minsk",
                                   "--url", "", *shop), texts["S1"])
        self.assertEqual(self.made("emv", "--guid", "com.example.kiosk", "--field", "26-01=K7", "--field",
                                   "26-02=S05100", "--city", "MINSK", "--country", "BY", "--currency", "BYN", *shop),
                         texts["S5"])
        self.assertEqual(self.made("sbp", "--number", "AS10003P3RH0LJ2A9ROO038L6NT5RU1M", "--bank", "000000000001",
                                   "--price", "10000"), texts["B2"])
        self.assertEqual(self.made("nbu", "--name", "ФОП Вітвіцька Анастасія Сергіївна", "--iban",
                                   "UA723220010000026002360009669", "--code", "3363403087", "--purpose",
                                   "За інтернет замовлення 36", "--price", "59000"), texts["N1"])

    def test_what_is_built_is_called_right_and_its_sum_is_that_computed_here(self):
        letters, rng = "abcXYZ019 -_.;%#&ўіїґЖ最", random.Random(20261123)
        for _ in range(60):
            price, word = rng.randrange(1, 10 ** 9), "".join(rng.choice(letters) for _ in range(rng.randrange(1, 15)))
            account = "".join(rng.choice(letters) for _ in range(rng.randrange(1, 40)))
            text = self.made("erip", "--service", str(rng.randrange(100, 10 ** 7)), "--account", account, "--name", word,
                             "--price", str(price))
            body = unquote(text.split("#", 1)[1])
            self.assertEqual(body[-4:], sha(body[:-8]), text)
            self.assertEqual(report(text, "--price", str(price), "--currency", "BYN", "--account", account)[1], 0, text)
            text = self.made("emv", "--guid", "com.example", "--name", word, "--city", word, "--country", "UA",
                             "--currency", "UAH", "--price", str(price), "--reference", account[:25])
            self.assertEqual(text[-4:], crc(text[:-4]), text)
            self.assertEqual(report(text, "--price", str(price), "--currency", "UAH", "--account", account[:25])[1], 0)

    def test_values_that_do_not_fit_are_named(self):
        erip_words, emv_words = ["erip", "--service", "123", "--account", "1"], ["emv", "--currency", "BYN"]
        for words, named in ((["erip", "--account", "1"], ["service"]), (["erip", "--service", "123"], ["account"]),
                             (erip_words + ["--service", "12"], ["--service"]), (erip_words + ["--currency", "UAH"], ["currency"]),
                             (erip_words + ["--price", "99999999999999"], ["price"]), (erip_words + ["--mcc", "1"], ["--mcc"]),
                             (erip_words + ["--url", "pay.raschet.by"], ["--url"]),
                             (erip_words + ["--url", "https://pay.raschet.by@x.example/"], ["--url", "'@'"]), (erip_words + ["--country", "by"], ["--country"]),
                             (erip_words + ["--field", "54=1"], ["54"]), (erip_words + ["--field", "70=1"], ["70"]),
                             (erip_words + ["--field", "32-02=1"], ["32-02"]), (erip_words + ["--field", "x=1"], ["x=1"]),
                             (erip_words + ["--field", "59-01=1"], ["59-01"]), (erip_words + ["--name", "a\nb"], ["--name"]),
                             (["erip", "--service", "123", "--account", "a" * 80], ["32"]),
                             (emv_words, ["guid", "country", "name", "city"]),
                             (emv_words + ["--guid", "x" * 33, "--country", "BYN", "--name", "n" * 26, "--city", "c" * 16],
                              ["--guid", "--country", "--name", "--city"]),
                             (["emv", "--guid", "a", "--country", "BY", "--name", "n", "--city", "c"], ["currency"]),
                             (["nbu", "--name", "x", "--iban", "UA723220010000026002360009668"], ["--iban"]),
                             (["sbp", "--number", "a b", "--bank", "x"], ["--bank"]), (["sbp", "--number", "a/b", "--bank", "1"], ["--number"]),
                             (["sbp", "--number", "a", "--bank", "1", "--type", "3"], ["--type"]), (["gost"], ["usage"]), ([], ["usage"]),
                             (["sbp", "--field", "54=1"], ["--field"]),
                             (["sbp"], ["--number is missing", "--bank is missing"]), (["sbp", "--type"], ["qr make: --type needs"]),
                             (["nbu", "--nonsense"], ["kioskctl: qr make: --nonsense is no option"]),
                             (emv_words + ["--price", "99999999999999"], ["--price: "]),
                             (["sbp", "--currency", "BYN"], ["--currency: is BYN"])):
            done = run("make", *words)
            self.assertEqual((done.returncode, done.stdout), (2, b""), words)
            for name in named:
                self.assertIn(name, done.stderr.decode(), words)

    def test_what_is_doubtful_is_told_beside_the_code(self):
        for words, said in ((["sbp", "--number", "AS1", "--bank", "1"], "warning: number: 3 characters"),
                            (["erip", "--service", "123", "--account", "1", "--url", "https://my-raschet.by/"], "warning: #: names")):
            done = run("make", *words)
            self.assertEqual((done.returncode, done.stdout.count(b"\n")), (0, 1), words)
            self.assertIn(said, done.stderr.decode())

    def test_the_drawn_symbol_says_the_text(self):
        words = ["erip", "--service", "4440631", "--account", "12345-1-K7S03", "--price", "250"]
        text, *rows = self.made(*words, "--draw").split("\n")
        upper, lower = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}, []
        for row in rows:
            cells = [upper[c] for c in row.replace("\033[38;5;16;48;5;231m", "").replace("\033[0m", "")]
            lower += [[c[0] for c in cells], [c[1] for c in cells]]
        folder = tempfile.mkdtemp(prefix="qr-cli-")
        try:
            path, scale = os.path.join(folder, "symbol.pgm"), 4
            with open(path, "wb") as f:
                f.write(b"P5 %d %d 255\n" % (len(lower[0]) * scale, len(lower) * scale))
                for row in lower:
                    f.write(b"".join((b"\0" if c else b"\xff") * scale for c in row) * scale)
            found = subprocess.run(["zbarimg", "-q", "--raw", path], capture_output=True, text=True, timeout=60)
            self.assertEqual(found.stdout.rstrip("\n"), text)
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    result = unittest.TextTestRunner(verbosity=2).run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed or result.testsRun == 0 else 0)
