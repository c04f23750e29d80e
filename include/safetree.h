/* SPDX-License-Identifier: MIT */
/* safetree.h - all of libsafetree; see libsafetree(3). */
#ifndef SAFETREE_H
#define SAFETREE_H

#include <safetree/base.h>
#include <safetree/bind.h>
#include <safetree/checkpoint.h>
#include <safetree/tree.h>

/* Tables of C structs need _Generic, which C++ has not. */
#ifndef __cplusplus
#include <safetree/struct.h>
#endif

#endif
