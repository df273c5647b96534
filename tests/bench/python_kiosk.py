#!/usr/bin/python3
"""What people write first: paho, PyJWT, pymodbus; nothing stored. python_kiosk.py BROKER BOARD COIL PUBLIC_KEY_BASE64URL"""
import base64
import sys

import jwt
import paho.mqtt.client as paho
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pymodbus.client import ModbusTcpClient

broker, port, coil = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(sys.argv[4] + "=="))
board = ModbusTcpClient("127.0.0.1", port=port)
board.connect()


def on_message(_client, _user, message):
    jwt.decode(message.payload, key, algorithms=["EdDSA"], audience="bench-1")
    board.write_coil(coil, True, 1)
    board.write_coil(coil, False, 1)


if hasattr(paho, "CallbackAPIVersion"):
    client = paho.Client(paho.CallbackAPIVersion.VERSION1, client_id="python-kiosk")
else:
    client = paho.Client(client_id="python-kiosk")
client.on_message = on_message
client.on_connect = lambda c, *_: c.subscribe("kiosk/bench-1/in/payment", 1)
client.on_subscribe = lambda *_: print("ready", flush=True)
client.connect("127.0.0.1", broker)
client.loop_forever()
