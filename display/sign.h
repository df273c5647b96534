/* Signs made of plain shapes, so that no state is told by colour alone and no font has to have them. Pure.
 */
#ifndef DISPLAY_SIGN_H
#define DISPLAY_SIGN_H

#include <stdbool.h>
#include <stdint.h>

enum sign {
    SIGN_NONE,
    SIGN_PHONE,    /* pay: a code on a phone */
    SIGN_CAR,      /* drive up */
    SIGN_CHECK,    /* paid, accepted */
    SIGN_ARM,      /* the arm of a barrier goes up */
    SIGN_AHEAD,    /* go */
    SIGN_IN,       /* go in */
    SIGN_OUT,      /* go out */
    SIGN_FREE_WAY, /* the arm stays up: go, nothing to pay */
    SIGN_RETURN,   /* come back */
    SIGN_HAND,     /* stop here, help comes */
    SIGN_CROSS,    /* closed, refused */
    SIGN_FIRE,
    SIGN_QUESTION, /* not known */
    SIGN_DOTS,     /* wait */
    SIGN_LEFT,
    SIGN_RIGHT,
    SIGN_ALERT,      /* did not work */
    SIGN_RECEIPT,    /* which payment */
    SIGN_COMING,     /* on its way */
    SIGN_TAKE,       /* take it */
    SIGN_MONEY_BACK, /* what becomes of the money */
    SIGN_WRENCH,     /* out of service */
    SIGN_DOOR,       /* the door is open */
    SIGN_NO_LINK,    /* no connection */
    SIGN_NO_PAY,     /* don't pay now */
    SIGN_CLOCK,
    SIGN_EMPTY,     /* sold out */
    SIGN_HANDSET,   /* whom to call */
    SIGN_HOURGLASS, /* starting */
    SIGN_COUNT
};

enum { SIGN_UNITS = 16000 }; /* both sides of the square in which a sign is drawn */

/* Does the sign cover this point, x to the right and y down from the upper left corner of its square? */
bool sign_covers(enum sign sign, int32_t x, int32_t y);

#endif
