/* SPDX-License-Identifier: MIT */
#ifndef SFTR_BASE_HEX_H
#define SFTR_BASE_HEX_H

/* The value of a hexadecimal digit, -1 if it is none. */
static inline int
sftr__hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
