/* SPDX-License-Identifier: MIT */
/* What a file that is no safetensors file may be instead, by its beginning. */
#ifndef CLI_GUISE_H
#define CLI_GUISE_H

/* A sentence on the file, with what to do about it; "" if nothing is known. */
const char *
guise_text(const char *path);

#endif
