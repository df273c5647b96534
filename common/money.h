/* Money: minor units in, text out. */
#ifndef COMMON_MONEY_H
#define COMMON_MONEY_H

#include <stddef.h>
#include <stdint.h>

/* Digits after the decimal mark of an ISO 4217 currency (2 unless the standard says otherwise: JPY 0, KWD 3,
 * ...). */
int money_digits(const char *currency);
/* "2,50 BYN" as the language writes it ("en": "2.50 BYN", PLN in "pl": "2,50 zł"); one space before the
 * currency. Length, cut at size. */
size_t money_format(char *ret, size_t size, int64_t minor, const char *currency, const char *language);
/* ISO 4217 numeric ("933") to letters ("BYN"); NULL if unknown. */
const char *money_currency_of_number(const char *number);
/* The other way; 0 if unknown. */
int money_number_of_currency(char ret[4], const char *letters);
/* 1 if the three letters are a known ISO 4217 code. */
int money_currency_known(const char *letters);

#endif
