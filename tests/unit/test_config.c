#include "common/text.h"
#include "tests/unit/config/cases.h"

static struct cases_said said;

static void load_base(void)
{
    assert_int_equal(cases_load("tests/unit/config/base.cfg", 0, &said), 0);
    assert_string_equal(said.text, "");
}

static void groups_are_read(void **state)
{
    (void)state;
    load_base();
    const struct config *config = &cases_config;
    assert_string_equal(config->kiosk.id, "minsk-042");
    assert_string_equal(config->kiosk.currency, "BYN");
    assert_int_equal(config->kiosk.language_count, 2);
    assert_string_equal(config->kiosk.languages[1], "en");
    assert_int_equal(config->clock_trust, CONFIG_CLOCK_RTC);
    assert_string_equal(config->mqtt.host, "broker.example");
    assert_int_equal(config->mqtt.port, 1884);
    assert_string_equal(config->mqtt.prefix, "city/kiosk");
    assert_int_equal(config->mqtt.session_expiry_s, 4294967295);
    assert_int_equal(config->machine.door, config_find_line(config, "door"));
    assert_int_equal(config->machine.fire, config_find_line(config, "fire"));
    assert_int_equal(config->machine.parallel, 2);
    assert_int_equal(config->machine.offline_s, 45);
    assert_int_equal(config->sim.speed_percent, 1000);
    assert_int_equal(config->key_count, 2);
    assert_int_equal(config->keys[0].use, CONFIG_USE_PAYMENT | CONFIG_USE_ACK);
    assert_int_equal(config->keys[1].use, CONFIG_USE_COMMAND);
    assert_int_equal(config->keys[0].secret_size, 32);
    assert_int_equal(config->keys[0].secret[0], 0xd7); /* RFC 8037, appendix A.2 */
    assert_int_equal(config->keys[0].secret[31], 0x1a);
}

static void buses_and_lines_are_read(void **state)
{
    (void)state;
    load_base();
    const struct config *config = &cases_config;
    const struct config_bus *field = &config->buses[1];
    assert_string_equal(config->buses[0].host, "192.168.10.20");
    assert_int_equal(config->buses[0].response_ms, 250);
    assert_int_equal(field->type, CONFIG_BUS_RTU);
    assert_string_equal(field->device, "/dev/ttyS1");
    assert_int_equal(field->parity, 'E');
    assert_int_equal(field->stop_bits, 2);
    assert_true(field->rs485);
    assert_int_equal(field->response_ms, 300);
    const struct config_line *home = &config->lines[config_find_line(config, "home")];
    assert_false(home->output);
    assert_true(home->active_low);
    assert_int_equal(home->bias, CONFIG_BIAS_PULL_UP);
    assert_int_equal(home->debounce_ms, 7);
    assert_int_equal(home->gpio_line, 27);
    assert_int_equal(home->bus, -1);
    const struct config_line *drop = &config->lines[config_find_line(config, "drop")];
    assert_int_equal(drop->gpio_line, -1);
    assert_string_equal(drop->gpio_name, "GPIO22");
    assert_int_equal(drop->debounce_ms, 5);
    const struct config_line *lock = &config->lines[config_find_line(config, "lock")];
    assert_true(lock->output && lock->flash);
    assert_int_equal(lock->modbus, CONFIG_MODBUS_COIL);
    assert_int_equal(lock->address, 3);
    assert_int_equal(lock->unit, 2);
    assert_int_equal(lock->bus, 0);
    const struct config_line *seen = &config->lines[config_find_line(config, "seen")];
    assert_int_equal(seen->modbus, CONFIG_MODBUS_DISCRETE);
    assert_int_equal(seen->poll_ms, 30);
    const struct config_line *latch = &config->lines[config_find_line(config, "latch")];
    assert_int_equal(latch->modbus, CONFIG_MODBUS_REGISTER_BIT);
    assert_int_equal(latch->address, 40);
    assert_int_equal(latch->bit, 15);
}

static void devices_know_their_lines_and_lines_their_device(void **state)
{
    (void)state;
    load_base();
    const struct config *config = &cases_config;
    const struct config_device *spiral = &config->devices[config_find_device(config, "a1")];
    const struct config_line *motor = &config->lines[spiral->line[CONFIG_ROLE_MOTOR]];
    assert_int_equal(spiral->kind, CONFIG_KIND_SPIRAL);
    assert_string_equal(motor->name, "motor");
    assert_int_equal(motor->device, config_find_device(config, "a1"));
    assert_int_equal(motor->limit_ms, config_limit_ms(spiral, CONFIG_ROLE_MOTOR));
    assert_int_equal(spiral->param[CONFIG_PARAM_JOGS], 1);
    assert_int_equal(spiral->line[CONFIG_ROLE_OUTPUT], -1);
    const struct config_device *barrier = &config->devices[config_find_device(config, "e1")];
    assert_int_equal(barrier->line[CONFIG_ROLE_PASSAGE], -1);
    assert_int_equal(config->lines[barrier->line[CONFIG_ROLE_OPEN]].limit_ms, 500);
    assert_int_equal(config->lines[barrier->line[CONFIG_ROLE_HOLD]].limit_ms, 0);
    const struct config_device *turnstile = &config->devices[config_find_device(config, "f1")];
    assert_int_equal(turnstile->param[CONFIG_PARAM_MODE], 1);
    assert_int_equal(config->lines[config->machine.door].device, -1);
}

static void products_are_read(void **state)
{
    (void)state;
    load_base();
    const struct config *config = &cases_config;
    const struct config_product *cola = &config->products[config_find_product(config, "cola")];
    const struct config_product *nuts = &config->products[config_find_product(config, "nuts")];
    const struct config_product *tea = &config->products[config_find_product(config, "tea")];
    assert_string_equal(cola->title[0], "Кола");
    assert_string_equal(cola->title[1], "Cola");
    assert_int_equal(cola->price, 250);
    assert_int_equal(cola->device, config_find_device(config, "a1"));
    assert_int_equal(cola->capacity, 9);
    assert_int_equal(cola->max_age_s, 60);
    assert_string_equal(nuts->title[1], "Nuts");
    assert_int_equal(nuts->capacity, 4);
    assert_int_equal(tea->stock, -1);
    assert_int_equal(tea->capacity, -1);
    assert_int_equal(config_find_product(config, "none"), -1);
}

static void relative_paths_begin_in_the_folder_of_the_file(void **state)
{
    (void)state;
    char expected[PATH_MAX + 64], here[PATH_MAX];
    load_base();
    assert_non_null(getcwd(here, sizeof(here)));
    (void)snprintf(expected, sizeof(expected), "%s/tests/unit/config/state", here);
    assert_string_equal(cases_config.kiosk.state_dir, expected);
    (void)snprintf(expected, sizeof(expected), "%s/tests/unit/config/moved.txt", here);
    assert_string_equal(cases_config.sim.trace, expected);
    (void)snprintf(expected, sizeof(expected), "%s/tests/unit/config/base.cfg", here);
    assert_string_equal(cases_config.file, expected);
    assert_string_equal(cases_config.kiosk.run_dir, "/run/kioskd");
}

static void what_the_file_leaves_out_has_the_contracts_defaults(void **state)
{
    (void)state;
    assert_int_equal(cases_load("tests/unit/config/least.cfg", 0, &said), 0);
    assert_string_equal(
        said.text,
        "least.cfg:11: warning: devices[0]: has neither passage nor up: no delivery can ever be proven "
        "(verified); give at least one\n"
        "least.cfg:12: warning: devices[1]: has no pass: no passage can ever be proven (verified)\n");
    const struct config *config = &cases_config;
    assert_int_equal(config->mqtt.port, 1883);
    assert_false(config->mqtt.tls);
    assert_int_equal(config->mqtt.version, 5);
    assert_int_equal(config->mqtt.keepalive_s, 30);
    assert_int_equal(config->mqtt.session_expiry_s, 604800);
    assert_string_equal(config->mqtt.prefix, "kiosk");
    assert_string_equal(config->kiosk.languages[0], "en");
    assert_string_equal(config->kiosk.state_dir, "/var/lib/kioskd");
    assert_int_equal(config->clock_trust, CONFIG_CLOCK_NTP);
    assert_int_equal(config->machine.door, -1);
    assert_int_equal(config->machine.parallel, 1);
    assert_int_equal(config->machine.telemetry_s, 60);
    assert_int_equal(config->machine.offline_s, 60);
    assert_int_equal(config->sim.speed_percent, 100);
    assert_int_equal(config->buses[0].port, 502);
    assert_int_equal(config->buses[0].response_ms, 300);
    assert_int_equal(config->products[0].max_age_s, 120);
    assert_int_equal(config->devices[0].param[CONFIG_PARAM_UP_MS], 8000);
    assert_int_equal(config->devices[0].param[CONFIG_PARAM_VEHICLE_WAIT_S], 60);
    assert_int_equal(config->devices[0].param[CONFIG_PARAM_PASSAGE_S], 60);
    assert_int_equal(config->devices[1].param[CONFIG_PARAM_RELOCK_S], 8);
    assert_int_equal(config->devices[1].param[CONFIG_PARAM_RIGHTS], 4);
    assert_int_equal(config->devices[2].param[CONFIG_PARAM_SHOW_MS], 3000);
    assert_int_equal(config->devices[3].param[CONFIG_PARAM_JOGS], 0);
}

static void the_contracts_example_loads(void **state)
{
    (void)state;
    assert_int_equal(cases_load("tests/unit/config/contract.cfg", CONFIG_LOAD_NO_SECRETS, &said), 0);
    assert_true(cases_config.mqtt.tls);
    assert_int_equal(cases_config.mqtt.port, 8883);
    assert_int_equal(cases_config.product_count, 1);
    assert_int_equal(cases_load("tests/unit/config/contract.cfg", 0, &said), 3);
    assert_non_null(strstr(said.text, "mqtt.tls.ca: "));
    assert_non_null(strstr(said.text, "mqtt.tls.cert: "));
    assert_non_null(strstr(said.text, "mqtt.tls.key: "));
}

static void the_examples_need_nothing_but_their_keys(void **state)
{
    static const struct {
        const char *path;
        int products, devices;
    } examples[] = {
        {"config/examples/vending.cfg", 4, 4},   {"config/examples/vending-modbus.cfg", 5, 5},
        {"config/examples/parking.cfg", 2, 2},   {"config/examples/parking-modbus.cfg", 2, 2},
        {"config/examples/turnstile.cfg", 2, 1}, {"config/examples/turnstile-modbus.cfg", 2, 2},
        {"config/examples/transport.cfg", 1, 1}, {"config/examples/lockers-barrier.cfg", 7, 7},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
        int lines = 0;
        assert_int_equal(cases_load(examples[i].path, 0, &said), 0);
        assert_int_equal(cases_config.product_count, examples[i].products);
        assert_int_equal(cases_config.device_count, examples[i].devices);
        for (const char *at = strchr(said.text, '\n'); at != NULL; at = strchr(at + 1, '\n'))
            lines++;
        assert_int_equal(lines, 2);
        assert_non_null(strstr(said.text, "keys[0].public: is a placeholder"));
        assert_non_null(strstr(said.text, "keys[1].public: is a placeholder"));
    }
}

static void a_shared_secret_is_read_without_its_line_end(void **state)
{
    (void)state;
    cases_edit("alg = \"EdDSA\"; public = \"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"",
               "alg = \"HS256\"; secret_file = \"good.secret\"");
    assert_int_equal(cases_load(cases_path("base.cfg"), 0, &said), 0);
    assert_int_equal(cases_config.keys[1].alg, CONFIG_ALG_HS256);
    assert_int_equal(cases_config.keys[1].secret_size, 32);
    assert_int_equal(cases_config.keys[1].secret[31], 'x');
}

static void without_secrets_no_key_file_is_opened(void **state)
{
    (void)state;
    cases_edit("alg = \"EdDSA\"; public = \"PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\"",
               "alg = \"HS256\"; secret_file = \"none.secret\"");
    assert_int_equal(cases_load(cases_path("base.cfg"), CONFIG_LOAD_NO_SECRETS, &said), 0);
    assert_int_equal(cases_config.keys[1].secret_size, 0);
}

static void a_faulty_file_leaves_the_old_config_alone(void **state)
{
    (void)state;
    load_base();
    cases_edit("id = \"minsk-042\"", "id = \"minsk-099\"; colour = 3");
    assert_int_equal(cases_load(cases_path("base.cfg"), 0, &said), 1);
    assert_string_equal(cases_config.kiosk.id, "minsk-042");
}

static void good_lines_of_a_faulty_file_can_be_made_safe(void **state)
{
    (void)state;
    cases_edit("unit = 2; coil = 3", "unit = 2; coil = 70000");
    assert_int_equal(cases_load(cases_path("base.cfg"), CONFIG_LOAD_LINES, &said), 1);
    const struct config *config = &cases_config;
    assert_int_equal(config->line_count, 18);
    assert_false(config->lines[config_find_line(config, "lock")].output);
    const struct config_line *motor = &config->lines[config_find_line(config, "motor")];
    assert_true(motor->output);
    assert_int_equal(motor->gpio_line, 17);
    cases_edit("id = \"minsk-042\"", "colour = 3");
    assert_int_equal(cases_load(cases_path("base.cfg"), CONFIG_LOAD_LINES, &said), 2);
    assert_true(config->lines[config_find_line(config, "lock")].output);
}

static void folder_of_the_sockets_is_known_in_spite_of_faults(void **state)
{
    (void)state;
    memset(&cases_config, 0, sizeof(cases_config));
    cases_edit("id = \"minsk-042\"", "colour = 3");
    assert_int_equal(cases_load(cases_path("base.cfg"), CONFIG_LOAD_RUN_DIR, &said), 2);
    assert_string_equal(cases_config.kiosk.run_dir, "/run/kioskd");
    assert_int_equal(cases_config.line_count, 0);
    cases_edit("\"/run/kioskd\"", "5");
    assert_int_equal(cases_load(cases_path("base.cfg"), CONFIG_LOAD_RUN_DIR, &said), 1);
    assert_string_equal(cases_config.kiosk.run_dir, "");
    cases_edit("clock =", "clock = =");
    assert_int_equal(cases_load(cases_path("base.cfg"), CONFIG_LOAD_RUN_DIR, &said), 1);
    assert_string_equal(cases_config.kiosk.run_dir, "");
}

static void every_name_is_known(void **state)
{
    (void)state;
    assert_string_equal(config_kind_name(CONFIG_KIND_TURNSTILE), "turnstile");
    assert_string_equal(config_param_name(CONFIG_PARAM_COUNT_N), "count");
    for (int i = 0; i < CONFIG_KIND_COUNT; i++)
        assert_true(config_kind_name((enum config_kind)i)[0] != '\0');
    for (int i = 0; i < CONFIG_ROLE_COUNT; i++)
        assert_true(config_role_name((enum config_role)i)[0] != '\0');
    for (int i = 0; i < CONFIG_PARAM_COUNT; i++)
        assert_true(config_param_name((enum config_param)i)[0] != '\0');
    assert_string_equal(config_role_name(CONFIG_ROLE_COUNT), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_read),
        cmocka_unit_test(buses_and_lines_are_read),
        cmocka_unit_test(devices_know_their_lines_and_lines_their_device),
        cmocka_unit_test(products_are_read),
        cmocka_unit_test(relative_paths_begin_in_the_folder_of_the_file),
        cmocka_unit_test(what_the_file_leaves_out_has_the_contracts_defaults),
        cmocka_unit_test(the_contracts_example_loads),
        cmocka_unit_test(the_examples_need_nothing_but_their_keys),
        cmocka_unit_test(a_shared_secret_is_read_without_its_line_end),
        cmocka_unit_test(without_secrets_no_key_file_is_opened),
        cmocka_unit_test(a_faulty_file_leaves_the_old_config_alone),
        cmocka_unit_test(good_lines_of_a_faulty_file_can_be_made_safe),
        cmocka_unit_test(folder_of_the_sockets_is_known_in_spite_of_faults),
        cmocka_unit_test(every_name_is_known),
    };
    return cmocka_run_group_tests(tests, cases_setup, cases_teardown);
}
