/* The floor: the same libraries, nothing stored, nothing decided. floor KIOSK.CFG COIL
 * Every genuine payment writes the coil on, and off again, in the callback. It would vend twice on a
 * duplicate. */
#include <MQTTAsync.h>
#include <jansson.h>
#include <modbus.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/load.h"
#include "controller/inbox.h"

static struct config config;
static modbus_t *board;
static MQTTAsync client;
static int coil;
static char topic[256];

static int on_message(void *user, char *name, int size, MQTTAsync_message *message)
{
    static struct inbox_message claims;
    const char *detail;
    (void)user;
    (void)size;
    if (inbox_check(&config, INBOX_PAYMENT, message->payload, (size_t)message->payloadlen, &claims,
                    &detail) == INBOX_OK) {
        if (modbus_write_bit(board, coil, TRUE) != 1 || modbus_write_bit(board, coil, FALSE) != 1)
            fprintf(stderr, "floor: the board did not answer\n");
    }
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(name);
    return 1;
}

static void on_connected(void *user, char *cause)
{
    MQTTAsync_responseOptions options = MQTTAsync_responseOptions_initializer;
    (void)user;
    (void)cause;
    if (MQTTAsync_subscribe(client, topic, 1, &options) == MQTTASYNC_SUCCESS)
        puts("ready");
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc != 3 || sodium_init() < 0 || config_load(&config, argv[1], 0, &config_report_stderr) > 0)
        return 2;
    json_object_seed(0);
    coil = atoi(argv[2]);
    board = modbus_new_tcp(config.buses[0].host, config.buses[0].port);
    if (!board || modbus_set_slave(board, 1) < 0 || modbus_connect(board) < 0)
        return 1;
    char uri[300];
    snprintf(uri, sizeof uri, "tcp://%s:%d", config.mqtt.host, config.mqtt.port);
    snprintf(topic, sizeof topic, "%s/%s/in/payment", config.mqtt.prefix, config.kiosk.id);
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
    options.MQTTVersion = MQTTVERSION_3_1_1;
    options.cleansession = 1;
    if (MQTTAsync_create(&client, uri, "floor", MQTTCLIENT_PERSISTENCE_NONE, NULL) != MQTTASYNC_SUCCESS ||
        MQTTAsync_setCallbacks(client, NULL, NULL, on_message, NULL) != MQTTASYNC_SUCCESS ||
        MQTTAsync_setConnected(client, NULL, on_connected) != MQTTASYNC_SUCCESS ||
        MQTTAsync_connect(client, &options) != MQTTASYNC_SUCCESS)
        return 1;
    char end;
    while (read(STDIN_FILENO, &end, 1) > 0)
        ;
    return 0;
}
