/* Texts of the interface, built in from the files in display/texts. Pure.
 *
 * A word more: here and in every file; the build fails where one lacks it. A language more: a file, and
 * common/language.c. */
#ifndef DISPLAY_WORDS_H
#define DISPLAY_WORDS_H

#include <stdint.h>

enum word {
    WORD_SCAN,
    WORD_HELP,
    WORD_REFERENCE,
    WORD_THANKS,
    WORD_WAIT,
    WORD_PAID,
    WORD_PAID_DETAIL,
    WORD_MOVING,
    WORD_TAKE,
    WORD_FAILED,
    WORD_UNKNOWN,
    WORD_REFUSED,
    WORD_MONEY_BACK,
    WORD_MONEY_KEPT,
    WORD_MONEY_REVIEW,
    WORD_OPERATOR_CHECKS,
    WORD_OUT_OF_SERVICE,
    WORD_DO_NOT_PAY,
    WORD_STARTING,
    WORD_OFFLINE,
    WORD_OFFLINE_DETAIL,
    WORD_DOOR,
    WORD_DOOR_DETAIL,
    WORD_FIRE,
    WORD_FIRE_DETAIL,
    WORD_CLOCK_DETAIL,
    WORD_SOLD_OUT,
    WORD_NOT_ON_SALE,
    WORD_UNAVAILABLE,
    WORD_BUSY,
    WORD_TOO_LONG,
    WORD_HELD,
    WORD_HELD_DETAIL,
    WORD_ARM,
    WORD_ARM_DETAIL,
    WORD_NO_SCREEN,
    WORD_LANE_CLOSED,
    WORD_LANE_DRIVE_UP,
    WORD_LANE_DRIVE_UP_DETAIL,
    WORD_LANE_DRIVE_OUT,
    WORD_LANE_PAY,
    WORD_LANE_PAY_DETAIL,
    WORD_LANE_PAID,
    WORD_LANE_PAID_DETAIL,
    WORD_LANE_OPENING,
    WORD_LANE_OPENING_DETAIL,
    WORD_LANE_DRIVE,
    WORD_LANE_WALK,
    WORD_LANE_RETURN,
    WORD_LANE_RETURN_DETAIL,
    WORD_LANE_HELP,
    WORD_LANE_HELP_DETAIL,
    WORD_LANE_CHECKS,
    WORD_LANE_IN,
    WORD_LANE_OUT,
    WORD_LANE_RIGHTS,
    WORD_LIST,
    WORD_LIST_EMPTY,
    WORD_LAST_HOUR,
    WORD_SINCE,
    WORD_REASON_UNKNOWN_PRODUCT,
    WORD_REASON_WRONG_AMOUNT,
    WORD_REASON_WRONG_CURRENCY,
    WORD_REASON_EXPIRED,
    WORD_REASON_SOLD_OUT,
    WORD_REASON_OUT_OF_SERVICE,
    WORD_REASON_CLOCK,
    WORD_REASON_CONFLICT,
    WORD_REASON_RETAINED,
    WORD_REASON_TEST,
    WORD_REASON_BUSY,
    WORD_REASON_NO_VEHICLE,
    WORD_REASON_NO_PASSAGE,
    WORD_REASON_NO_MOVEMENT,
    WORD_REASON_JAM,
    WORD_REASON_NO_DROP,
    WORD_REASON_POWER,
    WORD_REASON_SILENT,
    WORD_REASON_NO_DOOR,
    WORD_REASON_SENSOR,
    WORD_REASON_NOT_UP,
    WORD_REASON_STOPPED,
    WORD_REASON_FAULT,
    WORD_COUNT
};

/* Languages that have texts, "en" first; NULL behind the last. */
const char *words_language(int32_t index);
/* Its name in the files: "lane_drive_up". */
const char *words_key(enum word word);
/* The text in that language; a language without texts reads English. Never NULL. */
const char *words_get(enum word word, const char *language);

/* Headline and detail for the whole machine's hold (controller/codes.h); unknown names: out of service. */
enum word words_hold_headline(const char *hold);
enum word words_hold_detail(const char *hold);
/* What a product's tile says in place of its QR. */
enum word words_hold_tile(const char *hold);
/* Why a payment was refused or failed, in plain words; unknown names: a technical fault. */
enum word words_reason(const char *reason);

#endif
