/* Publishes the lines of a file: send PORT TOPIC FILE INTERVAL_US
 * One after the other, INTERVAL_US apart (0 = as fast as they go, 64 in flight); prints the monotonic time
 * before each. */
#include <MQTTAsync.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"

enum { IN_FLIGHT = 64, LINE = 8192 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int in_flight;
static bool connected;

static void on_sent(void *user, MQTTAsync_successData *data)
{
    (void)user;
    (void)data;
    pthread_mutex_lock(&mutex);
    in_flight--;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
}

static void on_connected(void *user, MQTTAsync_successData *data)
{
    (void)user;
    (void)data;
    pthread_mutex_lock(&mutex);
    connected = true;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&mutex);
}

static int on_message(void *user, char *name, int size, MQTTAsync_message *message)
{
    (void)user;
    (void)size;
    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(name);
    return 1;
}

static void wait_below(int limit)
{
    pthread_mutex_lock(&mutex);
    while (!connected || in_flight > limit)
        pthread_cond_wait(&changed, &mutex);
    pthread_mutex_unlock(&mutex);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    char uri[64], line[LINE];
    long interval_us = atol(argv[4]);
    FILE *file = fopen(argv[3], "r");
    MQTTAsync client;
    MQTTAsync_connectOptions options = MQTTAsync_connectOptions_initializer;
    options.MQTTVersion = MQTTVERSION_3_1_1;
    options.maxInflight = IN_FLIGHT * 2;
    options.onSuccess = on_connected;
    snprintf(uri, sizeof uri, "tcp://127.0.0.1:%s", argv[1]);
    if (!file || MQTTAsync_create(&client, uri, "bench-send", MQTTCLIENT_PERSISTENCE_NONE, NULL) != 0 ||
        MQTTAsync_setCallbacks(client, NULL, NULL, on_message, NULL) != 0 ||
        MQTTAsync_connect(client, &options) != 0)
        return 1;
    wait_below(0);
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
        response.onSuccess = on_sent;
        wait_below(IN_FLIGHT - 1);
        pthread_mutex_lock(&mutex);
        in_flight++;
        pthread_mutex_unlock(&mutex);
        int64_t before_us = clock_mono_us();
        if (MQTTAsync_send(client, argv[2], (int)strlen(line), line, 1, 0, &response) != MQTTASYNC_SUCCESS)
            return 1;
        printf("%lld\n", (long long)before_us);
        if (interval_us > 0)
            nanosleep(&(struct timespec){interval_us / 1000000, interval_us % 1000000 * 1000}, NULL);
    }
    wait_below(0);
    return 0;
}
