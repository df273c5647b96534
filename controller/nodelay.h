/* Small packets at once, on a library's socket.
 *
 * Nagle's algorithm holds a small packet back while an earlier one is not acknowledged, and TCP acknowledges
 * after up to 40 ms. Paho leaves it on and does not show its socket; a stock mosquitto leaves it on too. So a
 * receipt waits behind our PUBACK, and a payment behind the broker's PUBACK for what we published. Measured
 * over loopback, payment to receipt: 42 ms without, 0 to 2 ms with nodelay_set on both sides' own sockets and
 * nodelay_acknowledge after every PUBACK.
 */
#ifndef CONTROLLER_NODELAY_H
#define CONTROLLER_NODELAY_H

#include <stdint.h>

/* TCP_NODELAY on the connected TCP sockets of this process whose peer has this port. Returns one of them for
 * nodelay_acknowledge, -1 if there is none. For every connect; any thread. */
int nodelay_set(uint16_t peer_port);
/* Sends the TCP acknowledgement that is due now, not in 40 ms: to be called when a PUBACK has come in. fd -1
 * or one that is closed or something else by now does no harm. Any thread. */
void nodelay_acknowledge(int fd);

#endif
