#!/usr/bin/python3
"""The broker client and TLS, certificates, passwords and access lists, with certificates made for the occasion."""
import os
import subprocess
import sys
import time
import unittest

from _mqtt_rig import Broker, Folder, Probe, build_probe, publish, run_tests

TOPICS = ["kiosk/probe/in/payment", "kiosk/probe/in/ack", "kiosk/probe/in/command"]


class Authority:
    """A certificate authority in a folder of its own."""

    def __init__(self, folder, name):
        self.folder = os.path.join(folder, name)
        os.makedirs(self.folder)
        os.chmod(self.folder, 0o755)
        self.config = os.path.join(self.folder, "ca.cnf")
        with open(self.config, "w") as f:
            f.write(f"[ca]\ndefault_ca=own\n[own]\ndir={self.folder}\ndatabase={self.folder}/index\n"
                    f"new_certs_dir={self.folder}\nserial={self.folder}/serial\ndefault_md=sha256\n"
                    "policy=any\nunique_subject=no\ncopy_extensions=copy\n[any]\ncommonName=supplied\n"
                    "[req]\ndistinguished_name=dn\n[dn]\n[root]\nbasicConstraints=critical,CA:TRUE\n")
        open(os.path.join(self.folder, "index"), "w").close()
        with open(os.path.join(self.folder, "serial"), "w") as f:
            f.write("01\n")
        self.key, self.cert = os.path.join(self.folder, "ca.key"), os.path.join(self.folder, "ca.pem")
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                     "-subj", f"/CN={name}", "-config", self.config, "-extensions", "root", "-keyout", self.key,
                     "-out", self.cert)

    def openssl(self, *words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, text=True, timeout=60)

    def sign(self, name, alternative=None, start=None, end=None):
        """(certificate, key) for this name; times as YYMMDDHHMMSSZ."""
        stem = os.path.join(self.folder, f"{name}-{len(os.listdir(self.folder))}")
        key, request, cert = stem + ".key", stem + ".csr", stem + ".pem"
        extra = ["-addext", f"subjectAltName={alternative}"] if alternative else []
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                     "-config", self.config, *extra, "-keyout", key, "-out", request)
        times = ["-startdate", start, "-enddate", end] if start else ["-days", "2"]
        self.openssl("ca", "-batch", "-notext", "-config", self.config, "-cert", self.cert, "-keyfile", self.key,
                     *times, "-in", request, "-out", cert)
        os.chmod(key, 0o644)
        return cert, key


class Security(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.guard = Folder()
        cls.folder = cls.guard.__enter__()
        cls.program = build_probe(cls.folder)
        cls.ca = Authority(cls.folder, "ours")
        cls.stranger = Authority(cls.folder, "stranger")
        cls.server = cls.ca.sign("localhost", "DNS:localhost")

    @classmethod
    def tearDownClass(cls):
        cls.guard.__exit__()

    def setUp(self):
        self.brokers, self.probes = [], []

    def tearDown(self):
        for probe in self.probes:
            probe.kill()
        for broker in self.brokers:
            broker.kill()

    def broker(self, *lines, server=None):
        cert, key = server or self.server
        tls = [f"cafile {self.ca.cert}", f"certfile {cert}", f"keyfile {key}"]
        return self.plain(*tls, *(lines or ["allow_anonymous true"]))

    def plain(self, *lines):
        self.brokers.append(Broker(self.folder, lines))
        return self.brokers[-1]

    def probe(self, broker, **settings):
        settings.setdefault("host", "localhost")
        self.probes.append(Probe(self.program, broker.port, **settings))
        return self.probes[-1]

    def refused(self, probe, text):
        self.assertIn(text, probe.expect("PROBLEM"))
        probe.silent("UP", 5)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w") as f:
            f.write(text)
        os.chmod(path, 0o644)
        return path

    def password_file(self, user, password):
        path = self.write(f"users-{user}", "")
        subprocess.run(["mosquitto_passwd", "-b", path, user, password], check=True, capture_output=True)
        os.chmod(path, 0o644)
        return path

    def test_the_right_certificate_is_accepted(self):
        for version in (5, 3):
            probe = self.probe(self.broker(), ca=self.ca.cert, version=version)
            probe.expect("UP")
            self.assertEqual(probe.close(), 0)

    def test_a_certificate_for_another_host_is_refused(self):
        broker = self.broker(server=self.ca.sign("other.test", "DNS:other.test"))
        self.refused(self.probe(broker, ca=self.ca.cert), "the certificate is for another host name")

    def test_a_certificate_of_another_authority_is_refused(self):
        broker = self.broker(server=self.stranger.sign("localhost", "DNS:localhost"))
        self.refused(self.probe(broker, ca=self.ca.cert), "TLS with localhost failed: unknown CA")

    def test_an_expired_certificate_is_refused(self):
        old = self.ca.sign("localhost", "DNS:localhost", start="200101000000Z", end="200201000000Z")
        self.refused(self.probe(self.broker(server=old), ca=self.ca.cert), "TLS with localhost failed: certificate expired")

    def test_a_certificate_not_yet_valid_is_refused(self):
        future = self.ca.sign("localhost", "DNS:localhost", start="450101000000Z", end="490101000000Z")
        self.refused(self.probe(self.broker(server=future), ca=self.ca.cert), "TLS with localhost failed: ")

    def test_a_plain_broker_on_the_port_is_refused(self):
        probe = self.probe(self.plain("allow_anonymous true"), ca=self.ca.cert)
        self.assertIn("cannot connect to localhost", probe.expect("PROBLEM", 40))
        probe.silent("UP", 3)

    def test_a_missing_ca_file_is_told(self):
        self.refused(self.probe(self.broker(), ca="/nonexistent/ca.pem"), "TLS with localhost failed: ")

    def test_a_broker_that_wants_a_client_certificate_gets_it(self):
        broker = self.broker("require_certificate true", "use_identity_as_username true")
        cert, key = self.ca.sign("probe")
        probe = self.probe(broker, ca=self.ca.cert, cert=cert, key=key)
        probe.expect("UP")
        self.assertTrue(broker.said("u'probe'"))

    def test_without_a_client_certificate_it_is_turned_away(self):
        broker = self.broker("require_certificate true", "use_identity_as_username true")
        self.refused(self.probe(broker, ca=self.ca.cert), "PROBLEM")

    def test_the_reason_changes_and_is_told_again_then_it_connects(self):
        old = self.ca.sign("localhost", "DNS:localhost", start="200101000000Z", end="200201000000Z")
        broker = self.broker(server=old)
        probe = self.probe(broker, ca=self.ca.cert)
        self.assertIn("certificate", probe.expect("PROBLEM"))
        broker.kill()
        self.brokers.append(Broker(self.folder, [f"cafile {self.ca.cert}", f"certfile {self.server[0]}",
                                                 f"keyfile {self.server[1]}", "allow_anonymous true"],
                                   port=broker.port))
        probe.expect("UP", 40)

    def test_user_and_password_are_sent_and_never_shown(self):
        users = self.password_file("kiosk", "top-secret")
        secret = self.write("secret", "top-secret\n")
        for version in (5, 3):
            broker = self.plain("allow_anonymous false", f"password_file {users}")
            probe = self.probe(broker, version=version, user="kiosk", password_file=secret)
            probe.expect("UP")
            self.assertFalse(any("top-secret" in line for line in probe.seen))

    def test_a_wrong_password_is_told_and_tried_again(self):
        users = self.password_file("kiosk2", "right")
        secret = self.write("wrong", "wrong")
        for version in (5, 3):
            broker = self.plain("allow_anonymous false", f"password_file {users}")
            probe = self.probe(broker, version=version, user="kiosk2", password_file=secret)
            text = probe.expect("PROBLEM")
            self.assertIn("refused", text)
            self.assertIn("uthori" if version == 5 else "not authorised", text)
            probe.silent("PROBLEM", 6)
            probe.kill()

    def test_a_password_changed_at_the_broker_is_told(self):
        users = self.password_file("kiosk3", "first")
        secret = self.write("first", "first")
        broker = self.plain("allow_anonymous false", f"password_file {users}")
        probe = self.probe(broker, user="kiosk3", password_file=secret)
        probe.expect("UP")
        self.password_file("kiosk3", "second")
        broker.kill()
        probe.expect("DOWN")
        broker.start()
        self.assertIn("refused", probe.expect("PROBLEM", 30))

    def test_a_missing_password_file_stops_it_with_a_sentence(self):
        broker = self.plain("allow_anonymous true")
        probe = self.probe(broker, user="kiosk", password_file="/nonexistent/secret")
        self.assertEqual(probe.expect("ERROR"), "ERROR mqtt.password_file /nonexistent/secret: No such file or directory")

    def test_the_rights_of_the_contract_are_enough(self):
        rights = self.write("rights", "topic read kiosk/probe/in/#\ntopic write kiosk/probe/out/#\n"
                                      "user server\ntopic readwrite kiosk/#\n")
        for version in (5, 3):
            broker = self.plain("allow_anonymous true", f"acl_file {rights}")
            probe = self.probe(broker, version=version)
            probe.expect("UP")
            for topic in TOPICS:
                publish(broker.port, topic, "allowed", "-u", "server")
                self.assertIn("allowed", probe.expect("MESSAGE"))
            for i, topic in enumerate(("receipt", "outcome", "telemetry", "event", "result"), 1):
                probe.say(f"pub {topic} {i} text")
                self.assertEqual(probe.expect("PUBLISHED"), f"PUBLISHED {i}")
            probe.say("retain status 8 up")
            probe.expect("PUBLISHED 8")
            self.assertFalse(broker.said("Denied"))
            probe.close()

    def test_a_message_the_broker_forbids_comes_back_unsent(self):
        rights = self.write("no-outcome", "topic read kiosk/probe/in/#\ntopic write kiosk/probe/out/status\n")
        broker = self.plain("allow_anonymous true", f"acl_file {rights}")
        probe = self.probe(broker, version=5)
        probe.expect("UP")
        probe.say("pub outcome 9 text")
        self.assertIn("kiosk/probe/out/outcome", probe.expect("PROBLEM"))
        self.assertEqual(probe.expect("UNSENT"), "UNSENT 9")


if __name__ == "__main__":
    sys.exit(run_tests(Security))
