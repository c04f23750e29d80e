/* SPDX-License-Identifier: MIT */
/*
 * One job of a load: its bytes are read, once, and come to lie where they
 * belong.  What may lie in memory as in the file is read straight into its
 * place; the rest passes through scratch, together with what lies between.
 *
 *      file      | b | c |  | d | e e e e |
 *      read to     b   c  ~   d   ~ ~ ~ ~         ~ scratch
 *      then                       convert e
 */
#ifndef SFTR_BIND_JOB_H
#define SFTR_BIND_JOB_H

#include "bind/plan.h"

/* What a thread needs; its alignment is the job's own business. */
#define SFTR__JOB_SCRATCH (SFTR__JOB_BYTES + SFTR__SPREAD_BYTES + 64)

/* How results come to memory. */
typedef enum sftr__job_way {
	SFTR__JOB_CACHED, /* through the caches */
	SFTR__JOB_STREAM, /* past them, from scratch */
	SFTR__JOB_AHEAD,  /* large pieces also, as checkpoint/ahead does */
} sftr__job_way;

/* Does a job with SFTR__JOB_SCRATCH bytes that no other uses meanwhile. */
sftr_code
sftr__job_do(const sftr_binding *b, const sftr__job *job, char *scratch,
	     sftr__job_way way, sftr_error *err);

#endif
