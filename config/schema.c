#include "config/schema.h"
#include "config/qr_fields.h"

#define FIELD(type, field) .offset = offsetof(struct type, field), .size = sizeof(((struct type *)0)->field)
#define KEYS(table)        .keys = (table), .key_count = sizeof(table) / sizeof((table)[0])
#define EACH(field, number, most)                                                                            \
    .offset = offsetof(struct config, field), .stride = sizeof(((struct config *)0)->field[0]),              \
    .count_offset = offsetof(struct config, number), .limit = (most), .limit_name = #most

enum { DAY_S = 86400, WEEK_S = 604800, LONGEST_MS = 60000 };

static const struct schema_key kiosk_keys[] = {
    {"id", SCHEMA_ID, .required = true, FIELD(config, kiosk.id),
     .meaning = "name of this kiosk in topics and in the aud claim of every message to it"},
    {"name", SCHEMA_TEXT, .preset_text = "", FIELD(config, kiosk.name), .meaning = "heading on the screen"},
    {"currency", SCHEMA_CURRENCY, .required = true, FIELD(config, kiosk.currency),
     .meaning = "ISO 4217 letters; prices are in its minor units (250 = 2.50)"},
    {"languages", SCHEMA_LANGUAGES, .preset_text = "[ \"en\" ]",
     .meaning = "languages of the screen, the first one is shown first; two or three letters each"},
    {"support", SCHEMA_TEXT, .preset_text = "", FIELD(config, kiosk.support),
     .meaning = "telephone or address for a customer in trouble"},
    {"state_dir", SCHEMA_PATH, .preset_text = "/var/lib/kioskd", FIELD(config, kiosk.state_dir),
     .meaning = "folder of the store"},
    {"run_dir", SCHEMA_PATH, .max = 90, .preset_text = "/run/kioskd", FIELD(config, kiosk.run_dir),
     .meaning = "folder of the sockets; at most 90 bytes, because a socket's path may not be longer"},
};

static const struct schema_key clock_keys[] = {
    {"trust", SCHEMA_CHOICE, .preset = CONFIG_CLOCK_NTP, .choices = "ntp|rtc|always",
     FIELD(config, clock_trust),
     .meaning = "when the wall clock is believed: synchronised by NTP; set by a battery clock; always"},
};

static const struct schema_key mqtt_keys[] = {
    {"host", SCHEMA_HOST, .required = true, FIELD(config, mqtt.host), .meaning = "the broker"},
    {"port", SCHEMA_INT, .min = 1, .max = 65535, .preset = 0, .preset_text = "8883 with tls, 1883 without",
     FIELD(config, mqtt.port), .meaning = "TCP port of the broker"},
    {"prefix", SCHEMA_PREFIX, .preset_text = "kiosk", FIELD(config, mqtt.prefix),
     .meaning = "beginning of every topic; may have several levels, no wildcards"},
    {"version", SCHEMA_VERSION, .preset = 5, FIELD(config, mqtt.version),
     .meaning = "MQTT version: 5, or 3.1.1 (written 3, 4 or 311)"},
    {"username", SCHEMA_TEXT, .max = CONFIG_TEXT_SIZE - 1, .preset_text = "", FIELD(config, mqtt.username),
     .meaning = "\"\" = none"},
    {"password_file", SCHEMA_PATH, .preset_text = "", FIELD(config, mqtt.password_file),
     .meaning = "file with the password in its first line"},
    {"keepalive_s", SCHEMA_INT, .min = 1, .max = 65535, .preset = 30, .unit = "s",
     FIELD(config, mqtt.keepalive_s), .meaning = "greatest silence on the connection"},
    {"session_expiry_s", SCHEMA_WIDE, .min = 0, .max = 4294967295, .preset = WEEK_S, .unit = "s",
     FIELD(config, mqtt.session_expiry_s),
     .meaning = "how long the broker keeps messages for an absent kiosk (MQTT 5)"},
    {"tls", SCHEMA_GROUP, .preset_text = "no TLS",
     .meaning = "present: the connection is encrypted; see mqtt.tls"},
};

static const struct schema_key tls_keys[] = {
    {"ca", SCHEMA_PATH, .preset_text = "", FIELD(config, mqtt.tls_ca),
     .meaning = "certificates that may sign the broker's; \"\" = those of the system"},
    {"cert", SCHEMA_PATH, .preset_text = "", FIELD(config, mqtt.tls_cert),
     .meaning = "certificate of this kiosk; \"\" = none"},
    {"key", SCHEMA_PATH, .preset_text = "", FIELD(config, mqtt.tls_key), .meaning = "private key for cert"},
};

enum { EDDSA = 1 << CONFIG_ALG_EDDSA, HS256 = 1 << CONFIG_ALG_HS256 };
static const struct schema_key key_keys[] = {
    {"kid", SCHEMA_KID, .required = true, FIELD(config_key, kid),
     .meaning = "name of the key in a message's header"},
    {"alg", SCHEMA_CHOICE, .required = true, .choices = "EdDSA|HS256", FIELD(config_key, alg),
     .meaning = "the only algorithm for which this key is used"},
    {"public", SCHEMA_PUBLIC, .required = true, .only = EDDSA,
     .meaning = "Ed25519 public key, 32 bytes in base64url"},
    {"secret_file", SCHEMA_SECRET, .required = true, .only = HS256,
     .meaning = "file with the shared secret, 32..64 bytes, one line end at the end ignored; not readable "
                "for others"},
    {"use", SCHEMA_USES, .required = true, FIELD(config_key, use),
     .meaning = "what the key may sign: \"payment\", \"ack\", \"command\""},
};

enum { TCP = 1 << CONFIG_BUS_TCP, RTU = 1 << CONFIG_BUS_RTU };
static const struct schema_key bus_keys[] = {
    {"type", SCHEMA_CHOICE, .required = true, .choices = "tcp|rtu", FIELD(config_bus, type),
     .meaning = "Modbus TCP or Modbus RTU over a serial port"},
    {"host", SCHEMA_HOST, .required = true, .only = TCP, FIELD(config_bus, host),
     .meaning = "address of the board"},
    {"port", SCHEMA_INT, .only = TCP, .min = 1, .max = 65535, .preset = 502, FIELD(config_bus, port),
     .meaning = "TCP port of the board"},
    {"device", SCHEMA_PATH, .required = true, .only = RTU, FIELD(config_bus, device),
     .meaning = "serial port, best as /dev/serial/by-id/..."},
    {"baud", SCHEMA_INT, .only = RTU, .min = 300, .max = 921600, .preset = 9600, .unit = "bit/s",
     FIELD(config_bus, baud), .meaning = "speed of the serial port"},
    {"parity", SCHEMA_PARITY, .only = RTU, .preset = 'N', .choices = "N|E|O", FIELD(config_bus, parity),
     .meaning = "none, even or odd"},
    {"data_bits", SCHEMA_INT, .only = RTU, .min = 7, .max = 8, .preset = 8, FIELD(config_bus, data_bits),
     .meaning = "data bits of a character"},
    {"stop_bits", SCHEMA_INT, .only = RTU, .min = 1, .max = 2, .preset = 1, FIELD(config_bus, stop_bits),
     .meaning = "stop bits of a character"},
    {"rs485", SCHEMA_BOOL, .only = RTU, FIELD(config_bus, rs485),
     .meaning =
         "let the kernel switch the direction of the transceiver; not for adapters that do it themselves"},
    {"response_ms", SCHEMA_INT, .min = 1, .max = 10000, .preset = 300, .unit = "ms",
     FIELD(config_bus, response_ms), .meaning = "longest wait for an answer"},
    {"gap_ms", SCHEMA_INT, .min = 0, .max = 1000, .preset = 0, .unit = "ms", FIELD(config_bus, gap_ms),
     .meaning =
         "least quiet time between two requests; RTU never has less than the 3.5 characters of the protocol"},
};

enum { GPIO = 1 << CONFIG_DRIVER_GPIO, MODBUS = 1 << CONFIG_DRIVER_MODBUS };
static const struct schema_key line_keys[] = {
    {"driver", SCHEMA_CHOICE, .required = true, .choices = "gpio|modbus|sim", FIELD(config_line, driver),
     .meaning = "who drives it; \"sim\" is the simulated machine"},
    {"direction", SCHEMA_CHOICE, .required = true, .choices = "in|out", FIELD(config_line, output),
     .meaning = "input or output"},
    {"active_low", SCHEMA_BOOL, FIELD(config_line, active_low), .meaning = "on is the low level (or 0)"},
    {"chip", SCHEMA_TEXT, .only = GPIO, .max = CONFIG_ID_SIZE - 1, .preset_text = "",
     FIELD(config_line, chip),
     .meaning = "gpio chip: gpiochip0, a path, or the chip's label; with a line's name it may be left out"},
    {"line", SCHEMA_GPIO, .required = true, .only = GPIO, .min = 0, .max = 1023,
     .meaning = "number of the line on the chip, or its name"},
    {"bias", SCHEMA_CHOICE, .only = GPIO, .choices = "as-is|disabled|pull-up|pull-down",
     FIELD(config_line, bias), .meaning = "pull resistor inside the chip"},
    {"debounce_ms", SCHEMA_INT, .only = GPIO, .min = 0, .max = 1000, .preset = 5, .unit = "ms",
     FIELD(config_line, debounce_ms), .meaning = "an input's level counts when it has stood this long"},
    {"bus", SCHEMA_BUS, .required = true, .only = MODBUS, FIELD(config_line, bus),
     .meaning = "name in buses"},
    {"unit", SCHEMA_INT, .only = MODBUS, .min = 1, .max = 255, .preset = 1, FIELD(config_line, unit),
     .meaning = "address of the board on the bus: 1..247, on tcp also 255"},
    {"coil", SCHEMA_INT, .only = MODBUS, .min = 0, .max = 65535, .preset = -1, .preset_text = "",
     FIELD(config_line, address), .meaning = "address of a coil, counted from 0 (output or input)"},
    {"discrete", SCHEMA_INT, .only = MODBUS, .min = 0, .max = 65535, .preset = -1, .preset_text = "",
     FIELD(config_line, address), .meaning = "address of a discrete input, counted from 0"},
    {"register", SCHEMA_INT, .only = MODBUS, .min = 0, .max = 65535, .preset = -1, .preset_text = "",
     FIELD(config_line, address), .meaning = "address of a holding register, counted from 0; with bit"},
    {"bit", SCHEMA_INT, .only = MODBUS, .min = 0, .max = 15, .preset = -1, .preset_text = "",
     FIELD(config_line, bit), .meaning = "bit of the holding register, 0 is the lowest"},
    {"pulse", SCHEMA_CHOICE, .only = MODBUS, .choices = "timed|flash", FIELD(config_line, flash),
     .meaning =
         "who ends a pulse of this coil: the kiosk, or the board itself (coil 0x0200 + n, steps of 100 ms)"},
    {"poll_ms", SCHEMA_INT, .only = MODBUS, .min = 1, .max = 10000, .preset = 20, .unit = "ms",
     FIELD(config_line, poll_ms), .meaning = "how often an input is read while it matters"},
};

static const struct schema_key machine_keys[] = {
    {"door", SCHEMA_LINE_IN, FIELD(config, machine.door), .meaning = "input: 1 = shut"},
    {"fire", SCHEMA_LINE_IN, FIELD(config, machine.fire),
     .meaning = "input: 1 = no alarm, so that a broken wire reads as alarm"},
    {"parallel", SCHEMA_INT, .min = 1, .max = 16, .preset = 1, FIELD(config, machine.parallel),
     .meaning = "how many devices may move at once"},
    {"telemetry_s", SCHEMA_INT, .min = 1, .max = DAY_S, .preset = 60, .unit = "s",
     FIELD(config, machine.telemetry_s), .meaning = "how often telemetry is sent"},
    {"offline_s", SCHEMA_INT, .min = 1, .max = DAY_S, .preset = 60, .unit = "s",
     FIELD(config, machine.offline_s), .meaning = "broker silence after which QR codes are hidden"},
};

#define KIND(kind)  (1U << CONFIG_KIND_##kind)
#define ROLE(role)  FIELD(config_device, line[CONFIG_ROLE_##role])
#define PARAM(what) FIELD(config_device, param[CONFIG_PARAM_##what])
static const struct schema_key device_keys[] = {
    {"name", SCHEMA_ID, .required = true, FIELD(config_device, name),
     .meaning = "name for products and reports"},
    {"kind", SCHEMA_CHOICE, .required = true,
     .choices = "spiral|relay|pulses|lock|barrier|turnstile|validator", FIELD(config_device, kind),
     .meaning = "what it is; decides about all other keys"},

    {"motor", SCHEMA_LINE_OUT, .required = true, .only = KIND(SPIRAL), ROLE(MOTOR),
     .meaning = "motor of the spiral"},
    {"home", SCHEMA_LINE_IN, .required = true, .only = KIND(SPIRAL), ROLE(HOME),
     .meaning = "home cam: 1 at rest"},
    {"drop", SCHEMA_LINE_IN, .only = KIND(SPIRAL), ROLE(DROP),
     .meaning = "drop beam: 1 while broken; may be shared"},
    {"max_ms", SCHEMA_INT, .required = true, .only = KIND(SPIRAL), .min = 100, .max = LONGEST_MS,
     .unit = "ms", PARAM(MAX_MS), .meaning = "longest run of the motor"},
    {"jogs", SCHEMA_INT, .only = KIND(SPIRAL), .min = 0, .max = 10, .preset = 0, PARAM(JOGS),
     .meaning = "whole extra turns when a proven beam saw nothing fall"},

    {"output", SCHEMA_LINE_OUT, .required = true, .only = KIND(RELAY) | KIND(PULSES) | KIND(LOCK),
     ROLE(OUTPUT), .meaning = "the line that is pulsed"},
    {"pulse_ms", SCHEMA_INT, .required = true, .only = KIND(RELAY) | KIND(LOCK), .min = 10, .max = LONGEST_MS,
     .unit = "ms", PARAM(PULSE_MS), .meaning = "length of the pulse"},
    {"feedback", SCHEMA_LINE_IN, .only = KIND(RELAY), ROLE(FEEDBACK),
     .meaning = "input that proves the delivery"},
    {"feedback_ms", SCHEMA_INT, .only = KIND(RELAY), .min = 10, .max = LONGEST_MS, .preset = 2000,
     .unit = "ms", PARAM(FEEDBACK_MS), .meaning = "feedback counts this long after the output went on"},

    {"count", SCHEMA_INT, .required = true, .only = KIND(PULSES), .min = 1, .max = 1000, PARAM(COUNT_N),
     .meaning = "number of pulses"},
    {"on_ms", SCHEMA_INT, .required = true, .only = KIND(PULSES), .min = 1, .max = 10000, .unit = "ms",
     PARAM(ON_MS), .meaning = "length of each pulse"},
    {"off_ms", SCHEMA_INT, .required = true, .only = KIND(PULSES), .min = 1, .max = 10000, .unit = "ms",
     PARAM(OFF_MS), .meaning = "pause between two pulses"},

    {"door", SCHEMA_LINE_IN, .only = KIND(LOCK), ROLE(DOOR), .meaning = "door contact: 1 = shut"},
    {"open_wait_s", SCHEMA_INT, .only = KIND(LOCK), .min = 1, .max = 600, .preset = 20, .unit = "s",
     PARAM(OPEN_WAIT_S), .meaning = "how long after the release the door may be opened"},
    {"shut_wait_s", SCHEMA_INT, .only = KIND(LOCK), .min = 1, .max = 3600, .preset = 120, .unit = "s",
     PARAM(SHUT_WAIT_S),
     .meaning = "a door that the customer opened is reported if it stands open for longer"},

    {"open", SCHEMA_LINE_OUT, .required = true, .only = KIND(BARRIER), ROLE(OPEN),
     .meaning = "open command of the barrier's own controller"},
    {"pulse_ms", SCHEMA_INT, .required = true, .only = KIND(BARRIER), .min = 10, .max = 10000, .unit = "ms",
     PARAM(PULSE_MS), .meaning = "length of the open command"},
    {"hold", SCHEMA_LINE_OUT, .only = KIND(BARRIER), ROLE(HOLD), .meaning = "keeps the arm up while on"},
    {"sign", SCHEMA_LINE_OUT, .only = KIND(BARRIER), ROLE(SIGN), .meaning = "go sign for the driver"},
    {"presence", SCHEMA_LINE_IN, .only = KIND(BARRIER), ROLE(PRESENCE), .meaning = "vehicle before the arm"},
    {"passage", SCHEMA_LINE_IN, .only = KIND(BARRIER), ROLE(PASSAGE),
     .meaning = "vehicle under or behind the arm"},
    {"up", SCHEMA_LINE_IN, .only = KIND(BARRIER), ROLE(UP), .meaning = "up limit: 1 = arm is up"},
    {"down", SCHEMA_LINE_IN, .only = KIND(BARRIER), ROLE(DOWN), .meaning = "down limit: 1 = arm is down"},
    {"fault", SCHEMA_LINE_IN, .only = KIND(BARRIER), ROLE(FAULT), .meaning = "fault contact: 1 = fault"},
    {"fire", SCHEMA_LINE_IN, .only = KIND(BARRIER) | KIND(TURNSTILE), ROLE(FIRE),
     .meaning = "fire contact: 1 = no alarm"},
    {"up_ms", SCHEMA_INT, .only = KIND(BARRIER), .min = 100, .max = LONGEST_MS, .preset = 8000, .unit = "ms",
     PARAM(UP_MS), .meaning = "longest time until the arm is up"},
    {"vehicle_wait_s", SCHEMA_INT, .only = KIND(BARRIER), .min = 1, .max = 3600, .preset = 60, .unit = "s",
     PARAM(VEHICLE_WAIT_S), .meaning = "how long a payment waits for a vehicle"},
    {"passage_s", SCHEMA_INT, .only = KIND(BARRIER), .min = 1, .max = 3600, .preset = 60, .unit = "s",
     PARAM(PASSAGE_S), .meaning = "how long the vehicle has to pass"},
    {"down_s", SCHEMA_INT, .only = KIND(BARRIER), .min = 1, .max = 3600, .preset = 30, .unit = "s",
     PARAM(DOWN_S), .meaning = "the arm must be down this long after the passage"},
    {"not_down", SCHEMA_CHOICE, .only = KIND(BARRIER), .choices = "alarm|pause", PARAM(NOT_DOWN),
     .meaning = "arm not down in time: tell it only, or also sell nothing"},
    {"empty_lane", SCHEMA_CHOICE, .only = KIND(BARRIER), .choices = "wait|open", PARAM(EMPTY_LANE),
     .meaning = "paid and no vehicle there: wait for it, or open all the same"},
    {"on_fire", SCHEMA_CHOICE, .only = KIND(BARRIER), .choices = "stop|hold", PARAM(ON_FIRE),
     .meaning = "fire alarm: sell nothing, or also hold the arm up"},

    {"unlock", SCHEMA_LINE_OUT, .required = true, .only = KIND(TURNSTILE), ROLE(UNLOCK),
     .meaning = "release"},
    {"mode", SCHEMA_CHOICE, .required = true, .only = KIND(TURNSTILE), .choices = "pulse|level", PARAM(MODE),
     .meaning = "a pulse gives one passage, or the line is on as long as it is free"},
    {"pulse_ms", SCHEMA_INT, .only = KIND(TURNSTILE), .min = 10, .max = 10000, .preset = 0,
     .preset_text = "required with mode \"pulse\"", .unit = "ms", PARAM(PULSE_MS),
     .meaning = "length of the pulse"},
    {"pass", SCHEMA_LINE_IN, .only = KIND(TURNSTILE), ROLE(PASS),
     .meaning = "closes when somebody goes through"},
    {"ready", SCHEMA_LINE_IN, .only = KIND(TURNSTILE), ROLE(READY), .meaning = "1 = the turnstile can work"},
    {"relock_s", SCHEMA_INT, .only = KIND(TURNSTILE), .min = 1, .max = 300, .preset = 8, .unit = "s",
     PARAM(RELOCK_S), .meaning = "time to go through"},
    {"rights", SCHEMA_INT, .only = KIND(TURNSTILE), .min = 1, .max = 32, .preset = 4, PARAM(RIGHTS),
     .meaning = "paid passages that may wait at once"},
    {"wrong_way", SCHEMA_LINE_IN, .only = KIND(TURNSTILE), ROLE(WRONG_WAY),
     .meaning = "closes when somebody goes through the other way"},
    {"direction", SCHEMA_CHOICE, .only = KIND(BARRIER) | KIND(TURNSTILE), .choices = "in|out",
     PARAM(DIRECTION), .meaning = "the way that is sold, for the screen"},
    {"no_passage", SCHEMA_CHOICE, .only = KIND(TURNSTILE), .choices = "refund|keep", PARAM(NO_PASSAGE),
     .meaning = "nobody went through in time: what happens to the money"},

    {"light", SCHEMA_LINE_OUT, .only = KIND(VALIDATOR), ROLE(LIGHT),
     .meaning = "on while a payment is shown"},
    {"buzzer", SCHEMA_LINE_OUT, .only = KIND(VALIDATOR), ROLE(BUZZER),
     .meaning = "sounds once for each payment"},
    {"show_ms", SCHEMA_INT, .only = KIND(VALIDATOR), .min = 100, .max = LONGEST_MS, .preset = 3000,
     .unit = "ms", PARAM(SHOW_MS), .meaning = "how long a payment is shown"},
    {"buzz_ms", SCHEMA_INT, .only = KIND(VALIDATOR), .min = 20, .max = 5000, .preset = 150, .unit = "ms",
     PARAM(BUZZ_MS), .meaning = "length of the sound for one payment"},
};

static const struct schema_key product_keys[] = {
    {"id", SCHEMA_ID, .required = true, FIELD(config_product, id), .meaning = "name in payments and reports"},
    {"title", SCHEMA_TITLE, .required = true,
     .meaning = "text, or a group of texts by language: { be = \"...\"; en = \"...\"; }"},
    {"price", SCHEMA_WIDE, .required = true, .min = 1, .max = 1000000000, .unit = "minor units",
     FIELD(config_product, price), .meaning = "250 = 2.50"},
    {"device", SCHEMA_DEVICE, .required = true, FIELD(config_product, device), .meaning = "name in devices"},
    {"stock", SCHEMA_INT, .min = 0, .max = 100000, .preset = -1, .preset_text = "not counted, never sold out",
     FIELD(config_product, stock), .meaning = "pieces at the very first start; afterwards the store counts"},
    {"capacity", SCHEMA_INT, .min = 1, .max = 100000, .preset = -1, .preset_text = "as stock",
     FIELD(config_product, capacity), .meaning = "pieces after a refill"},
    {"account", SCHEMA_TEXT, .preset_text = "", FIELD(config_product, account),
     .meaning = "account by which payments may name the product"},
    {"max_age_s", SCHEMA_INT, .min = 1, .max = WEEK_S, .preset = 120, .unit = "s",
     FIELD(config_product, max_age_s), .meaning = "a payment older than this moves nothing and is refunded"},
    {"image", SCHEMA_PATH, .preset_text = "", FIELD(config_product, image),
     .meaning = "picture for the screen"},
    {"qr", SCHEMA_QR, .required = true, .max = CONFIG_QR_SIZE - 1, FIELD(config_product, qr),
     .meaning = "text of the payment code, shown unchanged"},
};

/* Rows from the maker's own list; the product's account is the default of account and reference. */
#define QR_ROW(profile, constant, key_name, tag, must, value_default, words)                                 \
    {key_name,                                                                                               \
     SCHEMA_TEXT,                                                                                            \
     .required = (must),                                                                                     \
     .max = 99,                                                                                              \
     .preset_text = (value_default),                                                                         \
     FIELD(qr_fields, value[QR_MAKE_##profile##_##constant]),                                                \
     .meaning = (words)},
#define QR_MORE                                                                                              \
    {"fields", SCHEMA_QR_FIELDS, .max = 99, .preset_text = "",                                               \
     .meaning = "any other field by its tag: [ \"26-01=K7\", \"61=220030\" ]"}
static const struct schema_key qr_emv_keys[] = {QR_KEYS_EMV(QR_ROW) QR_MORE};
static const struct schema_key qr_erip_keys[] = {
    QR_KEYS_ERIP(QR_ROW){"editable", SCHEMA_BOOL, FIELD(qr_fields, editable),
                         .meaning = "may the payer change the amount"},
    QR_MORE};
static const struct schema_key qr_sbp_keys[] = {QR_KEYS_SBP(QR_ROW)};
static const struct schema_key qr_nbu_keys[] = {QR_KEYS_NBU(QR_ROW)};

static const struct schema_key sim_keys[] = {
    {"script", SCHEMA_PATH, .preset_text = "", FIELD(config, sim.script),
     .meaning = "faults to play; \"\" = none"},
    {"trace", SCHEMA_PATH, .preset_text = "", FIELD(config, sim.trace),
     .meaning = "file that gets what moved"},
    {"speed_percent", SCHEMA_INT, .min = 1, .max = 10000, .preset = 100, .unit = "%",
     FIELD(config, sim.speed_percent), .meaning = "speed of the simulated machine; 100 = real time"},
};

const struct schema_group schema_groups[] = {
    {"kiosk", SCHEMA_ONE, true, NULL, KEYS(kiosk_keys), .meaning = "who this kiosk is"},
    {"clock", SCHEMA_ONE, false, NULL, KEYS(clock_keys), .meaning = "the wall clock"},
    {"mqtt", SCHEMA_ONE, true, NULL, KEYS(mqtt_keys), .meaning = "the broker"},
    {"mqtt.tls", SCHEMA_ONE, false, NULL, KEYS(tls_keys),
     .meaning = "encryption of the connection to the broker"},
    {"keys", SCHEMA_LIST, true, "alg", KEYS(key_keys), EACH(keys, key_count, CONFIG_MAX_KEYS),
     .meaning = "whose messages are believed, and what they may say"},
    {"buses", SCHEMA_NAMED, false, "type", KEYS(bus_keys), EACH(buses, bus_count, CONFIG_MAX_BUSES),
     .meaning = "Modbus connections, by name"},
    {"lines", SCHEMA_NAMED, false, "driver", KEYS(line_keys), EACH(lines, line_count, CONFIG_MAX_LINES),
     .meaning = "inputs and outputs, by name"},
    {"machine", SCHEMA_ONE, false, NULL, KEYS(machine_keys), .meaning = "what concerns the whole machine"},
    {"devices", SCHEMA_LIST, true, "kind", KEYS(device_keys), EACH(devices, device_count, CONFIG_MAX_DEVICES),
     .meaning = "what moves, and what watches it"},
    {"products", SCHEMA_LIST, true, NULL, KEYS(product_keys),
     EACH(products, product_count, CONFIG_MAX_PRODUCTS), .meaning = "what is sold"},
    {"products.qr.emv", SCHEMA_INNER, false, NULL, KEYS(qr_emv_keys),
     .meaning =
         "a code in EMVCo's format, built for the product's price; reference is its account unless given"},
    {"products.qr.erip", SCHEMA_INNER, false, NULL, KEYS(qr_erip_keys),
     .meaning = "a code of ERIP, built for the product's price; account is its account unless given"},
    {"products.qr.sbp", SCHEMA_INNER, false, NULL, KEYS(qr_sbp_keys),
     .meaning = "a code of SBP, built for the product's price"},
    {"products.qr.nbu", SCHEMA_INNER, false, NULL, KEYS(qr_nbu_keys),
     .meaning = "a transfer code of NBU, built for the product's price"},
    {"screen", SCHEMA_ONE, false, NULL, KEYS(schema_screen_keys),
     .meaning = "how kiosk-display treats its panel and its languages"},
    {"screen.theme", SCHEMA_ONE, false, NULL, KEYS(schema_theme_keys),
     .meaning = "how the screen looks; a code is black on white in every theme"},
    {"screen.brightness", SCHEMA_LIST, false, NULL, KEYS(schema_brightness_keys),
     EACH(screen.brightness, screen.brightness_count, CONFIG_MAX_BRIGHTNESS),
     .meaning = "brightness by the local time of the day; each holds until the next one's time"},
    {"sim", SCHEMA_ONE, false, NULL, KEYS(sim_keys),
     .meaning = "the simulated machine (driver \"sim\", --sim)"},
};
const size_t schema_group_count = sizeof(schema_groups) / sizeof(schema_groups[0]);
