/* What counts as a host: names, IPv4, IPv6; and what can never be reached. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "config/host.h"

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void hosts_are_taken_as_they_are(void **state)
{
    static const char *const good[] = {"localhost",
                                       "broker.example",
                                       "my_board",
                                       "b",
                                       "a-1.b2.c",
                                       "broker.example.",
                                       (L63 ".example"),
                                       "192.168.10.20",
                                       "0.0.0.0",
                                       "255.255.255.255",
                                       "1a",
                                       "10.example",
                                       "::1",
                                       "fe80::1%eth0",
                                       "2001:db8::192.0.2.1",
                                       "0xg"};
    char host[CONFIG_HOST_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        memset(host, 'x', sizeof(host));
        assert_null(host_take(good[i], host));
        assert_string_equal(host, good[i]);
    }
}

static void brackets_of_an_address_are_left_out(void **state)
{
    char host[CONFIG_HOST_SIZE];
    (void)state;
    assert_null(host_take("[2001:db8::7]", host));
    assert_string_equal(host, "2001:db8::7");
}

static void what_can_be_no_host_is_told(void **state)
{
    static const struct {
        const char *text, *word;
    } bad[] = {{"", "host name"},
               {"192.168.10.200.5", "four numbers"},
               {"192.168.10", "four numbers"},
               {"192.168.10.256", "four numbers"},
               {"192.168.010.20", "four numbers"},
               {"1", "four numbers"},
               {"0x7f", "four numbers"},
               {"10.0.0.0X7F", "four numbers"},
               {"a.b.1", "four numbers"},
               {"a..b", "empty"},
               {".a", "empty"},
               {".", "empty"},
               {"-a.b", "ends with -"},
               {"a-.b", "ends with -"},
               {(L63 "a"), "63"},
               {"a b", "host name"},
               {"a/b", "host name"},
               {"[a]", "host name"},
               {"a%b", "host name"},
               {"mqtt://broker", "without tcp://"},
               {"broker:1883", "port has a key"},
               {"10.0.0.1:502", "port has a key"},
               {"[::1]:502", "port has a key"},
               {":", "port has a key"},
               {"[", "host name"},
               {"[:", "port has a key"},
               {"[]:", "port has a key"},
               {"1::2::3", "no IPv6"},
               {"fe80::1%", "no IPv6"},
               {"fe80::1%a b", "no IPv6"}};
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char host[CONFIG_HOST_SIZE] = "as it was";
        const char *problem = host_take(bad[i].text, host);
        assert_non_null(problem);
        assert_non_null(strstr(problem, bad[i].word));
        assert_string_equal(host, "as it was");
    }
}

static void longest_host_fits(void **state)
{
    char text[CONFIG_HOST_SIZE + 1], host[CONFIG_HOST_SIZE];
    (void)state;
    for (size_t i = 0; i < sizeof(text) - 1; i++)
        text[i] = i % 50 == 49 ? '.' : 'a';
    text[CONFIG_HOST_SIZE] = '\0';
    assert_non_null(host_take(text, host));
    text[CONFIG_HOST_SIZE - 1] = '\0';
    assert_null(host_take(text, host));
    assert_string_equal(host, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts_are_taken_as_they_are),
        cmocka_unit_test(brackets_of_an_address_are_left_out),
        cmocka_unit_test(what_can_be_no_host_is_told),
        cmocka_unit_test(longest_host_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
