#!/usr/bin/python3
"""The broker client against a real mosquitto: both protocol versions, sessions, reconnects, frozen and killed brokers."""
import subprocess
import sys
import time
import unittest

from _mqtt_rig import Broker, Folder, Probe, build_probe, free_port, publish, retained, run_tests, wait_for

ANYBODY = ["allow_anonymous true", "max_queued_messages 20000"]
IN = "kiosk/probe/in/"
OUT = "kiosk/probe/out/"


class Session(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder_guard = Folder()
        cls.folder = cls.folder_guard.__enter__()
        cls.program = build_probe(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.folder_guard.__exit__()

    def setUp(self):
        self.brokers, self.probes = [], []

    def tearDown(self):
        for probe in self.probes:
            probe.kill()
        for broker in self.brokers:
            broker.kill()

    def broker(self, lines=ANYBODY, **more):
        self.brokers.append(Broker(self.folder, lines, **more))
        return self.brokers[-1]

    def probe(self, port, **settings):
        self.probes.append(Probe(self.program, port, **settings))
        return self.probes[-1]

    @staticmethod
    def each_version():
        return (5, 3)

    def test_messages_come_and_go(self):
        for version in self.each_version():
            broker = self.broker()
            probe = self.probe(broker.port, version=version)
            probe.expect("UP")
            self.assertTrue(broker.said("p5" if version == 5 else "p2, c0"))
            for topic in ("payment", "ack", "command"):
                publish(broker.port, IN + topic, f"to {topic}")
                self.assertEqual(probe.expect("MESSAGE"),
                                 f"MESSAGE {topic} retained=0 dup=0 size={len(topic) + 3} to {topic}")
            probe.say('pub event 41 {"a":1}')
            self.assertEqual(probe.expect("PUBLISHED"), "PUBLISHED 41")
            self.assertEqual(probe.close(), 0)

    def test_other_topics_are_not_subscribed(self):
        broker = self.broker()
        probe = self.probe(broker.port)
        probe.expect("UP")
        publish(broker.port, "kiosk/other/in/payment", "not mine")
        publish(broker.port, IN + "else", "unknown")
        publish(broker.port, IN + "payment", "mine")
        self.assertIn("mine", probe.expect("MESSAGE"))
        probe.silent("MESSAGE", 0.5)

    def test_a_planted_message_is_not_sent_by_a_v5_broker_and_marked_by_a_v3_one(self):
        broker = self.broker()
        publish(broker.port, IN + "payment", "planted", "-r")
        probe = self.probe(broker.port, version=5)
        probe.expect("UP")
        probe.silent("MESSAGE", 1)
        probe.close()
        probe = self.probe(broker.port, version=3)
        self.assertIn("retained=1", probe.expect("MESSAGE payment"))

    def test_a_message_published_with_retain_while_connected_is_marked(self):
        broker = self.broker()
        probe = self.probe(broker.port, version=5)
        probe.expect("UP")
        publish(broker.port, IN + "payment", "live but retained", "-r")
        self.assertIn("retained=1", probe.expect("MESSAGE payment"))

    def test_the_session_keeps_what_is_published_while_the_kiosk_is_away(self):
        for version in self.each_version():
            broker = self.broker()
            probe = self.probe(broker.port, version=version)
            probe.expect("UP")
            probe.close()
            for i in range(50):
                publish(broker.port, IN + "payment", f"kept {i}")
            probe = self.probe(broker.port, version=version)
            for i in range(50):
                self.assertTrue(probe.expect("MESSAGE").endswith(f"kept {i}"))
            probe.kill()

    def test_a_message_is_delivered_again_when_the_kiosk_dies_over_it(self):
        for version in self.each_version():
            broker = self.broker()
            probe = self.probe(broker.port, version=version, die_on="deadly")
            probe.expect("UP")
            publish(broker.port, IN + "payment", "deadly")
            probe.expect("DYING")
            self.assertEqual(probe.process.wait(timeout=5), 9)
            probe = self.probe(broker.port, version=version)
            self.assertEqual(probe.expect("MESSAGE"), "MESSAGE payment retained=0 dup=1 size=6 deadly")
            probe.close()

    def test_the_puback_waits_for_the_callback(self):
        for version in self.each_version():
            broker = self.broker()
            probe = self.probe(broker.port, version=version, hold_ms=1500)
            probe.expect("UP")
            publish(broker.port, IN + "payment", "slow")
            time.sleep(1)
            self.assertFalse(broker.said("Received PUBACK from probe"))
            probe.expect("MESSAGE")
            wait_for(lambda: broker.said("Received PUBACK from probe"), 3, "PUBACK")

    def test_it_comes_back_and_subscribes_again_after_the_broker_was_killed(self):
        for version in self.each_version():
            broker = self.broker()
            probe = self.probe(broker.port, version=version)
            probe.expect("UP")
            broker.kill()
            probe.expect("DOWN", 5)
            time.sleep(2)
            broker.start()  # knows no session any more
            probe.expect("UP", 30)
            publish(broker.port, IN + "ack", "after")
            self.assertIn("after", probe.expect("MESSAGE ack"))
            probe.kill()

    def test_it_connects_when_the_broker_comes_up_late(self):
        port = free_port()
        probe = self.probe(port)
        self.assertIn("cannot connect to 127.0.0.1", probe.expect("PROBLEM"))
        time.sleep(4)
        self.brokers.append(Broker(self.folder, ANYBODY, port=port))
        probe.expect("UP", 30)

    def test_a_name_that_is_not_found_is_told_once_and_tried_again(self):
        probe = self.probe(1883, host="no-such-host.invalid")
        self.assertIn("no-such-host.invalid", probe.expect("PROBLEM", 30))
        probe.silent("PROBLEM", 8)

    def test_a_frozen_broker_is_noticed_within_offline_s(self):
        for version in self.each_version():
            broker = self.broker()
            probe = self.probe(broker.port, version=version, offline=12, keepalive=30)
            probe.expect("UP")
            broker.freeze()
            start = time.monotonic()
            probe.expect("DOWN", 14)
            self.assertLess(time.monotonic() - start, 13)
            broker.thaw()
            probe.expect("UP", 40)
            probe.kill()

    def test_what_the_broker_did_not_take_comes_back_unsent(self):
        broker = self.broker()
        probe = self.probe(broker.port, offline=8)
        probe.expect("UP")
        broker.freeze()
        probe.say("pub outcome 77 lost in flight")
        self.assertEqual(probe.expect("UNSENT", 20), "UNSENT 77")
        broker.kill()
        probe.say("pub outcome 78 nobody there")
        self.assertEqual(probe.expect("UNSENT", 5), "UNSENT 78")

    def test_the_newest_state_is_published_again_after_a_reconnect(self):
        broker = self.broker()
        probe = self.probe(broker.port)
        probe.expect("UP")
        probe.say("retain availability 0 old")
        broker.kill()
        probe.expect("DOWN")
        probe.say("retain availability 0 newer")
        probe.say("retain availability 0 newest")
        probe.say("retain status 5 {\"online\":true}")
        broker.start()  # has lost the retained ones
        probe.expect("UP", 30)
        probe.expect("PUBLISHED 5")
        wait_for(lambda: retained(broker.port, OUT + "availability") == "newest", 5, "availability")
        self.assertEqual(retained(broker.port, OUT + "status"), '{"online":true}')

    def test_the_will_says_offline_when_the_kiosk_dies(self):
        for version in self.each_version():
            broker = self.broker()
            probe = self.probe(broker.port, version=version)
            probe.expect("UP")
            probe.say("retain status 1 {\"online\":true}")
            probe.expect("PUBLISHED 1")
            probe.kill()
            wait_for(lambda: retained(broker.port, OUT + "status") == '{"online":false}', 5, "will")

    def test_closing_publishes_the_last_status_and_not_the_will(self):
        for version in self.each_version():
            broker = self.broker()
            probe = self.probe(broker.port, version=version)
            probe.expect("UP")
            self.assertEqual(probe.close(), 0)
            self.assertEqual(retained(broker.port, OUT + "status"), '{"online":false,"reasons":["stopping"]}')

    def test_closing_without_a_broker_does_not_take_long(self):
        broker = self.broker()
        probe = self.probe(broker.port)
        probe.expect("UP")
        broker.freeze()
        start = time.monotonic()
        self.assertEqual(probe.close(), 0)
        self.assertLess(time.monotonic() - start, 5)

    def test_a_second_kiosk_with_the_same_id_takes_the_connection(self):
        broker = self.broker()
        first = self.probe(broker.port, version=5)
        first.expect("UP")
        second = self.probe(broker.port, version=5)
        second.expect("UP")
        first.expect("DOWN")
        first.silent("PROBLEM", 0.2)

    def test_what_goes_out_is_not_held_up_by_a_backlog_coming_in(self):
        broker = self.broker()
        probe = self.probe(broker.port)
        probe.expect("UP")
        probe.close()
        text = "\n".join("x" * 300 for _ in range(3000))
        subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", str(broker.port), "-q", "1", "-t", IN + "payment",
                        "-l"], input=text, text=True, check=True, timeout=60)
        probe = self.probe(broker.port, hold_ms=1, quiet=1)
        probe.expect("UP")
        start = time.monotonic()
        probe.say("pub event 1 hurry")
        probe.expect("PUBLISHED 1")
        self.assertLess(time.monotonic() - start, 1)
        probe.say("down")
        self.assertLess(int(probe.expect("SINCE").split()[3]), 2500)

    def test_a_large_message_goes_out_whole_and_a_thousand_small_ones_too(self):
        broker = self.broker()
        probe = self.probe(broker.port)
        probe.expect("UP")
        probe.say("flood result 3 262144")
        for _ in range(3):
            probe.expect("PUBLISHED")
        probe.say("flood event 1000 200")
        for _ in range(1000):
            probe.expect("PUBLISHED")


if __name__ == "__main__":
    sys.exit(run_tests(Session))
